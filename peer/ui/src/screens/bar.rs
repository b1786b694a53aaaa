//! The small bar that is there as long as the own screen is shared or shown: who sees, who controls, and the
//! ways to end it.

use deskside_session::{
    ParticipantId, Role,
    command::Command,
    view::{Sharing, View},
};
use eframe::egui::{
    self, Align, CornerRadius, Frame, Layout, Margin, RichText, Sense, Stroke, StrokeKind, Ui, UiBuilder,
    ViewportBuilder, ViewportCommand, ViewportId, vec2,
};
use lucide_icons::Icon;

use super::people;
use crate::{
    cx::Cx,
    widgets::{Button, Look, text},
};

/// Distinguishes this window for the window manager (WM_CLASS on X11, app id on Wayland).
pub const APP_ID: &str = "deskside-bar";

const HEIGHT: f32 = 56.0;

/// Draws the bar in its own window.
pub fn show(ui: &Ui, cx: &Cx<'_>, view: &View, sharing: &Sharing) {
    let width = wanted_width(ui, cx, view, sharing);
    let screen = ui.input(|i| i.viewport().monitor_size);
    let mut builder = ViewportBuilder::default()
        .with_title(cx.t.t("bar-window"))
        .with_app_id(APP_ID)
        .with_inner_size(vec2(width, HEIGHT))
        .with_resizable(false)
        .with_decorations(false)
        .with_taskbar(false)
        .with_always_on_top()
        .with_active(false);
    if let Some(screen) = screen {
        builder = builder.with_position(egui::pos2(((screen.x - width) / 2.0).max(0.0).round(), 0.0));
    }
    ui.ctx().show_viewport_immediate(ViewportId::from_hash_of("bar"), builder, |ui, class| {
        let own = class != egui::ViewportClass::EmbeddedWindow;
        if own {
            ui.painter().rect_filled(ui.max_rect(), CornerRadius::ZERO, cx.k.c.surface);
            let edge = Stroke::new(2.0, tone(cx, sharing));
            ui.painter().rect_stroke(ui.max_rect(), CornerRadius::ZERO, edge, StrokeKind::Inside);
            let drag = ui.interact(ui.max_rect(), egui::Id::unique("bar-drag"), Sense::drag());
            if drag.drag_started() {
                ui.ctx().send_viewport_cmd(ViewportCommand::StartDrag);
            }
        }
        let rect =
            if own { ui.max_rect() } else { ui.allocate_exact_size(vec2(width, HEIGHT), Sense::hover()).0 };
        ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
            Frame::new().inner_margin(Margin::symmetric(14, 0)).show(ui, |ui| {
                ui.set_min_size(vec2(width - 28.0, HEIGHT));
                content(ui, cx, view, sharing);
            });
        });
    });
}

/// The colour of what is going on.
pub(crate) fn tone(cx: &Cx<'_>, sharing: &Sharing) -> egui::Color32 {
    let c = &cx.k.c;
    match (sharing.paused, sharing.controller) {
        (true, _) => c.line_strong,
        (false, Some(_)) => c.danger,
        (false, None) => c.warn,
    }
}

fn content(ui: &mut Ui, cx: &Cx<'_>, view: &View, sharing: &Sharing) {
    let k = cx.k;
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = k.space.half;
        for (i, (sign, words, look, command)) in actions(cx, view, sharing).into_iter().rev().enumerate() {
            let button = Button::new(cx, words).tool().icon(sign).look(look);
            if ui.add(button).clicked() {
                cx.session(command);
            }
            if i == 0 {
                ui.add_space(k.space.half);
            }
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let (dot, _) = ui.allocate_exact_size(vec2(14.0, 14.0), Sense::hover());
            ui.painter().circle_filled(dot.center(), 6.0, tone(cx, sharing));
            ui.add_space(k.space.half);
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                ui.add_space((HEIGHT - 40.0) / 2.0);
                let words = state(cx, view, sharing);
                text::elided(ui, RichText::new(words).font(k.strong(k.text.strong)).color(k.c.text));
                let hint = hint(cx, view, sharing);
                text::elided(ui, RichText::new(hint).size(k.text.small).color(k.c.muted));
            });
        });
    });
}

