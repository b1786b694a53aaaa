//! The parts of an agent's desk: offered sessions, queues with who waits, colleagues.

use deskside_session::app::{
    AppOnly, DeskView,
    desk::{AgentState, DeskQueue, DeskWaiting},
    transfers::TransferOffer,
};
use eframe::egui::{Align, Color32, Layout, RichText, Sense, Stroke, Ui, vec2};
use lucide_icons::Icon;

use crate::{
    cx::Cx,
    texts::{clean, clean_lines},
    widgets::{self, Button, Look, Tone, banner, banner::note, card, icon, strong, text},
    words,
};

/// Minutes are shown: looking more often than this shows nothing new.
const LOOK_AGAIN: std::time::Duration = std::time::Duration::from_secs(20);

/// For how long by now, in words. `since`: milliseconds at the time of the view.
fn since(cx: &Cx<'_>, view: &DeskView, since: u64) -> String {
    let minutes = passed(cx, view, since) / 60_000;
    let minutes = u32::try_from(minutes).unwrap_or(u32::MAX);
    match minutes {
        0 => cx.t.t("ago-now"),
        1..60 => cx.t.ta("desk-since-minutes", &[("minutes", minutes.into())]),
        _ => cx.t.ta("desk-since-hours", &[("hours", (minutes / 60).into())]),
    }
}

/// Milliseconds by now.
fn passed(cx: &Cx<'_>, view: &DeskView, since: u64) -> u64 {
    since.saturating_add(cx.wall.saturating_sub(view.at))
}

fn title(ui: &mut Ui, cx: &Cx<'_>, sign: Icon, words: String) {
    ui.horizontal(|ui| {
        icon(ui, cx, sign, cx.k.size.icon, cx.k.c.muted);
        strong(ui, cx, words);
    });
}

/// Sessions that colleagues pass on, if there are any.
pub fn offers(ui: &mut Ui, cx: &Cx<'_>, view: Option<&DeskView>, busy: bool) {
    let Some(view) = view.filter(|v| !v.desk.transfers.is_empty()) else { return };
    title(ui, cx, Icon::Forward, cx.t.t("desk-offers"));
    for offer in &view.desk.transfers {
        ui.push_id(&offer.id, |ui| self::offer(ui, cx, view, offer, busy));
    }
    ui.add_space(cx.k.space.two);
}

fn offer(ui: &mut Ui, cx: &Cx<'_>, view: &DeskView, offer: &TransferOffer, busy: bool) {
    let k = cx.k;
    card(cx).stroke(Stroke::new(1.5, k.c.accent)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 12.0;
            let who = names(cx, &offer.customers);
            widgets::avatar(ui, cx, &who, k.size.avatar);
            let room = ui.available_width() - 140.0;
            ui.vertical(|ui| {
                ui.set_max_width(room);
                ui.spacing_mut().item_spacing.y = 2.0;
                text::elided(ui, RichText::new(&who).font(k.strong(k.text.strong)).color(k.c.text));
                let from = cx.t.ta(
                    "desk-offer-from",
                    &[
                        ("name", (&cx.t.name(&offer.from)).into()),
                        ("since", (&words::ago(cx.t, passed(cx, view, offer.since))).into()),
                    ],
                );
                text::elided(ui, RichText::new(from).size(k.text.small).color(k.c.muted));
            });
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let take = Button::new(cx, cx.t.t("desk-offer-take")).look(Look::Primary);
                if ui.add_enabled(!busy, take).clicked() {
                    cx.send(AppOnly::TakeTransfer { id: offer.id.clone() });
                }
            });
        });
        if !offer.message.is_empty() {
            ui.add_space(k.space.half);
            text::text(
                ui,
                cx,
                cx.t.ta("desk-offer-message", &[("text", (&clean_lines(&offer.message)).into())]),
            );
        }
    });
    ui.ctx().request_repaint_after(LOOK_AGAIN);
}

/// The customers' names in one line.
pub fn names(cx: &Cx<'_>, customers: &[String]) -> String {
    match customers {
        [] => cx.t.t("desk-nobody"),
        some => some.iter().map(|c| cx.t.short_name(c)).collect::<Vec<_>>().join(", "),
    }
}

/// Who waits, queue by queue.
pub fn queues(ui: &mut Ui, cx: &Cx<'_>, view: Option<&DeskView>, busy: bool) {
    title(ui, cx, Icon::Users, cx.t.t("desk-queues"));
    let Some(view) = view else {
        text::muted(ui, cx, cx.t.t("desk-loading"));
        return;
    };
    if !view.up {
        banner(ui, cx, Tone::Warn, &cx.t.t("desk-down"), &cx.t.t("desk-down-do"));
    }
    if view.desk.queues.is_empty() {
        empty(ui, cx, Icon::Inbox, &cx.t.t("desk-no-queues"), &cx.t.t("desk-no-queues-do"));
        return;
    }
    for queue in &view.desk.queues {
        ui.push_id(queue.name.as_str(), |ui| self::queue(ui, cx, view, queue, busy || !view.up));
    }
}

