//! Who is in the session, how they are connected, and how it was proven who they are.

use deskside_session::{
    ParticipantId, Role,
    command::Command,
    view::{LinkView, Other, Verified, View},
};
use eframe::egui::{Align, Color32, Layout, RichText, Ui};
use lucide_icons::Icon;

use super::dialog::Dialog;
use crate::{
    cx::Cx,
    widgets::{
        self, Button, Tone, banner,
        banner::note,
        card, code_box,
        menu::{item, menu},
        text,
    },
    words,
};

/// Everyone but me, each with a card; a question to ask, if a choice led to one.
pub fn show(ui: &mut Ui, cx: &Cx<'_>, view: &View) -> Option<Dialog> {
    let mut dialog = None;
    if view.others.is_empty() {
        text::muted(ui, cx, cx.t.t("session-alone"));
    }
    for other in &view.others {
        ui.push_id(other.id, |ui| {
            card(cx).show(ui, |ui| dialog = dialog.or(person(ui, cx, view, other)));
        });
    }
    dialog
}

fn person(ui: &mut Ui, cx: &Cx<'_>, view: &View, other: &Other) -> Option<Dialog> {
    let k = cx.k;
    let mut dialog = None;
    let choices = choices(view, other);
    ui.set_width(ui.available_width());
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 12.0;
        widgets::avatar(ui, cx, &other.name, k.size.avatar);
        let room = ui.available_width() - if choices.is_empty() { 0.0 } else { k.size.tool + 12.0 };
        ui.vertical(|ui| {
            ui.set_width(room);
            ui.spacing_mut().item_spacing.y = 2.0;
            name_and_role(ui, cx, other);
            let (sign, ink) = link_sign(cx, &other.link);
            note(ui, cx, sign, &words::link(cx.t, other), ink);
            if by_link(other) {
                note(ui, cx, Icon::ShieldCheck, &cx.t.t("verified-link"), k.c.good_text);
            }
            if several(view) && view.helped == Some(other.id) {
                note(ui, cx, Icon::LifeBuoy, &cx.t.t("person-helped"), k.c.accent_text);
            }
            watches(ui, cx, view, other);
        });
        if !choices.is_empty() {
            ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                dialog = more(ui, cx, view, other, &choices);
            });
        }
    });
    if let LinkView::Refused { reason } = other.link {
        let (what, to_do) = words::refusal(cx.t, reason);
        ui.add_space(k.space.half);
        banner(ui, cx, Tone::Danger, &what, &to_do);
    }
    code(ui, cx, view.role, other);
    dialog
}

/// Whether somebody sees what the primary agent sees. Of another customer the one who is helped has a say, too.
fn watches(ui: &mut Ui, cx: &Cx<'_>, view: &View, other: &Other) {
    let k = cx.k;
    if !view.watchers.contains(&other.id) {
        return;
    }
    let sees = view.sharing.as_ref().is_some_and(|s| s.viewers.contains(&other.id));
    if other.role != Role::Customer || sees {
        note(ui, cx, Icon::Eye, &cx.t.t("person-watches"), k.c.accent_text);
    } else if let Some(helped) = helped(view) {
        let name = cx.t.short_name(&helped.name);
        let words = cx.t.ta("person-may-watch", &[("name", (&name).into())]);
        note(ui, cx, Icon::EyeOff, &words, k.c.muted);
    }
}

/// What the primary agent can do about somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    Help,
    HandOver,
    Admit(bool),
}

fn choices(view: &View, other: &Other) -> Vec<Choice> {
    if view.role != Role::Primary {
        return Vec::new();
    }
    let secure = matches!(other.link, LinkView::Secure { .. });
    let admit = Choice::Admit(!view.watchers.contains(&other.id));
    match other.role {
        Role::Customer if several(view) && secure && view.helped != Some(other.id) => {
            vec![Choice::Help, admit]
        }
        Role::Assistant if secure => vec![Choice::HandOver, admit],
        _ => Vec::new(),
    }
}

