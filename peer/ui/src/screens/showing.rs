//! The agent's own desktop is shown: who sees it, who controls it, and the ways to change that.

use deskside_session::{
    ParticipantId, Role,
    command::{Command, Screen},
    view::{Sharing, View},
};
use eframe::egui::{CentralPanel, Frame, Margin, RichText, ScrollArea, Ui};
use lucide_icons::Icon;

use super::{agent::asked, bar, deed::Deed, middle, own_screen, people};
use crate::{
    cx::Cx,
    widgets::{Button, Look, Tone, banner, icon, text},
    words,
};

/// Fills what is left of the agent's window.
pub fn show(ui: &mut Ui, cx: &Cx<'_>, view: &View, sharing: &Sharing) {
    let frame = Frame::new().fill(cx.k.c.window).inner_margin(Margin::same(cx.k.space.three as i8));
    CentralPanel::default().frame(frame).show(ui, |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            middle(ui, 480.0, 540.0, |ui| content(ui, cx, view, sharing));
        });
    });
}

fn content(ui: &mut Ui, cx: &Cx<'_>, view: &View, sharing: &Sharing) {
    let k = cx.k;
    ui.vertical_centered(|ui| {
        let (sign, ink) = if sharing.paused {
            (Icon::CirclePause, k.c.muted)
        } else {
            (Icon::ScreenShare, bar::tone(cx, sharing))
        };
        icon(ui, cx, sign, 56.0, ink);
        ui.add_space(k.space.one);
        text::heading(ui, cx, bar::state(cx, view, sharing));
        let controlled = sharing.controller.is_some();
        text::muted(ui, cx, if controlled { cx.t.t("showing-lead-control") } else { cx.t.t("showing-lead") });
        let also = bar::also(cx, view, sharing);
        if let Some(also) = also {
            text::muted(ui, cx, also);
        }
    });
    ui.add_space(k.space.two);
    if let Some(trouble) = sharing.trouble {
        let (what, to_do) = words::trouble(cx.t, trouble);
        banner(ui, cx, Tone::Danger, &what, &to_do);
    }
    control(ui, cx, view, sharing);
    own_screen::controls(ui, cx, view, sharing);
    if sharing.monitors.len() > 1 {
        ui.add_space(k.space.one);
        monitors(ui, cx, sharing);
    }
    ui.add_space(k.space.two);
    turn(ui, cx, view);
}

/// Giving control to one of the customers who see it.
fn control(ui: &mut Ui, cx: &Cx<'_>, view: &View, sharing: &Sharing) {
    let wide = ui.available_width();
    if sharing.controller.is_some() {
        return;
    }
    for id in customers(view, sharing) {
        let name = people::short_name(cx, view, id);
        let words = cx.t.ta("showing-give", &[("name", (&name).into())]);
        if ui.add(Button::new(cx, words).icon(Icon::MousePointer2).width(wide)).clicked() {
            cx.session(Command::GiveControl { to: id });
        }
    }
}

/// Those who may be given control, the one who is helped first.
fn customers(view: &View, sharing: &Sharing) -> Vec<ParticipantId> {
    let customer = |id: &ParticipantId| view.others.iter().any(|o| o.id == *id && o.role == Role::Customer);
    let mut all: Vec<_> = sharing.viewers.iter().copied().filter(customer).collect();
    all.sort_by_key(|id| Some(*id) != view.helped);
    all
}

fn monitors(ui: &mut Ui, cx: &Cx<'_>, sharing: &Sharing) {
    text::strong(ui, cx, cx.t.t("viewer-monitors"));
    let choice = |ui: &mut Ui, screen, words: String| {
        let words = RichText::new(words).color(cx.k.c.text);
        if ui.radio(sharing.screen == screen, words).clicked() {
            cx.session(Command::SetScreen { screen });
        }
    };
    choice(ui, Screen::All, cx.t.t("viewer-monitor-all"));
    for (i, monitor) in (0u32..).zip(&sharing.monitors) {
        choice(ui, Screen::Monitor(i), words::monitor(cx.t, monitor));
    }
}

/// The way to the customer's desktop instead.
fn turn(ui: &mut Ui, cx: &Cx<'_>, view: &View) {
    if view.asked.is_some() {
        return asked(ui, cx, view);
    }
    for (deed, sign) in [(Deed::AskView, Icon::Eye), (Deed::AskControl, Icon::MousePointer2)] {
        let ask = Button::new(cx, deed.words(cx.t)).icon(sign).look(Look::Quiet).width(ui.available_width());
        if ui.add_enabled(deed.possible(view), ask).clicked() {
            cx.session(deed.command());
        }
    }
}
