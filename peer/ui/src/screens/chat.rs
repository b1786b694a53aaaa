//! Messages, and the field for the next one.

use std::collections::BTreeMap;

use deskside_session::{
    ParticipantId,
    app::PhrasesView,
    command::Command,
    view::{ChatLine, View},
    wire::MAX_CHAT,
};
use eframe::egui::{
    self, Align, Align2, CornerRadius, Frame, Label, Layout, Margin, RichText, ScrollArea, Stroke, Ui,
    UiBuilder, vec2,
};
use lucide_icons::Icon;

use super::links;
use crate::{
    cx::Cx,
    texts::clean_lines,
    widgets::{
        Button, Look,
        banner::note,
        field::{Field, entered},
        menu::{item, menu},
        text,
    },
    words,
};

/// The messages that are being written, one for each conversation.
#[derive(Default)]
pub struct ChatForm {
    drafts: BTreeMap<Option<ParticipantId>, String>,
    /// With whom the shown conversation is; absent: with everybody.
    with: Option<ParticipantId>,
    /// How many messages there were when they were last reported as read.
    read: Option<(Option<ParticipantId>, usize)>,
    managing: bool,
    /// Whether to open an address from a message is being asked.
    asked: Option<links::Asked>,
}

/// With whom one can talk, and what is unread.
struct Place {
    with: Option<ParticipantId>,
    name: String,
    unread: u32,
}

impl ChatForm {
    /// Fills what is left of `ui`; tells the core that messages were read while the window has the keyboard.
    pub fn show(&mut self, ui: &mut Ui, cx: &Cx<'_>, view: &View, phrases: Option<&PhrasesView>) {
        let k = cx.k;
        let places = places(cx, view);
        if !places.iter().any(|p| p.with == self.with) {
            self.with = None;
        }
        if places.len() > 2 || places.iter().any(|p| p.with.is_some() && p.unread > 0) || self.with.is_some()
        {
            self.tabs(ui, cx, &places);
        }
        if let Some(id) = self.with {
            let name = conversation_name(cx, view, id);
            let words = cx.t.ta("chat-private", &[("name", (&name).into())]);
            note(ui, cx, Icon::LockKeyhole, &words, k.c.warn_text);
        } else if view.chat_kept {
            let words = cx.t.ta("chat-kept", &[("organisation", (&view.organisation).into())]);
            note(ui, cx, Icon::Save, &words, k.c.muted);
        }
        let room = ui.available_rect_before_wrap();
        let too_long = self.draft().len() > MAX_CHAT;
        let foot = k.size.control + k.space.one + if too_long { 20.0 } else { 0.0 };
        let lines = room.with_max_y((room.bottom() - foot).max(room.top() + 40.0));
        ui.scope_builder(UiBuilder::new().max_rect(lines), |ui| self.lines(ui, cx, view));
        let below = egui::Rect::from_min_max(egui::pos2(room.left(), room.bottom() - foot), room.max);
        ui.scope_builder(UiBuilder::new().max_rect(below), |ui| {
            self.writing(ui, cx, view, phrases, too_long)
        });
        ui.advance_cursor_after_rect(room);
        let unread = view.conversations.iter().any(|c| c.with == self.with && c.unread > 0);
        let now = Some((self.with, view.chat.len()));
        if unread && self.read != now && ui.input(|i| i.focused) {
            self.read = now;
            cx.session(Command::ConversationRead { with: self.with });
        }
    }

    fn draft(&mut self) -> &mut String {
        self.drafts.entry(self.with).or_default()
    }

    /// One button for all conversations: names of several people do not fit next to each other.
    fn tabs(&mut self, ui: &mut Ui, cx: &Cx<'_>, places: &[Place]) {
        let k = cx.k;
        let shown = places.iter().find(|p| p.with == self.with).map_or("", |p| p.name.as_str());
        let elsewhere: u32 = places.iter().filter(|p| p.with != self.with).map(|p| p.unread).sum();
        let name = cx.t.ta("chat-conversation", &[("name", shown.into()), ("count", elsewhere.into())]);
        let sign = if self.with.is_some() { Icon::LockKeyhole } else { Icon::Users };
        let button = Button::new(cx, shown).tool().look(Look::Secondary).icon(sign).name(name).drops();
        let response = ui.add(button.width(ui.available_width()));
        if elsewhere > 0 {
            let at = response.rect.right_top() + vec2(-12.0, 0.0);
            ui.painter().circle(at, 9.0, k.c.danger, Stroke::new(2.0, k.c.window));
            let count = elsewhere.min(99).to_string();
            ui.painter().text(at, Align2::CENTER_CENTER, count, k.strong(10.5), k.c.on_danger);
        }
        menu(cx, &response, response.rect.width() - 2.0 * k.space.half, |ui| {
            for place in places {
                let hint = match (place.unread, place.with) {
                    (0, None) => String::new(),
                    (0, Some(_)) => cx.t.t("chat-only"),
                    (count, _) => cx.t.ta("chat-unread", &[("count", count.into())]),
                };
                if item(ui, cx, Some(place.with == self.with), &place.name, &hint).clicked() {
                    self.with = place.with;
                }
            }
        });
    }