/// The menu of a person's card.
fn more(ui: &mut Ui, cx: &Cx<'_>, view: &View, other: &Other, choices: &[Choice]) -> Option<Dialog> {
    let mut dialog = None;
    let name = cx.t.short_name(&other.name);
    let named = |key| cx.t.ta(key, &[("name", (&name).into())]);
    let button = ui.add(Button::icon_only(cx, Icon::Ellipsis, named("person-more")));
    menu(cx, &button, 268.0, |ui| {
        for choice in choices {
            let (words, hint) = match choice {
                Choice::Help => (named("person-help"), cx.t.t("person-help-hint")),
                Choice::HandOver => (named("person-hand-over"), cx.t.t("person-hand-over-hint")),
                Choice::Admit(true) if other.role == Role::Customer => {
                    (named("person-admit"), cx.t.t("person-admit-customer-hint"))
                }
                Choice::Admit(true) => (named("person-admit"), cx.t.t("person-admit-hint")),
                Choice::Admit(false) => (named("person-dismiss"), cx.t.t("person-dismiss-hint")),
            };
            if !item(ui, cx, None, &words, &hint).clicked() {
                continue;
            }
            let id = other.id;
            match choice {
                Choice::Help if view.sharing.is_some() => dialog = Some(Dialog::Help(id)),
                Choice::Help => cx.session(Command::SelectCustomer { id }),
                Choice::HandOver => dialog = Some(Dialog::HandOver(id)),
                Choice::Admit(admitted) => cx.session(Command::Admit { id, admitted: *admitted }),
            }
        }
    });
    dialog
}

fn several(view: &View) -> bool {
    view.others.iter().filter(|o| o.role == Role::Customer).count() > 1
}

/// The customer who is helped, or the first one until that is told.
pub(crate) fn helped(view: &View) -> Option<&Other> {
    let mut customers = view.others.iter().filter(|o| o.role == Role::Customer);
    let first = customers.clone().next();
    customers.find(|o| view.helped == Some(o.id)).or(first)
}

/// The primary agent, as everybody else sees it.
pub(crate) fn leader(view: &View) -> Option<&Other> {
    view.others.iter().find(|o| o.role == Role::Primary)
}

/// Who leads when I, the primary agent, leave: as the core chooses.
pub(crate) fn successor(view: &View) -> Option<&Other> {
    let connected = |o: &&Other| o.role == Role::Assistant && matches!(o.link, LinkView::Secure { .. });
    view.others.iter().find(connected).filter(|_| view.role == Role::Primary)
}

/// How somebody is called in a sentence.
pub(crate) fn short_name(cx: &Cx<'_>, view: &View, id: ParticipantId) -> String {
    view.others.iter().find(|o| o.id == id).map_or_else(|| "?".to_owned(), |o| cx.t.short_name(&o.name))
}

/// Both sides proved that they know the secret of the link.
pub(crate) fn by_link(other: &Other) -> bool {
    matches!(other.link, LinkView::Secure { verified: Verified::Link, .. })
}

fn name_and_role(ui: &mut Ui, cx: &Cx<'_>, other: &Other) {
    let k = cx.k;
    let role = words::role(cx.t, other.role);
    let role = RichText::new(role).size(k.text.small).color(k.c.muted);
    let name = RichText::new(cx.t.name(&other.name)).font(k.strong(k.text.strong)).color(k.c.text);
    text::elided(ui, name);
    ui.add_space(-2.0);
    text::elided(ui, role);
}

/// The code to compare, where that is how people find out who the other is.
pub(crate) fn code(ui: &mut Ui, cx: &Cx<'_>, me: Role, other: &Other) {
    let LinkView::Secure { verified: Verified::Code { code }, .. } = &other.link else { return };
    ui.add_space(cx.k.space.half);
    code_box(ui, cx, code);
    let name = cx.t.short_name(&other.name);
    let name = [("name", (&name).into())];
    let words = if me == Role::Customer {
        cx.t.ta("code-ask-agent", &name)
    } else {
        cx.t.ta("code-ask-customer", &name)
    };
    text::small(ui, cx, words);
}

/// The state of a connection: sign and ink.
pub(crate) fn link_sign(cx: &Cx<'_>, link: &LinkView) -> (Icon, Color32) {
    let c = &cx.k.c;
    match link {
        LinkView::Connecting => (Icon::Hourglass, c.muted),
        LinkView::Secure { .. } => (Icon::Lock, c.good_text),
        LinkView::Lost => (Icon::WifiOff, c.warn_text),
        LinkView::Refused { .. } => (Icon::ShieldAlert, c.danger_text),
    }
}
