//! What is known of the session itself.

use deskside_session::{
    Role,
    command::Screen,
    view::{Other, Sharing, View},
};
use eframe::egui::{Align, Layout, RichText, Ui};
use lucide_icons::Icon;

use super::{customer::identity, row, signed};
use crate::{
    acts,
    cx::Cx,
    number,
    screens::{
        copied::{Copied, Copy},
        people, quality,
    },
    texts::clean,
    widgets::{Button, text},
    words,
};

pub fn show(ui: &mut Ui, cx: &Cx<'_>, view: &View, copied: &mut Copied) {
    let t = cx.t;
    row(ui, cx, &t.t("console-number"), |ui| {
        let number = number::group(&view.number.to_string());
        text::strong(ui, cx, number);
    });
    if let Some(link) = &view.link {
        row(ui, cx, &t.t("console-link"), |ui| invitation(ui, cx, link, copied));
    }
    if !view.organisation.is_empty() {
        row(ui, cx, &t.t("console-organisation"), |ui| {
            text::text(ui, cx, clean(&view.organisation));
        });
    }
    row(ui, cx, &t.t("console-leads"), |ui| {
        let leader = match people::leader(view) {
            _ if view.role == Role::Primary => t.t("console-you"),
            Some(leader) => t.name(&leader.name),
            None => t.t("console-nobody"),
        };
        text::text(ui, cx, leader);
    });
    row(ui, cx, &t.t("console-people"), |ui| {
        let me = format!("{} · {}", t.t("console-you"), words::role(t, view.role));
        text::text(ui, cx, me);
        for other in &view.others {
            person(ui, cx, other);
        }
    });
    row(ui, cx, &t.t("console-granted"), |ui| granted(ui, cx, view));
    match &view.sharing {
        Some(sharing) => shared(ui, cx, view, sharing),
        None => row(ui, cx, &t.t("console-sharing"), |ui| {
            text::muted(ui, cx, t.t("console-sharing-none"));
        }),
    }
    row(ui, cx, &t.t("console-server"), |ui| {
        if view.server_up {
            signed(ui, cx, Icon::Check, cx.k.c.good_text, &t.t("console-server-up"));
        } else {
            signed(ui, cx, Icon::WifiOff, cx.k.c.warn_text, &t.t("console-server-down"));
        }
    });
}

/// The link is longer than any window is wide: its beginning, and the way to copy it.
fn invitation(ui: &mut Ui, cx: &Cx<'_>, link: &str, copied: &mut Copied) {
    ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
        let sign = if copied.now(cx, Copy::Link) { Icon::Check } else { Icon::Copy };
        let words = cx.t.t("session-copy-link");
        let copy = Button::icon_only(cx, sign, &words).height(22.0);
        if ui.add(copy).on_hover_text(words).clicked() {
            copied.copy(ui, cx, Copy::Link, link);
        }
        ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
            let shown = link.split_once("://").map_or(link, |(_, rest)| rest);
            text::elided(ui, RichText::new(clean(shown)).color(cx.k.c.text));
        });
    });
}

fn person(ui: &mut Ui, cx: &Cx<'_>, other: &Other) {
    let name = format!("{} · {}", cx.t.name(&other.name), words::role(cx.t, other.role));
    text::elided(ui, RichText::new(name).color(cx.k.c.text));
    let (sign, ink, words) = identity(cx, other);
    crate::widgets::banner::note(ui, cx, sign, &words, ink);
}

/// What is allowed now, one below the other.
pub(super) fn granted(ui: &mut Ui, cx: &Cx<'_>, view: &View) {
    if view.grants.is_empty() {
        text::muted(ui, cx, cx.t.t("console-granted-none"));
    }
    for grant in &view.grants {
        signed(ui, cx, acts::sign(grant.act), cx.k.c.muted, &acts::listed(cx.t, grant.act));
    }
}

fn shared(ui: &mut Ui, cx: &Cx<'_>, view: &View, sharing: &Sharing) {
    let t = cx.t;
    row(ui, cx, &t.t("console-sharing"), |ui| {
        let name = people::short_name(cx, view, sharing.sharer);
        let mine = sharing.sharer == view.me;
        let words = t.ta("viewer-picture", &[("name", (&name).into())]);
        text::text(ui, cx, if mine { t.t("showing-mine") } else { words });
    });
    row(ui, cx, &t.t("viewer-monitors"), |ui| {
        let of = |i: u32| sharing.monitors.get(i as usize).map(|m| clean(&m.name).into_owned());
        let words = match sharing.screen {
            Screen::Monitor(i) => of(i).unwrap_or_else(|| (i + 1).to_string()),
            Screen::All if sharing.monitors.len() == 1 => of(0).unwrap_or_default(),
            Screen::All => t.t("viewer-monitor-all"),
        };
        text::text(ui, cx, words);
    });
    row(ui, cx, &t.t("viewer-coder"), |ui| {
        text::text(ui, cx, words::coder(t, sharing.coder));
        let chosen = quality::words(cx, sharing.quality);
        if !chosen.is_empty() {
            text::small(ui, cx, chosen.join(", "));
        }
        if sharing.width > 0 {
            let (width, height) = (sharing.width.to_string(), sharing.height.to_string());
            let size = [("width", (&width).into()), ("height", (&height).into())];
            text::small(ui, cx, t.ta("viewer-size", &size));
        }
    });
}