fn actions(cx: &Cx<'_>, view: &View, sharing: &Sharing) -> Vec<(Icon, String, Look, Command)> {
    let t = cx.t;
    let mut all = Vec::new();
    if !view.marks.is_empty() {
        let command = Command::Draw { draw: deskside_session::marks::Draw::Clear };
        all.push((Icon::Eraser, t.t("draw-clear"), Look::Quiet, command));
    }
    if sharing.controller.is_some() && !sharing.paused {
        all.push((Icon::Hand, t.t("bar-takeback"), Look::Secondary, Command::TakeBack));
    }
    all.push(if sharing.paused {
        (Icon::Play, t.t("bar-resume"), Look::Secondary, Command::Pause { paused: false })
    } else {
        (Icon::Pause, t.t("bar-pause"), Look::Quiet, Command::Pause { paused: true })
    });
    all.push((Icon::CircleStop, t.t("bar-stop"), Look::Danger, Command::StopSharing));
    if view.role == Role::Customer {
        all.push((Icon::LogOut, t.t("bar-leave"), Look::Quiet, Command::Leave));
    }
    all
}

/// Who sees or controls, in one sentence.
pub(crate) fn state(cx: &Cx<'_>, view: &View, sharing: &Sharing) -> String {
    let name = |id: ParticipantId| people::short_name(cx, view, id);
    if sharing.paused {
        return cx.t.t("bar-paused");
    }
    if let Some(id) = sharing.controller {
        return cx.t.ta("bar-controls", &[("name", (&name(id)).into())]);
    }
    match first_viewer(view, sharing) {
        None => cx.t.t("bar-sharing"),
        Some(first) => cx.t.ta("bar-sees", &[("name", (&name(first)).into())]),
    }
}

/// The primary agent before those who only watch.
fn first_viewer(view: &View, sharing: &Sharing) -> Option<ParticipantId> {
    let mut viewers = sharing.viewers.iter().copied();
    viewers.clone().find(|id| !view.watchers.contains(id)).or_else(|| viewers.next())
}

/// Everybody else who sees the screen, by name, and the way to stop at once.
fn hint(cx: &Cx<'_>, view: &View, sharing: &Sharing) -> String {
    let parts = [
        super::scope::hint(cx, sharing),
        super::hiding::hint(cx, view, sharing),
        also(cx, view, sharing),
        Some(cx.t.t("bar-escape")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("  ·  ")
}

/// Everybody who sees it beside the one whom [`state`] names.
pub(crate) fn also(cx: &Cx<'_>, view: &View, sharing: &Sharing) -> Option<String> {
    let named = sharing.controller.or_else(|| first_viewer(view, sharing));
    let others = sharing.viewers.iter().filter(|id| Some(**id) != named);
    let names: Vec<String> = others.map(|id| people::short_name(cx, view, *id)).collect();
    let some = !names.is_empty() && !sharing.paused;
    some.then(|| cx.t.ta("bar-also", &[("names", (&names.join(", ")).into())]))
}

/// As wide as its words, within limits.
fn wanted_width(ui: &Ui, cx: &Cx<'_>, view: &View, sharing: &Sharing) -> f32 {
    let k = cx.k;
    let measure = |words: String, font: egui::FontId| {
        ui.painter().layout_no_wrap(words, font, egui::Color32::PLACEHOLDER).size().x
    };
    let state = measure(state(cx, view, sharing), k.strong(k.text.strong)).min(420.0);
    let hint = measure(hint(cx, view, sharing), k.font(k.text.small)).min(560.0);
    let buttons: f32 = actions(cx, view, sharing)
        .into_iter()
        .map(|(_, words, look, _)| {
            let font = if look == Look::Danger { k.strong(k.text.body) } else { k.font(k.text.body) };
            measure(words, font) + k.size.icon + k.space.one + 2.0 * 12.8 + k.space.half
        })
        .sum();
    (28.0 + 26.0 + state.max(hint) + k.space.three + buttons + k.space.half).ceil()
}
