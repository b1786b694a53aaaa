//! A customer in a queue: the place in line, and the way out.

use deskside_session::app::{AppOnly, Problem, Waiting};
use eframe::egui::{RichText, Ui};
use lucide_icons::Icon;

use super::{column, foot, problem};
use crate::{
    cx::Cx,
    texts::clean,
    widgets::{Button, card, icon, text},
};

pub fn show(ui: &mut Ui, cx: &Cx<'_>, place: &Waiting, told: Option<&Problem>) {
    let k = cx.k;
    let (organisation, title) = (clean(&place.organisation), clean(&place.title));
    let lead =
        cx.t.ta("queue-lead", &[("organisation", (&*organisation).into()), ("title", (&*title).into())]);
    column(ui, cx, &cx.t.t("queue-title"), &lead, |ui| {
        problem(ui, cx, told);
        card(cx).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.vertical_centered(|ui| {
                text::muted(ui, cx, cx.t.t("queue-place"));
                let number = RichText::new(place.place.to_string());
                ui.label(number.font(k.strong(k.text.number * 1.6)).color(k.c.accent_text));
                let words = match place.place.saturating_sub(1) {
                    0 => cx.t.t("queue-next"),
                    before => cx.t.ta("queue-before", &[("before", before.into())]),
                };
                text::muted(ui, cx, words);
            });
        });
        ui.add_space(k.space.one);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 12.0;
            icon(ui, cx, Icon::ShieldCheck, k.size.icon, k.c.accent_text);
            text::muted(ui, cx, cx.t.t("queue-safe"));
        });
        foot(ui, cx, k.size.control);
        let leave = Button::new(cx, cx.t.t("queue-leave")).width(ui.available_width());
        if ui.add(leave).clicked() {
            cx.send(AppOnly::CancelJoin);
        }
    });
}