/// Nothing is there, and that is said kindly.
fn empty(ui: &mut Ui, cx: &Cx<'_>, sign: Icon, what: &str, to_do: &str) {
    let k = cx.k;
    card(cx).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.vertical_centered(|ui| {
            ui.add_space(k.space.two);
            icon(ui, cx, sign, 32.0, k.c.line_strong);
            ui.add_space(k.space.half);
            strong(ui, cx, what);
            text::muted(ui, cx, to_do);
            ui.add_space(k.space.two);
        });
    });
}

fn queue(ui: &mut Ui, cx: &Cx<'_>, view: &DeskView, queue: &DeskQueue, busy: bool) {
    let k = cx.k;
    card(cx).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.set_min_height(k.size.control);
            let room = ui.available_width() - 160.0;
            ui.vertical(|ui| {
                ui.set_max_width(room);
                ui.spacing_mut().item_spacing.y = 2.0;
                let name = RichText::new(clean(&queue.title)).font(k.strong(k.text.title)).color(k.c.text);
                text::elided(ui, name);
                let count = match queue.count {
                    0 => cx.t.t("desk-nobody-waits"),
                    n => cx.t.ta("desk-waiting", &[("count", n.into())]),
                };
                text::elided(ui, RichText::new(count).size(k.text.small).color(k.c.muted));
            });
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let some = queue.count > 0;
                let look = if some { Look::Primary } else { Look::Secondary };
                let title = clean(&queue.title);
                let named = cx.t.ta("desk-take-next-of", &[("queue", (&*title).into())]);
                let take = Button::new(cx, cx.t.t("desk-take-next")).name(named).look(look).icon(Icon::Play);
                if ui.add_enabled(some && !busy, take).clicked() {
                    cx.send(AppOnly::TakeNext { queue: queue.name.to_string(), entry: None });
                }
            });
        });
        for waiting in &queue.waiting {
            ui.push_id(&waiting.entry, |ui| {
                widgets::rule(ui, cx);
                self::waiting(ui, cx, view, queue, waiting, busy);
            });
        }
        let listed = u32::try_from(queue.waiting.len()).unwrap_or(u32::MAX);
        let more = queue.count.saturating_sub(listed);
        if more > 0 {
            text::small(ui, cx, cx.t.ta("desk-more", &[("count", more.into())]));
        }
    });
    if queue.count > 0 {
        ui.ctx().request_repaint_after(LOOK_AGAIN);
    }
}

fn waiting(ui: &mut Ui, cx: &Cx<'_>, view: &DeskView, queue: &DeskQueue, who: &DeskWaiting, busy: bool) {
    let k = cx.k;
    ui.horizontal(|ui| {
        ui.set_min_height(k.size.control);
        ui.spacing_mut().item_spacing.x = 12.0;
        widgets::avatar(ui, cx, &who.name, 28.0);
        let room = ui.available_width() - 240.0;
        ui.scope(|ui| {
            ui.set_max_width(room);
            text::elided(ui, RichText::new(cx.t.name(&who.name)).color(k.c.text));
        });
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let name = cx.t.ta("desk-take-name", &[("name", (&cx.t.short_name(&who.name)).into())]);
            let take = Button::new(cx, cx.t.t("desk-take")).name(name).height(k.size.tool);
            if ui.add_enabled(!busy, take).clicked() {
                let entry = Some(who.entry.clone());
                cx.send(AppOnly::TakeNext { queue: queue.name.to_string(), entry });
            }
            if who.online {
                let words = RichText::new(since(cx, view, who.since)).size(k.text.small).color(k.c.muted);
                ui.label(words);
            } else {
                note(ui, cx, Icon::WifiOff, &cx.t.t("desk-offline"), k.c.warn_text);
            }
        });
    });
}

/// Its colour and its words.
pub(crate) fn agent_state(cx: &Cx<'_>, state: AgentState) -> (Color32, String) {
    let c = &cx.k.c;
    match state {
        AgentState::Free => (c.good, cx.t.t("desk-free")),
        AgentState::Busy => (c.warn, cx.t.t("desk-busy")),
        AgentState::Away | AgentState::Unknown => (c.line_strong, cx.t.t("desk-away")),
    }
}

/// Who else is there.
pub fn colleagues(ui: &mut Ui, cx: &Cx<'_>, view: Option<&DeskView>) {
    let Some(view) = view else { return };
    let k = cx.k;
    title(ui, cx, Icon::Headset, cx.t.t("desk-colleagues"));
    card(cx).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 6.0;
        let others: Vec<_> = view.desk.agents.iter().filter(|a| a.name != view.me).collect();
        if others.is_empty() {
            text::muted(ui, cx, cx.t.t("desk-no-colleagues"));
        }
        for agent in others {
            let (ink, words) = agent_state(cx, agent.state);
            ui.horizontal(|ui| {
                let (rect, _) = ui.allocate_exact_size(vec2(10.0, 18.0), Sense::hover());
                ui.painter().circle_filled(rect.center(), 4.5, ink);
                let room = ui.available_width() - 96.0;
                ui.scope(|ui| {
                    ui.set_max_width(room);
                    text::elided(ui, RichText::new(cx.t.name(&agent.name)).color(k.c.text));
                });
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    ui.label(RichText::new(words).size(k.text.small).color(k.c.muted));
                });
            });
        }
    });
}