    fn lines(&mut self, ui: &mut Ui, cx: &Cx<'_>, view: &View) {
        let height = ui.available_height();
        let area = ScrollArea::vertical().id_salt(self.with).auto_shrink(false).stick_to_bottom(true);
        area.max_height(height).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = cx.k.space.one;
            let mut last: Option<&ChatLine> = None;
            for line in view.chat.iter().filter(|l| belongs(view, l, self.with)) {
                let again =
                    last.is_some_and(|l| l.from == line.from && line.at.saturating_sub(l.at) < 300_000);
                last = Some(line);
                bubble(ui, cx, line, line.from == view.me, again, &mut self.asked);
            }
            if last.is_none() {
                text::muted(ui, cx, cx.t.t("chat-empty"));
            } else {
                // The ages of messages go on while nobody writes.
                ui.ctx().request_repaint_after(std::time::Duration::from_secs(60));
            }
        });
    }

    fn writing(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        view: &View,
        phrases: Option<&PhrasesView>,
        too_long: bool,
    ) {
        let k = cx.k;
        ui.add_space(k.space.one);
        ui.horizontal(|ui| {
            let side = k.size.control;
            let buttons = if phrases.is_some() { 2.0 } else { 1.0 };
            let room = ui.available_width() - buttons * (side + k.space.one);
            let hint = match self.with {
                None => cx.t.t("chat-placeholder"),
                Some(id) => {
                    let name = conversation_name(cx, view, id);
                    cx.t.ta("chat-placeholder-private", &[("name", (&name).into())])
                }
            };
            let field =
                Field { shown: false, hint: hint.clone(), wrong: too_long, ..Field::new(cx, "chat", hint) };
            let response = ui
                .scope(|ui| {
                    ui.set_max_width(room);
                    field.show(ui, cx, self.draft()).response.response
                })
                .inner;
            if let Some(phrases) = phrases {
                let draft = self.drafts.entry(self.with).or_default();
                if super::phrases::show(ui, cx, phrases, draft, &mut self.managing) {
                    response.request_focus();
                }
            }
            let mut send = entered(ui, &response);
            let ready = !self.draft().trim().is_empty() && !too_long;
            let button = Button::icon_only(cx, Icon::SendHorizontal, cx.t.t("chat-send"))
                .look(Look::Primary)
                .height(side);
            send |= ui.add_enabled(ready, button).clicked();
            if send {
                if ready {
                    let text = std::mem::take(self.draft()).trim().to_owned();
                    cx.session(Command::Chat { to: self.with, text });
                }
                response.request_focus();
            }
        });
        if too_long {
            ui.colored_label(k.c.danger_text, cx.t.t("chat-too-long"));
        }
    }
}

/// Everybody first, then who is here, then those who left.
fn places(cx: &Cx<'_>, view: &View) -> Vec<Place> {
    let unread = |with| view.conversations.iter().find(|c| c.with == with).map_or(0, |c| c.unread);
    let mut all = vec![Place { with: None, name: cx.t.t("chat-everyone"), unread: unread(None) }];
    all.extend(view.others.iter().map(|o| {
        let with = Some(o.id);
        Place { with, name: cx.t.short_name(&o.name), unread: unread(with) }
    }));
    for c in view.conversations.iter().filter(|c| c.with.is_some()) {
        if !all.iter().any(|p| p.with == c.with) {
            all.push(Place { with: c.with, name: cx.t.short_name(&c.name), unread: c.unread });
        }
    }
    all
}

fn conversation_name(cx: &Cx<'_>, view: &View, id: ParticipantId) -> String {
    let there = view.others.iter().find(|o| o.id == id).map(|o| &o.name);
    let left = || view.conversations.iter().find(|c| c.with == Some(id)).map(|c| &c.name);
    cx.t.short_name(there.or_else(left).map_or("", |n| n.as_str()))
}

/// Whether a line is one of the conversation.
fn belongs(view: &View, line: &ChatLine, with: Option<ParticipantId>) -> bool {
    match (line.to, with) {
        (None, None) => true,
        (Some(to), Some(with)) => {
            (line.from == view.me && to == with) || (line.from == with && to == view.me)
        }
        _ => false,
    }
}

fn bubble(
    ui: &mut Ui,
    cx: &Cx<'_>,
    line: &ChatLine,
    mine: bool,
    again: bool,
    asked: &mut Option<links::Asked>,
) {
    let k = cx.k;
    let (ground, ink) = match (line.to.is_some(), mine) {
        (true, _) => (k.c.warn_soft, k.c.warn_text),
        (false, true) => (k.c.accent_soft, k.c.accent_text),
        (false, false) => (k.c.hover, k.c.text),
    };
    let layout = Layout::top_down(if mine { Align::Max } else { Align::Min });
    ui.with_layout(layout, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        let widest = ui.available_width() * 0.86;
        if !again {
            let mut name = if mine { cx.t.t("chat-me") } else { cx.t.name(&line.name) };
            if line.at > 0 {
                name = format!("{name}  ·  {}", words::ago(cx.t, cx.wall.saturating_sub(line.at)));
            }
            ui.scope(|ui| {
                ui.set_max_width(widest);
                text::elided(ui, RichText::new(name).size(k.text.small).color(k.c.muted));
            });
        }
        let said = clean_lines(&line.text);
        // Laid out first, so that the ground is as wide as the words and no wider.
        let pad = vec2(12.0, 8.0);
        let galley = ui.painter().layout(said.clone(), k.font(k.text.body), ink, widest - 2.0 * pad.x);
        let frame = Frame::new()
            .fill(ground)
            .corner_radius(CornerRadius::same(k.radius.card))
            .inner_margin(Margin::symmetric(pad.x as i8, pad.y as i8));
        let width = galley.size().x.ceil() + 1.0;
        frame.show(ui, |ui| {
            ui.set_max_width(width);
            ui.with_layout(Layout::top_down(Align::Min), |ui| {
                ui.add(Label::new(RichText::new(said).color(ink)).wrap().selectable(true))
            });
        });
        links::show(ui, cx, line, asked);
        if mine && !line.delivered {
            ui.label(RichText::new(cx.t.t("chat-pending")).size(k.text.small).color(k.c.muted));
        }
    });
}
