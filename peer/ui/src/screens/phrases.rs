//! Stored sentences for chat: the site's and one's own.

use deskside_session::app::{AppOnly, PhrasesView};
use eframe::egui::{Align, Layout, ScrollArea, Ui};
use lucide_icons::Icon;

use crate::{
    cx::Cx,
    texts::clean_lines,
    widgets::{
        Button, Look,
        menu::{item, lasting},
        rule, text,
    },
};

const WIDTH: f32 = 304.0;

/// The button with its menu. True when a phrase was put into `draft`. `managing`: the own ones can be removed.
pub fn show(
    ui: &mut Ui,
    cx: &Cx<'_>,
    phrases: &PhrasesView,
    draft: &mut String,
    managing: &mut bool,
) -> bool {
    let button = Button::icon_only(cx, Icon::BookText, cx.t.t("phrases")).height(cx.k.size.control);
    let button = ui.add(button.look(Look::Secondary)).on_hover_text(cx.t.t("phrases"));
    if button.clicked() {
        *managing = false;
    }
    let mut chosen = None;
    lasting(cx, &button, WIDTH, |ui| {
        let most = 320.0;
        ScrollArea::vertical().max_height(most).show(ui, |ui| {
            chosen = list(ui, cx, phrases, *managing);
        });
        ui.add_space(cx.k.space.half);
        rule(ui, cx);
        ui.add_space(cx.k.space.half);
        let words = draft.trim();
        let known = phrases.mine.iter().any(|p| p == words);
        let keep = cx.t.t("phrases-keep");
        ui.add_enabled_ui(!words.is_empty() && !known, |ui| {
            if item(ui, cx, None, &keep, &cx.t.t("phrases-keep-hint")).clicked() {
                let mut mine = phrases.mine.clone();
                mine.push(words.to_owned());
                cx.send(AppOnly::Phrases { mine });
            }
        });
        if !phrases.mine.is_empty() {
            let words = if *managing { cx.t.t("phrases-done") } else { cx.t.t("phrases-manage") };
            if item(ui, cx, None, &words, "").clicked() {
                *managing = !*managing;
            }
        }
        if chosen.is_some() {
            ui.close();
        }
    });
    let Some(phrase) = chosen else { return false };
    if !draft.is_empty() && !draft.ends_with(char::is_whitespace) {
        draft.push(' ');
    }
    draft.push_str(&phrase);
    true
}

/// The phrase that was chosen.
fn list(ui: &mut Ui, cx: &Cx<'_>, phrases: &PhrasesView, managing: bool) -> Option<String> {
    let mut chosen = None;
    if phrases.site.is_empty() && phrases.mine.is_empty() {
        text::small(ui, cx, cx.t.t("phrases-none"));
    }
    if !phrases.mine.is_empty() {
        text::small(ui, cx, cx.t.t("phrases-mine"));
    }
    for (i, phrase) in phrases.mine.iter().enumerate() {
        let words = clean_lines(phrase);
        if !managing {
            if item(ui, cx, None, &words, "").clicked() {
                chosen = Some(phrase.clone());
            }
            continue;
        }
        ui.push_id(i, |ui| {
            ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                let name = cx.t.ta("phrases-remove", &[("phrase", (&words).into())]);
                if ui.add(Button::icon_only(cx, Icon::Trash2, name)).clicked() {
                    let others = phrases.mine.iter().enumerate().filter(|(at, _)| *at != i);
                    cx.send(AppOnly::Phrases { mine: others.map(|(_, p)| p.clone()).collect() });
                }
                ui.with_layout(Layout::top_down(Align::Min), |ui| text::text(ui, cx, words));
            });
        });
    }
    if !phrases.site.is_empty() && !managing {
        text::small(ui, cx, cx.t.t("phrases-site"));
        for phrase in &phrases.site {
            if item(ui, cx, None, &clean_lines(phrase), "").clicked() {
                chosen = Some(phrase.clone());
            }
        }
    }
    chosen
}
