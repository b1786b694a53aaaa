//! Who is in the session, how they are connected, and how it was proven who they are.

use deskside_session::{
    Role,
    view::{LinkView, Other, Verified, View},
};
use eframe::egui::{Color32, RichText, Ui};
use lucide_icons::Icon;

use crate::{
    cx::Cx,
    widgets::{self, Tone, banner, banner::note, card, code_box, text},
    words,
};

/// Everyone but me, each with a card.
pub fn show(ui: &mut Ui, cx: &Cx<'_>, view: &View) {
    if view.others.is_empty() {
        text::muted(ui, cx, cx.t.t("session-alone"));
    }
    for other in &view.others {
        ui.push_id(other.id, |ui| card(cx).show(ui, |ui| person(ui, cx, view, other)));
    }
}

fn person(ui: &mut Ui, cx: &Cx<'_>, view: &View, other: &Other) {
    let k = cx.k;
    ui.set_width(ui.available_width());
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 12.0;
        widgets::avatar(ui, cx, &other.name, k.size.avatar);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            name_and_role(ui, cx, other);
            let (sign, ink) = link_sign(cx, &other.link);
            note(ui, cx, sign, &words::link(cx.t, other), ink);
            if by_link(other) {
                note(ui, cx, Icon::ShieldCheck, &cx.t.t("verified-link"), k.c.good_text);
            }
        });
    });
    if let LinkView::Refused { reason } = other.link {
        let (what, to_do) = words::refusal(cx.t, reason);
        ui.add_space(k.space.half);
        banner(ui, cx, Tone::Danger, &what, &to_do);
    }
    code(ui, cx, view.role, other);
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

fn link_sign(cx: &Cx<'_>, link: &LinkView) -> (Icon, Color32) {
    let c = &cx.k.c;
    match link {
        LinkView::Connecting => (Icon::Hourglass, c.muted),
        LinkView::Secure { .. } => (Icon::Lock, c.good_text),
        LinkView::Lost => (Icon::WifiOff, c.warn_text),
        LinkView::Refused { .. } => (Icon::ShieldAlert, c.danger_text),
    }
}
