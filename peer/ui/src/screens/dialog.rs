//! A question before something that cannot be undone.

use deskside_session::{ParticipantId, Role, command::Command, view::View};
use eframe::egui::{Frame, Id, Key, Margin, Modal, Ui};

use super::{half, people};
use crate::{
    cx::Cx,
    widgets::{Button, Look, text},
};

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialog {
    End,
    Leave,
    Quit,
    /// To make this assistant primary.
    HandOver(ParticipantId),
    /// To help this customer instead of the one whose desktop is shared.
    Help(ParticipantId),
}

/// What was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Stay,
    Done,
    Quit,
}

/// Draws the question; something once it is answered. `view`: the session that is shown; none on an agent's desk, where
/// only [`Dialog::Quit`] is asked.
pub fn show(ui: &mut Ui, cx: &Cx<'_>, dialog: Dialog, view: Option<&View>) -> Option<Answer> {
    let k = cx.k;
    let t = cx.t;
    let named = |key, id| {
        let name = view.map(|v| people::short_name(cx, v, id)).unwrap_or_default();
        t.ta(key, &[("name", (&name).into())])
    };
    let customer = view.is_some_and(|v| v.role == Role::Customer);
    let (title, body, yes) = match dialog {
        Dialog::End => (t.t("session-end-title"), t.t("session-end-body"), t.t("session-end-yes")),
        Dialog::Leave => {
            let body = match view.and_then(people::successor) {
                Some(next) => named("session-leave-primary", next.id),
                None if customer => t.t("session-leave-customer"),
                None => t.t("session-leave-agent"),
            };
            (t.t("session-leave-title"), body, t.t("session-leave-yes"))
        }
        Dialog::Quit => {
            let body = if customer { t.t("session-quit-body") } else { t.t("session-quit-agent") };
            (t.t("session-quit-title"), body, t.t("session-quit-yes"))
        }
        Dialog::HandOver(to) => {
            (named("hand-over-title", to), named("hand-over-body", to), t.t("hand-over-yes"))
        }
        Dialog::Help(id) => (named("help-title", id), t.t("help-body"), named("help-yes", id)),
    };
    let look =
        if matches!(dialog, Dialog::HandOver(_) | Dialog::Help(_)) { Look::Primary } else { Look::Danger };
    let stay = match dialog {
        Dialog::HandOver(_) | Dialog::Help(_) => t.t("dialog-cancel"),
        _ => t.t("session-stay"),
    };
    let mut answer = None;
    let frame = Frame::window(ui.style()).inner_margin(Margin::same(k.space.three as i8));
    let modal = Modal::new(Id::unique("dialog")).frame(frame).show(ui.ctx(), |ui| {
        ui.set_width((ui.ctx().content_rect().width() - 96.0).clamp(240.0, 360.0));
        text::title(ui, cx, title);
        text::muted(ui, cx, body);
        ui.add_space(k.space.two);
        ui.horizontal(|ui| {
            let width = half(ui, cx);
            if ui.add(Button::new(cx, stay).width(width)).clicked() {
                answer = Some(Answer::Stay);
            }
            if ui.add(Button::new(cx, yes).look(look).width(width)).clicked() {
                let command = match dialog {
                    Dialog::End => Some(Command::End),
                    Dialog::Leave => Some(Command::Leave),
                    Dialog::HandOver(to) => Some(Command::HandOver { to }),
                    Dialog::Help(id) => Some(Command::SelectCustomer { id }),
                    Dialog::Quit => None,
                };
                answer = Some(if command.is_some() { Answer::Done } else { Answer::Quit });
                if let Some(command) = command {
                    cx.session(command);
                }
            }
        });
    });
    if modal.should_close() || ui.input(|i| i.key_pressed(Key::Escape)) {
        answer.get_or_insert(Answer::Stay);
    }
    answer
}
