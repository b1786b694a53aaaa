//! What is known of the customer who is helped, and what can be asked of it.

use deskside_session::{
    Role,
    view::{LinkView, Other, Verified, View},
};
use eframe::egui::{Color32, Ui};
use lucide_icons::Icon;

use super::{row, session::granted, signed};
use crate::{
    cx::Cx,
    number,
    screens::{
        agent::asked,
        copied_ways,
        deed::Deed,
        people::{self, link_sign},
        show_form::ShowForm,
    },
    texts::clean,
    widgets::{Button, text},
    words,
};

pub fn show(ui: &mut Ui, cx: &Cx<'_>, view: &View, form: &mut ShowForm) {
    let t = cx.t;
    let Some(customer) = people::helped(view) else {
        text::muted(ui, cx, t.t("console-customer-none"));
        return;
    };
    row(ui, cx, &t.t("console-name"), |ui| {
        text::strong(ui, cx, t.name(&customer.name));
    });
    row(ui, cx, &t.t("console-identity"), |ui| {
        let (sign, ink, words) = identity(cx, customer);
        signed(ui, cx, sign, ink, &words);
    });
    row(ui, cx, &t.t("console-connection"), |ui| {
        let (sign, ink) = link_sign(cx, &customer.link);
        signed(ui, cx, sign, ink, &words::link(t, customer));
    });
    row(ui, cx, &t.t("console-granted"), |ui| granted(ui, cx, view));
    if let Some((sign, words)) = copied_ways::told(cx, view) {
        row(ui, cx, &t.t("console-copied"), |ui| signed(ui, cx, sign, cx.k.c.muted, &words));
    }
    asks(ui, cx, view, form);
}

/// How it was proven who somebody is: sign, ink and words.
pub(super) fn identity(cx: &Cx<'_>, other: &Other) -> (Icon, Color32, String) {
    let c = &cx.k.c;
    match &other.link {
        LinkView::Secure { verified: Verified::Link, .. } => {
            (Icon::ShieldCheck, c.good_text, cx.t.t("verified-link"))
        }
        LinkView::Secure { verified: Verified::Code { code }, .. } => {
            let code = number::group(&clean(code));
            (Icon::ShieldAlert, c.warn_text, cx.t.ta("console-code", &[("code", (&code).into())]))
        }
        LinkView::Refused { reason } => (Icon::ShieldAlert, c.danger_text, words::refusal(cx.t, *reason).0),
        LinkView::Connecting | LinkView::Lost => (Icon::Hourglass, c.muted, words::link(cx.t, other)),
    }
}

/// What is asked, or what can be asked while the picture is shown: control has its place in the tools.
fn asks(ui: &mut Ui, cx: &Cx<'_>, view: &View, form: &mut ShowForm) {
    if view.sharing.is_none() || view.role != Role::Primary {
        return;
    }
    if view.asked.is_some() {
        asked(ui, cx, view);
        return;
    }
    let asks = [
        (Deed::AskClipboard, Icon::Clipboard),
        (Deed::AskCopiedFiles, Icon::Files),
        (Deed::AskShow, Icon::ScreenShare),
    ];
    for (deed, sign) in asks {
        let ask = Button::new(cx, deed.words(cx.t)).icon(sign).width(ui.available_width());
        if deed.possible(view) && ui.add(ask).clicked() {
            form.click(cx, deed);
        }
    }
}
