//! Fields to type into.

use eframe::egui::{
    self, Align, CornerRadius, FontId, Frame, Margin, Response, Stroke, TextEdit, Ui,
    text_edit::TextEditOutput,
};

use super::text;
use crate::cx::Cx;

/// A field of one line; its name is for screen readers, and stands above it when `shown`.
pub struct Field<'a> {
    pub id: &'a str,
    pub name: String,
    pub shown: bool,
    pub hint: String,
    pub font: FontId,
    pub align: Align,
    pub password: bool,
    pub height: f32,
    pub wrong: bool,
}

impl<'a> Field<'a> {
    pub fn new(cx: &Cx<'_>, id: &'a str, name: String) -> Self {
        Self {
            id,
            name,
            shown: true,
            hint: String::new(),
            font: cx.k.font(cx.k.text.body),
            align: Align::Min,
            password: false,
            height: cx.k.size.control,
            wrong: false,
        }
    }

    /// The id by which the field can be given the keyboard.
    pub fn egui_id(id: &str) -> egui::Id {
        egui::Id::unique(("field", id))
    }

    pub fn show(self, ui: &mut Ui, cx: &Cx<'_>, value: &mut String) -> TextEditOutput {
        let k = cx.k;
        if self.shown {
            ui.scope(|ui| {
                ui.spacing_mut().item_spacing.y = k.space.half;
                text::strong(ui, cx, &self.name);
            });
        }
        let id = Self::egui_id(self.id);
        let focused = ui.memory(|m| m.has_focus(id));
        let line = match (focused, self.wrong) {
            (true, _) => Stroke::new(2.0, k.c.focus),
            (false, true) => Stroke::new(1.0, k.c.danger),
            (false, false) => Stroke::new(1.0, k.c.line_strong),
        };
        // A wider line takes its width from the margin, so that nothing moves.
        let margin = Margin::symmetric(12 - line.width as i8, 0);
        let frame = Frame::new()
            .fill(if ui.is_enabled() { k.c.surface } else { k.c.sunken })
            .stroke(line)
            .corner_radius(CornerRadius::same(k.radius.control))
            .inner_margin(margin);
        let hint = egui::RichText::new(self.hint).font(self.font.clone());
        let output = TextEdit::singleline(value)
            .id(id)
            .frame(frame)
            .font(self.font)
            .text_color(k.c.text)
            .hint_text(hint)
            .align(egui::Align2([self.align, Align::Center]))
            .password(self.password)
            .min_size(egui::vec2(0.0, self.height))
            .desired_width(f32::INFINITY)
            .show(ui);
        let _: Response = output.response.response.clone().accessible_name(self.name);
        output
    }
}

/// Whether Enter was pressed in this field just now.
pub fn entered(ui: &Ui, response: &Response) -> bool {
    response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter))
}
