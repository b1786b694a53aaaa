//! Messages, and the field for the next one.

use deskside_session::{
    command::Command,
    view::{ChatLine, View},
    wire::MAX_CHAT,
};
use eframe::egui::{
    self, Align, CornerRadius, Frame, Label, Layout, Margin, RichText, ScrollArea, Ui, UiBuilder, vec2,
};
use lucide_icons::Icon;

use crate::{
    cx::Cx,
    texts::clean_lines,
    widgets::{
        Button, Look,
        field::{Field, entered},
        text,
    },
};

/// The message that is being written.
#[derive(Default)]
pub struct ChatForm {
    draft: String,
    /// How many messages there were when they were last reported as read.
    read: Option<usize>,
}

impl ChatForm {
    /// Fills what is left of `ui`; tells the core that messages were read while the window has the keyboard.
    pub fn show(&mut self, ui: &mut Ui, cx: &Cx<'_>, view: &View) {
        let k = cx.k;
        let room = ui.available_rect_before_wrap();
        let too_long = self.draft.len() > MAX_CHAT;
        let foot = k.size.control + k.space.one + if too_long { 20.0 } else { 0.0 };
        let lines = room.with_max_y((room.bottom() - foot).max(room.top() + 40.0));
        ui.scope_builder(UiBuilder::new().max_rect(lines), |ui| self.lines(ui, cx, view));
        let below = egui::Rect::from_min_max(egui::pos2(room.left(), room.bottom() - foot), room.max);
        ui.scope_builder(UiBuilder::new().max_rect(below), |ui| self.writing(ui, cx, too_long));
        ui.advance_cursor_after_rect(room);
        if view.unread > 0 && self.read != Some(view.chat.len()) && ui.input(|i| i.focused) {
            self.read = Some(view.chat.len());
            cx.session(Command::ChatRead);
        }
    }

    fn lines(&self, ui: &mut Ui, cx: &Cx<'_>, view: &View) {
        let height = ui.available_height();
        ScrollArea::vertical().auto_shrink(false).stick_to_bottom(true).max_height(height).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = cx.k.space.one;
            if view.chat.is_empty() {
                text::muted(ui, cx, cx.t.t("chat-empty"));
            }
            let mut last = None;
            for line in &view.chat {
                let again = last == Some(line.from);
                last = Some(line.from);
                bubble(ui, cx, line, line.from == view.me, again);
            }
        });
    }

    fn writing(&mut self, ui: &mut Ui, cx: &Cx<'_>, too_long: bool) {
        let k = cx.k;
        ui.add_space(k.space.one);
        ui.horizontal(|ui| {
            let side = k.size.control;
            let room = ui.available_width() - side - k.space.one;
            let field = Field {
                shown: false,
                hint: cx.t.t("chat-placeholder"),
                wrong: too_long,
                ..Field::new(cx, "chat", cx.t.t("chat-placeholder"))
            };
            let response = ui
                .scope(|ui| {
                    ui.set_max_width(room);
                    field.show(ui, cx, &mut self.draft).response.response
                })
                .inner;
            let mut send = entered(ui, &response);
            let ready = !self.draft.trim().is_empty() && !too_long;
            let button = Button::icon_only(cx, Icon::SendHorizontal, cx.t.t("chat-send"))
                .look(Look::Primary)
                .height(side);
            send |= ui.add_enabled(ready, button).clicked();
            if send {
                if ready {
                    let text = std::mem::take(&mut self.draft).trim().to_owned();
                    cx.session(Command::Chat { to: None, text });
                }
                response.request_focus();
            }
        });
        if too_long {
            ui.colored_label(k.c.danger_text, cx.t.t("chat-too-long"));
        }
    }
}

fn bubble(ui: &mut Ui, cx: &Cx<'_>, line: &ChatLine, mine: bool, again: bool) {
    let k = cx.k;
    let (ground, ink) = if mine { (k.c.accent_soft, k.c.accent_text) } else { (k.c.hover, k.c.text) };
    let layout = Layout::top_down(if mine { Align::Max } else { Align::Min });
    ui.with_layout(layout, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        let widest = ui.available_width() * 0.86;
        if !again {
            let name = if mine { cx.t.t("chat-me") } else { cx.t.name(&line.name) };
            ui.scope(|ui| {
                ui.set_max_width(widest);
                text::elided(ui, RichText::new(name).size(k.text.small).color(k.c.muted));
            });
        }
        let words = clean_lines(&line.text);
        // Laid out first, so that the ground is as wide as the words and no wider.
        let pad = vec2(12.0, 8.0);
        let galley = ui.painter().layout(words.clone(), k.font(k.text.body), ink, widest - 2.0 * pad.x);
        let frame = Frame::new()
            .fill(ground)
            .corner_radius(CornerRadius::same(k.radius.card))
            .inner_margin(Margin::symmetric(pad.x as i8, pad.y as i8));
        let width = galley.size().x.ceil() + 1.0;
        frame.show(ui, |ui| {
            ui.set_max_width(width);
            ui.with_layout(Layout::top_down(Align::Min), |ui| {
                ui.add(Label::new(RichText::new(words).color(ink)).wrap().selectable(true))
            });
        });
        if mine && !line.delivered {
            ui.label(RichText::new(cx.t.t("chat-pending")).size(k.text.small).color(k.c.muted));
        }
    });
}
