//! The picture that stands for a program.

use std::sync::Arc;

use eframe::egui::{
    self, Align2, ColorImage, CornerRadius, Id, Rect, TextureHandle, TextureOptions, Ui, load::SizedTexture,
    vec2,
};
use lucide_icons::Icon;

use crate::{ICON, IconOf, Pixels, cx::Cx};

/// Width and height in points.
pub const SIZE: f32 = 24.0;

/// In the row.
pub fn show(ui: &mut Ui, cx: &Cx<'_>, of: IconOf<'_>) {
    let (place, _) = ui.allocate_exact_size(vec2(SIZE, SIZE), egui::Sense::hover());
    paint(ui, cx, of, place);
}

/// Paints it into the middle of a place; a neutral sign where there is none.
pub fn paint(ui: &Ui, cx: &Cx<'_>, of: IconOf<'_>, place: Rect) {
    let rect = Rect::from_center_size(place.center(), vec2(SIZE, SIZE));
    match cx.backend.icon(of).and_then(|pixels| texture(ui, of, pixels)) {
        Some(texture) => {
            let size = egui::Vec2::splat(SIZE);
            egui::Image::from_texture(SizedTexture::new(texture.id(), size)).paint_at(ui, rect);
        }
        None => {
            let k = cx.k;
            ui.painter().rect_filled(rect, CornerRadius::same(k.radius.control - 2), k.c.hover);
            let sign = char::from(Icon::AppWindow);
            ui.painter().text(rect.center(), Align2::CENTER_CENTER, sign, k.icon(16.0), k.c.muted);
        }
    }
}

/// Uploaded once, and again when it is another picture.
fn texture(ui: &Ui, of: IconOf<'_>, pixels: Pixels) -> Option<TextureHandle> {
    if pixels.len() != ICON * ICON * 4 {
        return None;
    }
    let id = Id::unique(("icon of a program", of));
    let kept = ui.data(|d| d.get_temp::<(Pixels, TextureHandle)>(id));
    if let Some((_, texture)) = kept.filter(|(p, _)| Arc::ptr_eq(p, &pixels)) {
        return Some(texture);
    }
    let image = ColorImage::from_rgba_unmultiplied([ICON, ICON], &pixels);
    let texture = ui.ctx().load_texture("icon", image, TextureOptions::LINEAR);
    ui.data_mut(|d| d.insert_temp(id, (pixels, texture.clone())));
    Some(texture)
}
