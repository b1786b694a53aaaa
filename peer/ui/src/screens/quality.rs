//! The menu for the picture's quality: in the viewer's tools, and at the one who shares.

use deskside_session::{
    command::Command,
    quality::{Colours, Quality, Sharpness},
};
use eframe::egui::{Response, Ui};

use crate::{
    cx::Cx,
    widgets::{
        menu::{item, menu},
        rule, text,
    },
};

/// Drops from `button`. `chosen`: what is chosen now.
pub(super) fn choices(cx: &Cx<'_>, button: &Response, chosen: Quality) {
    let t = cx.t;
    menu(cx, button, 280.0, |ui| {
        for (sharpness, words, long) in [
            (Sharpness::Auto, t.t("quality-auto"), t.t("quality-auto-hint")),
            (Sharpness::Sharper, t.t("quality-sharper"), t.t("quality-sharper-hint")),
            (Sharpness::Faster, t.t("quality-faster"), t.t("quality-faster-hint")),
        ] {
            if item(ui, cx, Some(chosen.sharpness == sharpness), &words, &long).clicked() {
                cx.session(Command::SetQuality { sharpness: Some(sharpness), colours: None });
            }
        }
        title(ui, cx, &t.t("quality-colours"));
        for (colours, words) in [
            (Colours::Full, t.t("quality-full")),
            (Colours::Bits16, t.t("quality-16bit")),
            (Colours::Bits8, t.t("quality-256")),
        ] {
            if item(ui, cx, Some(chosen.colours == colours), &words, "").clicked() {
                cx.session(Command::SetQuality { sharpness: None, colours: Some(colours) });
            }
        }
    });
}

fn title(ui: &mut Ui, cx: &Cx<'_>, words: &str) {
    rule(ui, cx);
    ui.add_space(6.0);
    ui.horizontal(|ui| {
        ui.add_space(cx.k.space.one);
        text::small(ui, cx, words);
    });
    ui.add_space(2.0);
}

/// What was chosen, in words; empty for what is plain.
pub(super) fn words(cx: &Cx<'_>, chosen: Quality) -> Vec<String> {
    let sharpness = match chosen.sharpness {
        Sharpness::Auto => None,
        Sharpness::Sharper => Some(cx.t.t("quality-sharper")),
        Sharpness::Faster => Some(cx.t.t("quality-faster")),
    };
    let colours = match chosen.colours {
        Colours::Full => None,
        Colours::Bits16 => Some(cx.t.t("quality-16bit")),
        Colours::Bits8 => Some(cx.t.t("quality-256")),
    };
    [sharpness, colours].into_iter().flatten().collect()
}
