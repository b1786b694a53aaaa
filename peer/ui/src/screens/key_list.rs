//! The list of all keys.

use eframe::egui::{
    Align, CornerRadius, Frame, Id, Key, Layout, Margin, Modal, RichText, ScrollArea, Stroke, Ui, vec2,
};

use crate::{
    cx::Cx,
    keys::{self, Group},
    widgets::{Button, text},
};

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
            scroll(ui);
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

/// There is nothing in the list that Tab could go to.
fn scroll(ui: &Ui) {
    for (key, by) in
        [(Key::ArrowDown, -40.0), (Key::ArrowUp, 40.0), (Key::PageDown, -240.0), (Key::PageUp, 240.0)]
    {
        if ui.input(|i| i.key_pressed(key)) {
            ui.scroll_with_delta(vec2(0.0, by));
        }
    }
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
