//! Passing a session on: to whom, with which words, and how that stands.

use std::collections::BTreeSet;

use deskside_session::app::{
    AppOnly, DeskView, TransferView,
    transfers::{LONGEST_MESSAGE, MOST_AGENTS, Refused, Returned, TransferTo},
};
use eframe::egui::{Frame, Id, Key, Margin, Modal, RichText, ScrollArea, TextEdit, Ui};
use lucide_icons::Icon;

use super::{desk, half};
use crate::{
    cx::Cx,
    texts::clean,
    widgets::{Button, Look, Tone, banner, card, menu::item, strong, text},
};

/// The dialog while it is open, and what is chosen in it.
#[derive(Default)]
pub struct TransferForm {
    pub open: bool,
    to: Option<TransferTo>,
    message: String,
}

impl TransferForm {
    /// The dialog over the window.
    pub fn show(&mut self, ui: &mut Ui, cx: &Cx<'_>, desk: &DeskView) {
        if !self.open {
            return;
        }
        let k = cx.k;
        let frame = Frame::window(ui.style()).inner_margin(Margin::same(k.space.three as i8));
        let modal = Modal::new(Id::unique("transfer")).frame(frame).show(ui.ctx(), |ui| {
            ui.set_width((ui.ctx().content_rect().width() - 96.0).clamp(240.0, 440.0));
            text::title(ui, cx, cx.t.t("transfer-title"));
            text::muted(ui, cx, cx.t.t("transfer-lead"));
            ScrollArea::vertical()
                .id_salt("transfer-to")
                .max_height(240.0)
                .show(ui, |ui| self.targets(ui, cx, desk));
            strong(ui, cx, cx.t.t("transfer-message"));
            let edit = TextEdit::multiline(&mut self.message).desired_rows(3).desired_width(f32::INFINITY);
            let _ = ui.add(edit).accessible_name(cx.t.t("transfer-message"));
            let count = self.message.chars().count();
            let ink = if count > LONGEST_MESSAGE { k.c.danger_text } else { k.c.muted };
            ui.label(RichText::new(format!("{count} / {LONGEST_MESSAGE}")).size(k.text.small).color(ink));
            ui.add_space(k.space.one);
            ui.horizontal(|ui| {
                let width = half(ui, cx);
                if ui.add(Button::new(cx, cx.t.t("dialog-cancel")).width(width)).clicked() {
                    self.open = false;
                }
                let offer = Button::new(cx, cx.t.t("transfer-offer")).look(Look::Primary).width(width);
                let ready = desk.up && self.to.is_some() && count <= LONGEST_MESSAGE;
                if ui.add_enabled(ready, offer).clicked()
                    && let Some(to) = self.to.take()
                {
                    let message = std::mem::take(&mut self.message).trim().to_owned();
                    cx.send(AppOnly::Transfer { to, message });
                    self.open = false;
                }
            });
        });
        if modal.should_close() || ui.input(|i| i.key_pressed(Key::Escape)) {
            self.open = false;
        }
    }

    /// One queue, or some colleagues.
    fn targets(&mut self, ui: &mut Ui, cx: &Cx<'_>, desk: &DeskView) {
        ui.spacing_mut().item_spacing.y = 0.0;
        if desk.desk.queues.is_empty() && desk.desk.agents.iter().all(|a| a.name == desk.me) {
            text::muted(ui, cx, cx.t.t("transfer-nobody"));
        }
        for queue in &desk.desk.queues {
            let to = TransferTo::Queue(queue.name.clone());
            let chosen = self.to.as_ref() == Some(&to);
            if item(ui, cx, Some(chosen), &clean(&queue.title), &cx.t.t("transfer-queue")).clicked() {
                self.to = Some(to);
            }
        }
        let mut agents: BTreeSet<String> = match &self.to {
            Some(TransferTo::Agents(names)) => names.iter().cloned().collect(),
            _ => BTreeSet::new(),
        };
        for agent in desk.desk.agents.iter().filter(|a| a.name != desk.me) {
            let chosen = agents.contains(&agent.name);
            let (_, state) = desk::agent_state(cx, agent.state);
            if item(ui, cx, Some(chosen), &cx.t.name(&agent.name), &state).clicked() {
                if !agents.remove(&agent.name) && agents.len() < MOST_AGENTS {
                    agents.insert(agent.name.clone());
                }
                let names: Vec<String> = agents.iter().cloned().collect();
                self.to = (!names.is_empty()).then_some(TransferTo::Agents(names));
            }
        }
    }
}

/// How the last transfer stands, with the way to take it back.
pub fn state(ui: &mut Ui, cx: &Cx<'_>, transfer: TransferView) {
    let words = match transfer {
        TransferView::Offered => cx.t.t("transfer-offered"),
        TransferView::Taken => cx.t.t("transfer-taken"),
        TransferView::Returned { why: Returned::Time } => cx.t.t("transfer-returned-time"),
        TransferView::Returned { why: Returned::Withdrawn } => return,
        TransferView::Returned { .. } => cx.t.t("transfer-returned"),
        TransferView::Refused { why: Refused::NotPrimary } => cx.t.t("transfer-refused-primary"),
        TransferView::Refused { why: Refused::UnderWay } => cx.t.t("transfer-refused-under-way"),
        TransferView::Refused { why: Refused::NoSuchQueue | Refused::NoSuchAgent } => {
            cx.t.t("transfer-refused-target")
        }
        TransferView::Refused { .. } => cx.t.t("transfer-refused"),
    };
    if matches!(transfer, TransferView::Returned { .. } | TransferView::Refused { .. }) {
        return banner(ui, cx, Tone::Warn, "", &words);
    }
    card(cx).show(ui, |ui| {
        ui.set_width(ui.available_width());
        text::text(ui, cx, words);
        let back = Button::new(cx, cx.t.t("transfer-withdraw")).icon(Icon::Undo2).width(ui.available_width());
        if transfer == TransferView::Offered && ui.add(back).clicked() {
            cx.send(AppOnly::WithdrawTransfer);
        }
    });
}
