//! Something that a person should read: a problem, a warning, a piece of news.

use eframe::egui::{self, Color32, CornerRadius, Frame, Label, Margin, RichText, Ui};
use lucide_icons::Icon;

use super::text;
use crate::cx::Cx;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Danger,
    Warn,
}

impl Tone {
    /// Its ground, its ink and its sign.
    fn parts(self, cx: &Cx<'_>) -> (Color32, Color32, Icon) {
        let c = &cx.k.c;
        match self {
            Self::Danger => (c.danger_soft, c.danger_text, Icon::CircleAlert),
            Self::Warn => (c.warn_soft, c.warn_text, Icon::TriangleAlert),
        }
    }
}

/// What happened (strong) and what to do (plain); either may be empty.
pub fn banner(ui: &mut Ui, cx: &Cx<'_>, tone: Tone, what: &str, to_do: &str) {
    let k = cx.k;
    let (ground, ink, sign) = tone.parts(cx);
    Frame::new()
        .fill(ground)
        .corner_radius(CornerRadius::same(k.radius.control))
        .inner_margin(Margin::symmetric(12, 10))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 10.0;
                text::icon(ui, cx, sign, 20.0, ink);
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 2.0;
                    if !what.is_empty() {
                        ui.add(
                            Label::new(RichText::new(what).font(k.strong(k.text.strong)).color(ink)).wrap(),
                        );
                    }
                    if !to_do.is_empty() {
                        ui.add(Label::new(RichText::new(to_do).color(ink)).wrap());
                    }
                });
            });
        });
}

/// A small sign and a few words on one line.
pub fn note(ui: &mut Ui, cx: &Cx<'_>, sign: Icon, words: &str, ink: Color32) -> egui::Response {
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = 18.0;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            text::icon(ui, cx, sign, 14.0, ink);
            text::elided(ui, RichText::new(words).size(cx.k.text.small).color(ink))
        })
        .inner
    })
    .inner
}
