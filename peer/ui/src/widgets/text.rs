//! Words on the screen.

use eframe::egui::{
    Color32, Label, Response, RichText, Ui,
    text::{LayoutJob, TextFormat, TextWrapping},
};
use lucide_icons::Icon;

use crate::cx::Cx;

/// Running text.
pub fn text(ui: &mut Ui, cx: &Cx<'_>, words: impl Into<String>) -> Response {
    ui.add(Label::new(RichText::new(words).color(cx.k.c.text)).wrap())
}

/// Running text of less weight.
pub fn muted(ui: &mut Ui, cx: &Cx<'_>, words: impl Into<String>) -> Response {
    ui.add(Label::new(RichText::new(words).color(cx.k.c.muted)).wrap())
}

/// Small text of less weight.
pub fn small(ui: &mut Ui, cx: &Cx<'_>, words: impl Into<String>) -> Response {
    ui.add(Label::new(RichText::new(words).size(cx.k.text.small).color(cx.k.c.muted)).wrap())
}

/// Strong running text.
pub fn strong(ui: &mut Ui, cx: &Cx<'_>, words: impl Into<String>) -> Response {
    ui.add(Label::new(RichText::new(words).font(cx.k.strong(cx.k.text.strong)).color(cx.k.c.text)).wrap())
}

/// The title of a part of a window.
pub fn title(ui: &mut Ui, cx: &Cx<'_>, words: impl Into<String>) -> Response {
    ui.add(Label::new(RichText::new(words).font(cx.k.strong(cx.k.text.title)).color(cx.k.c.text)).wrap())
}

/// The title of a window; on two lines at most.
pub fn heading(ui: &mut Ui, cx: &Cx<'_>, words: impl Into<String>) -> Response {
    let words = words.into();
    let format =
        TextFormat { font_id: cx.k.strong(cx.k.text.heading), color: cx.k.c.text, ..Default::default() };
    let mut job = LayoutJob::single_section(words.clone(), format);
    job.wrap = TextWrapping { max_width: ui.available_width(), max_rows: 2, ..Default::default() };
    job.halign = ui.layout().horizontal_placement();
    let galley = ui.painter().layout_job(job);
    let elided = galley.elided;
    let response = ui.add(Label::new(galley));
    if elided { response.on_hover_text(words) } else { response }
}

/// One line; what does not fit ends in an ellipsis and is shown whole on hovering.
pub fn elided(ui: &mut Ui, words: RichText) -> Response {
    ui.add(Label::new(words).truncate())
}

/// A sign without meaning of its own: words stand next to it.
pub fn icon(ui: &mut Ui, cx: &Cx<'_>, icon: Icon, size: f32, colour: Color32) {
    let (rect, _) = ui.allocate_exact_size(eframe::egui::vec2(size, size), eframe::egui::Sense::hover());
    ui.painter().text(
        rect.center(),
        eframe::egui::Align2::CENTER_CENTER,
        char::from(icon),
        cx.k.icon(size),
        colour,
    );
}
