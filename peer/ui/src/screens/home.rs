//! A signed-in agent without a session.

use deskside_session::app::{AppOnly, Problem};
use eframe::egui::{RichText, Ui};
use lucide_icons::Icon;

use super::{column, foot, problem, waiting};
use crate::{
    cx::Cx,
    texts::clean,
    widgets::{Button, Look, button::link, card, icon, strong, text},
};

pub fn show(ui: &mut Ui, cx: &Cx<'_>, name: &str, server: &str, busy: bool, told: Option<&Problem>) {
    let k = cx.k;
    let hello = cx.t.ta("home-hello", &[("name", name.into())]);
    column(ui, cx, &hello, &cx.t.t("home-lead"), |ui| {
        if busy {
            waiting(ui, cx, &cx.t.t("home-starting"));
        } else {
            let start = Button::new(cx, cx.t.t("home-start"))
                .look(Look::Primary)
                .icon(Icon::Plus)
                .height(k.size.tall)
                .width(ui.available_width());
            if ui.add(start).clicked() {
                cx.send(AppOnly::StartSession);
            }
        }
        ui.add_space(k.space.one);
        problem(ui, cx, told);
        steps(ui, cx);
        foot(ui, cx, k.space.four);
        ui.horizontal(|ui| {
            icon(ui, cx, Icon::Server, 14.0, k.c.muted);
            let room = (ui.available_width() - 150.0).max(80.0);
            ui.scope(|ui| {
                ui.set_max_width(room);
                let words = RichText::new(clean(server)).size(k.text.small).color(k.c.muted);
                text::elided(ui, words);
            });
            ui.with_layout(eframe::egui::Layout::right_to_left(eframe::egui::Align::Center), |ui| {
                if !busy && link(ui, cx, &cx.t.t("home-signout")).clicked() {
                    cx.send(AppOnly::SignOut);
                }
            });
        });
    });
}

fn steps(ui: &mut Ui, cx: &Cx<'_>) {
    let k = cx.k;
    card(cx).show(ui, |ui| {
        ui.set_width(ui.available_width());
        strong(ui, cx, cx.t.t("home-steps"));
        for (sign, words) in [
            (Icon::Hash, cx.t.t("home-step-1")),
            (Icon::Keyboard, cx.t.t("home-step-2")),
            (Icon::Eye, cx.t.t("home-step-3")),
        ] {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 12.0;
                icon(ui, cx, sign, k.size.icon, k.c.accent_text);
                text::muted(ui, cx, words);
            });
        }
    });
}
