//! The list of all keys.

use eframe::egui::{
    Align, CornerRadius, Frame, Id, Key, Layout, Margin, Modal, Response, RichText, ScrollArea, Stroke, Ui,
};
use lucide_icons::Icon;

use crate::{
    cx::Cx,
    keys::{self, Action, Group},
    widgets::{Button, scroll_by_keys, text},
};

/// The way to it.
pub fn button(ui: &mut Ui, cx: &Cx<'_>) -> Response {
    let words = cx.t.t("keys");
    let button = Button::icon_only(cx, Icon::CircleQuestionMark, &words);
    ui.add(button).on_hover_text(keys::hint(cx.t, &words, Action::Help))
}

/// Draws it over the window; false once it was closed.
pub fn show(ui: &mut Ui, cx: &Cx<'_>) -> bool {
    let k = cx.k;
    let mut open = true;
    let frame = Frame::window(ui.style()).inner_margin(Margin::same(k.space.three as i8));
    let whole = ui.ctx().content_rect().size();
    let modal = Modal::new(Id::unique("keys")).frame(frame).show(ui.ctx(), |ui| {
        ui.set_width((whole.x - 96.0).clamp(240.0, 460.0));
        text::title(ui, cx, cx.t.t("keys"));
        ScrollArea::vertical().max_height((whole.y - 220.0).max(120.0)).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 6.0;
            // There is nothing in the list that Tab could go to.
            scroll_by_keys(ui);
            for (group, words, lead) in [
                (Group::Everywhere, cx.t.t("keys-everywhere"), cx.t.t("keys-everywhere-lead")),
                (Group::Console, cx.t.t("keys-console"), cx.t.t("keys-console-lead")),
                (Group::Picture, cx.t.t("keys-picture"), cx.t.t("keys-picture-lead")),
            ] {
                ui.add_space(k.space.half);
                text::strong(ui, cx, words);
                text::small(ui, cx, lead);
                for binding in keys::ALL.iter().filter(|b| b.group == group) {
                    row(ui, cx, &keys::words(cx.t, binding.action), &keys::chord(cx.t, binding));
                }
            }
        });
        ui.add_space(k.space.one);
        if ui.add(Button::new(cx, cx.t.t("keys-close")).width(ui.available_width())).clicked() {
            open = false;
        }
    });
    open && !modal.should_close() && !ui.input(|i| i.key_pressed(Key::Escape))
}

fn row(ui: &mut Ui, cx: &Cx<'_>, words: &str, chord: &str) {
    let k = cx.k;
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = 22.0;
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(k.space.one);
            Frame::new()
                .fill(k.c.sunken)
                .stroke(Stroke::new(1.0, k.c.line))
                .corner_radius(CornerRadius::same(4))
                .inner_margin(Margin::symmetric(7, 1))
                .show(ui, |ui| ui.label(RichText::new(chord).size(k.text.small).color(k.c.text)));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                text::elided(ui, RichText::new(words).color(k.c.text));
            });
        });
    });
}
