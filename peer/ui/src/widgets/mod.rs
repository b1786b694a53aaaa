//! The building stones of all windows: drawn from tokens, reachable by keyboard, named for screen readers.

pub mod app_icon;
pub mod banner;
pub mod button;
pub mod field;
pub mod menu;
pub mod text;

pub use banner::{Tone, banner};
pub use button::{Button, Look};
pub use text::{icon, strong};

use eframe::egui::{self, Align2, CornerRadius, Frame, Margin, Stroke, StrokeKind, Ui, vec2};

use crate::{cx::Cx, texts::clean};

/// The surface that groups what belongs together.
pub fn card(cx: &Cx<'_>) -> Frame {
    let k = cx.k;
    Frame::new()
        .fill(k.c.surface)
        .stroke(Stroke::new(1.0, k.c.line))
        .corner_radius(CornerRadius::same(k.radius.card))
        .inner_margin(Margin::same(k.space.two as i8))
}

/// The round letter that stands for a person.
pub fn avatar(ui: &mut Ui, cx: &Cx<'_>, name: &str, size: f32) {
    let (rect, _) = ui.allocate_exact_size(vec2(size, size), egui::Sense::hover());
    let letter = clean(name).chars().find(|c| c.is_alphanumeric()).map_or('?', |c| {
        let mut upper = c.to_uppercase();
        if upper.len() == 1 { upper.next().unwrap_or(c) } else { c }
    });
    let painter = ui.painter();
    painter.circle_filled(rect.center(), size / 2.0, cx.k.c.accent_soft);
    painter.text(rect.center(), Align2::CENTER_CENTER, letter, cx.k.strong(size * 0.42), cx.k.c.accent_text);
}

/// The product's sign.
pub fn logo(ui: &mut Ui, cx: &Cx<'_>, size: f32) {
    let (rect, _) = ui.allocate_exact_size(vec2(size, size), egui::Sense::hover());
    let k = cx.k;
    ui.painter().rect_filled(rect, CornerRadius::same((size * 0.26) as u8), k.c.accent);
    ui.painter().text(
        rect.center(),
        Align2::CENTER_CENTER,
        char::from(lucide_icons::Icon::LampDesk),
        k.icon(size * 0.58),
        k.c.on_accent,
    );
}

/// Six digits in two groups of three, large, on a quiet ground.
pub fn code_box(ui: &mut Ui, cx: &Cx<'_>, code: &str) -> egui::Response {
    let k = cx.k;
    let shown = crate::number::group(&clean(code));
    let frame = Frame::new()
        .fill(k.c.warn_soft)
        .corner_radius(CornerRadius::same(k.radius.control))
        .inner_margin(Margin::symmetric(k.space.two as i8, k.space.one as i8));
    let words = cx.t.ta("code-label", &[("code", (&shown).into())]);
    frame.show(ui, |ui| digits(ui, cx, &shown, k.text.code, k.c.warn_text, &words)).inner
}

/// Large digits in the middle of the row, read out as `words`.
pub fn digits(
    ui: &mut Ui,
    cx: &Cx<'_>,
    shown: &str,
    size: f32,
    ink: egui::Color32,
    words: &str,
) -> egui::Response {
    let format = egui::text::TextFormat {
        font_id: cx.k.strong(size),
        extra_letter_spacing: size / 16.0,
        color: ink,
        ..Default::default()
    };
    let galley = ui.painter().layout_job(egui::text::LayoutJob::single_section(shown.to_owned(), format));
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), galley.size().y), egui::Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, words));
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, ink);
    response
}

/// Dots that show work under way, twice a second, so that waiting costs next to nothing.
pub fn busy_dots(ui: &mut Ui, cx: &Cx<'_>, colour: egui::Color32) {
    const STEP: f64 = 0.4;
    let (rect, _) = ui.allocate_exact_size(vec2(36.0, 12.0), egui::Sense::hover());
    let lit = (cx.now / STEP) as u64 % 3;
    for i in 0..3u64 {
        let centre = rect.left_center() + vec2(6.0 + i as f32 * 12.0, 0.0);
        let ink = if i == lit { colour } else { colour.gamma_multiply(0.35) };
        ui.painter().circle_filled(centre, 4.0, ink);
    }
    ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(STEP));
}

/// The mark around what has the keyboard.
pub(crate) fn focus_ring(ui: &Ui, cx: &Cx<'_>, response: &egui::Response, corner: u8) {
    if response.has_focus() {
        ui.painter().rect_stroke(
            response.rect.expand(2.0),
            CornerRadius::same(corner + 2),
            Stroke::new(2.0, cx.k.c.focus),
            StrokeKind::Outside,
        );
    }
}

/// Scrolls what is read and not written, by the keys for that.
pub fn scroll_by_keys(ui: &Ui) {
    use egui::Key::{ArrowDown, ArrowUp, PageDown, PageUp};
    for (key, by) in [(ArrowDown, -40.0), (ArrowUp, 40.0), (PageDown, -240.0), (PageUp, 240.0)] {
        if ui.input(|i| i.key_pressed(key) && i.modifiers.is_none()) {
            ui.scroll_with_delta(vec2(0.0, by));
        }
    }
}

/// A thin line between two parts.
pub fn rule(ui: &mut Ui, cx: &Cx<'_>) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), egui::Sense::hover());
    ui.painter().hline(rect.x_range(), rect.center().y, Stroke::new(1.0, cx.k.c.line));
}
