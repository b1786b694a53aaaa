//! One module for each thing that fills a window.

pub mod agent;
mod apps;
pub mod bar;
pub mod chat;
mod choose;
pub mod compact;
pub mod console;
pub mod copied;
pub mod copied_ways;
pub mod customer;
pub mod deed;
pub mod desk;
pub mod dialog;
pub mod draw;
pub mod ended;
pub mod files;
pub(crate) mod framing;
pub mod hiding;
pub mod home;
pub mod join;
pub mod key_list;
pub mod links;
pub mod notes;
mod own_screen;
pub mod people;
pub mod phrases;
pub mod picker;
pub mod prompt;
mod quality;
pub mod queue;
pub mod scope;
pub mod shortcuts;
pub mod show_form;
mod showing;
pub mod sign_in;
pub mod stage;
pub mod tabs;
pub mod toast;
pub mod toolbar;
pub mod transfer;
pub mod viewer;
pub mod watch;
pub(crate) mod zoom;

use deskside_session::app::Problem;
use eframe::egui::{self, Frame, ScrollArea, Ui, vec2};

use crate::{
    cx::Cx,
    widgets::{self, Tone, banner, text},
    words,
};

/// The narrow column of the screens outside a session, with the product's sign at the top.
pub(crate) fn column(ui: &mut Ui, cx: &Cx<'_>, title: &str, lead: &str, content: impl FnOnce(&mut Ui)) {
    let k = cx.k;
    Frame::new().fill(k.c.window).show(ui, |ui| {
        ui.set_min_size(ui.available_size());
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let width = (ui.available_width() - 2.0 * k.space.three).min(392.0);
            let top = if ui.available_height() > 560.0 { 40.0 } else { 24.0 };
            centred(ui, width, top, |ui| {
                ui.spacing_mut().item_spacing.y = k.space.one;
                ui.horizontal(|ui| {
                    ui.spacing_mut().item_spacing.x = 12.0;
                    widgets::logo(ui, cx, 40.0);
                    ui.label(
                        egui::RichText::new(cx.t.t("app-name")).font(k.strong(k.text.title)).color(k.c.text),
                    );
                });
                ui.add_space(k.space.three);
                text::heading(ui, cx, title);
                if !lead.is_empty() {
                    text::muted(ui, cx, lead);
                }
                ui.add_space(k.space.two);
                content(ui);
                ui.add_space(24.0);
            });
        });
    });
}

/// A column of this width in the middle, so far below the top. (A frame's margin ends at 127 points.)
pub(crate) fn centred(ui: &mut Ui, width: f32, top: f32, content: impl FnOnce(&mut Ui)) {
    let room = ui.available_rect_before_wrap();
    let start = egui::pos2(room.center().x - width / 2.0, room.top() + top);
    let rect = egui::Rect::from_min_size(start, vec2(width, room.height() - top));
    ui.scope_builder(egui::UiBuilder::new().max_rect(rect), content);
}

/// Leaves what room there is, so that something `height` high stands at the foot of the window.
pub(crate) fn foot(ui: &mut Ui, cx: &Cx<'_>, height: f32) {
    let rest = ui.clip_rect().bottom() - ui.cursor().top() - height - cx.k.space.three - cx.k.space.two;
    ui.add_space(rest.max(cx.k.space.one));
}

/// What went wrong last, above what to do about it.
pub(crate) fn problem(ui: &mut Ui, cx: &Cx<'_>, problem: Option<&Problem>) {
    if let Some(problem) = problem {
        let (what, to_do) = words::problem(cx.t, problem);
        banner(ui, cx, Tone::Danger, &what, &to_do);
        ui.add_space(cx.k.space.one);
    }
}

/// The words of a wait, with moving dots.
pub(crate) fn waiting(ui: &mut Ui, cx: &Cx<'_>, words: &str) {
    ui.horizontal(|ui| {
        ui.set_min_height(cx.k.size.control);
        widgets::busy_dots(ui, cx, cx.k.c.accent);
        text::strong(ui, cx, words);
    });
}

/// The words of a wait that may take minutes: nothing moves, so nothing is drawn.
pub(crate) fn idle(ui: &mut Ui, cx: &Cx<'_>, words: &str) {
    ui.horizontal(|ui| {
        ui.set_min_height(cx.k.size.control);
        widgets::icon(ui, cx, lucide_icons::Icon::Hourglass, cx.k.size.icon, cx.k.c.accent_text);
        text::strong(ui, cx, words);
    });
}

/// Two buttons of the same size next to each other.
pub(crate) fn half(ui: &Ui, cx: &Cx<'_>) -> f32 {
    ((ui.available_width() - cx.k.space.one) / 2.0).floor()
}

/// Puts something into the middle of what is left.
pub(crate) fn middle(ui: &mut Ui, width: f32, height: f32, content: impl FnOnce(&mut Ui)) {
    let room = ui.available_rect_before_wrap();
    let width = width.min(room.width());
    let top = ((room.height() - height) * 0.42).max(0.0);
    let rect = egui::Rect::from_min_size(
        egui::pos2(room.center().x - width / 2.0, room.top() + top),
        vec2(width, room.height() - top),
    );
    ui.scope_builder(egui::UiBuilder::new().max_rect(rect), content);
}
