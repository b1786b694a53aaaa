//! A question before something that cannot be undone.

use deskside_session::{Role, command::Command};
use eframe::egui::{Frame, Id, Key, Margin, Modal, Ui};

use super::half;
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
}

/// What was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Stay,
    Done,
    Quit,
}

/// Draws the question; something once it is answered.
pub fn show(ui: &mut Ui, cx: &Cx<'_>, dialog: Dialog, role: Role) -> Option<Answer> {
    let k = cx.k;
    let t = cx.t;
    let (title, body, yes) = match dialog {
        Dialog::End => (t.t("session-end-title"), t.t("session-end-body"), t.t("session-end-yes")),
        Dialog::Leave if role == Role::Customer => {
            (t.t("session-leave-title"), t.t("session-leave-customer"), t.t("session-leave-yes"))
        }
        Dialog::Leave => (t.t("session-leave-title"), t.t("session-leave-agent"), t.t("session-leave-yes")),
        Dialog::Quit => (t.t("session-quit-title"), t.t("session-quit-body"), t.t("session-quit-yes")),
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
            let stay = ui.add(Button::new(cx, t.t("session-stay")).width(width));
            if stay.clicked() {
                answer = Some(Answer::Stay);
            }
            if ui.add(Button::new(cx, yes).look(Look::Danger).width(width)).clicked() {
                answer = Some(match dialog {
                    Dialog::End => {
                        cx.session(Command::End);
                        Answer::Done
                    }
                    Dialog::Leave => {
                        cx.session(Command::Leave);
                        Answer::Done
                    }
                    Dialog::Quit => Answer::Quit,
                });
            }
        });
    });
    if modal.should_close() || ui.input(|i| i.key_pressed(Key::Escape)) {
        answer.get_or_insert(Answer::Stay);
    }
    answer
}
