//! The lower part of the agent's panel: tabs with what belongs to the session.

mod customer;
pub mod order;
mod session;
mod strip;

use deskside_session::view::View;
use eframe::egui::{Context, Id, RichText, ScrollArea, Ui};
use lucide_icons::Icon;

use self::order::ConsoleTab;
use super::{agent::Around, copied::Copied, files, show_form::ShowForm, viewer::PICTURE};
use crate::{
    cx::Cx,
    widgets::{field::Field, icon, scroll_by_keys, text},
};

/// Width of the column with the names of things, in points.
const NAMES: f32 = 96.0;

/// The tab that is open.
#[derive(Default)]
pub struct Console {
    open: ConsoleTab,
    /// What of the own screen is to be shown.
    pub showing: ShowForm,
}

impl Console {
    /// Opens a tab; where one writes, the keyboard goes there.
    pub fn go(&mut self, ctx: &Context, tab: ConsoleTab) {
        self.open = tab;
        let field = match tab {
            ConsoleTab::Chat => Field::egui_id("chat"),
            ConsoleTab::Notes => Field::egui_id("notes"),
            ConsoleTab::Session | ConsoleTab::Customer => return,
        };
        ctx.memory_mut(|m| m.request_focus(field));
    }

    /// Fills what is left of `ui`.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        view: &View,
        around: &mut Around<'_>,
        copied: &mut Copied,
    ) {
        let notes = around.notes.is_some();
        if !notes && self.open == ConsoleTab::Notes {
            self.open = ConsoleTab::Chat;
        }
        files::show(ui, cx, view);
        strip::show(ui, cx, around.order, &mut self.open, notes, view.unread);
        match (self.open, &mut around.notes) {
            (ConsoleTab::Notes, Some((notes, form))) => form.show(ui, cx, notes, ui.available_height()),
            (ConsoleTab::Session, _) => {
                scrolled(ui, around.dialog, "session", |ui| session::show(ui, cx, view, copied))
            }
            (ConsoleTab::Customer, _) => {
                scrolled(ui, around.dialog, "customer", |ui| customer::show(ui, cx, view, &mut self.showing))
            }
            (ConsoleTab::Chat | ConsoleTab::Notes, _) => around.chat.show(ui, cx, view, around.phrases),
        }
    }
}

fn scrolled(ui: &mut Ui, covered: bool, salt: &str, content: impl FnOnce(&mut Ui)) {
    ScrollArea::vertical().id_salt(salt).auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 10.0;
        if !covered && ui.memory(|m| !m.has_focus(Id::unique(PICTURE))) {
            scroll_by_keys(ui);
        }
        ui.add_space(2.0);
        content(ui);
        ui.add_space(8.0);
    });
}

/// The name of something, and next to it what it is.
fn row(ui: &mut Ui, cx: &Cx<'_>, name: &str, content: impl FnOnce(&mut Ui)) {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = cx.k.space.one;
        ui.spacing_mut().interact_size.y = 18.0;
        ui.vertical(|ui| {
            ui.set_width(NAMES);
            ui.add_space(1.0);
            text::small(ui, cx, name);
        });
        ui.vertical(|ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 4.0;
            content(ui);
        });
    });
}

/// A sign and running text.
fn signed(ui: &mut Ui, cx: &Cx<'_>, sign: Icon, ink: eframe::egui::Color32, words: &str) {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        icon(ui, cx, sign, 16.0, ink);
        let words = RichText::new(words).color(if ink == cx.k.c.muted { cx.k.c.text } else { ink });
        ui.add(eframe::egui::Label::new(words).wrap());
    });
}
