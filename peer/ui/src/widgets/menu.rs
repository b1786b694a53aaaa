//! Menus that drop from a button.

use eframe::egui::{
    self, Align2, Color32, CornerRadius, Popup, PopupCloseBehavior, Response, Role, Sense, Ui, WidgetInfo,
    vec2,
};
use lucide_icons::Icon;

use super::{app_icon, focus_ring};
use crate::{IconOf, cx::Cx};

/// Opens below `button` when it is clicked; closes on a choice, outside clicks and Escape.
pub fn menu(cx: &Cx<'_>, button: &Response, width: f32, content: impl FnOnce(&mut Ui)) {
    drop_below(cx, button, width, PopupCloseBehavior::CloseOnClick, content);
}

/// The same, but it stays when something in it is clicked.
pub fn lasting(cx: &Cx<'_>, button: &Response, width: f32, content: impl FnOnce(&mut Ui)) {
    drop_below(cx, button, width, PopupCloseBehavior::CloseOnClickOutside, content);
}

fn drop_below(
    cx: &Cx<'_>,
    button: &Response,
    width: f32,
    closes: PopupCloseBehavior,
    content: impl FnOnce(&mut Ui),
) {
    Popup::menu(button).close_behavior(closes).gap(cx.k.space.half).width(width).show(|ui| {
        ui.set_width(width);
        ui.spacing_mut().item_spacing.y = 0.0;
        content(ui);
    });
}

/// One choice, with a second line that explains it when `hint` is not empty.
pub fn item(ui: &mut Ui, cx: &Cx<'_>, chosen: Option<bool>, words: &str, hint: &str) -> Response {
    pictured(ui, cx, chosen, None, words, hint)
}

/// The same, with the picture of a program before it.
pub fn pictured(
    ui: &mut Ui,
    cx: &Cx<'_>,
    chosen: Option<bool>,
    icon: Option<IconOf<'_>>,
    words: &str,
    hint: &str,
) -> Response {
    let k = cx.k;
    let pad = k.space.one;
    let mark = if chosen.is_some() { 24.0 } else { 0.0 };
    let image = if icon.is_some() { app_icon::SIZE + k.space.one } else { 0.0 };
    let room = ui.available_width() - 2.0 * pad - mark - image;
    let first = ui.painter().layout(words.to_owned(), k.font(k.text.body), k.c.text, room);
    let second = ui.painter().layout(hint.to_owned(), k.font(k.text.small), k.c.muted, room);
    let tall = first.size().y + if hint.is_empty() { 0.0 } else { second.size().y };
    let size = vec2(ui.available_width(), (tall + 12.0).max(k.size.tool));
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| match chosen {
        Some(on) => WidgetInfo::selected(Role::MenuItemRadio, enabled, on, words),
        None => WidgetInfo::labeled(Role::MenuItem, enabled, words),
    });
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, CornerRadius::same(k.radius.control - 2), k.c.hover);
    }
    let left = rect.left() + pad + mark + image;
    let top = rect.center().y - tall / 2.0;
    if chosen == Some(true) {
        let at = egui::pos2(rect.left() + pad + 8.0, top + first.size().y / 2.0);
        ui.painter().text(at, Align2::CENTER_CENTER, char::from(Icon::Check), k.icon(16.0), k.c.accent_text);
    }
    if let Some(of) = icon {
        let min = egui::pos2(rect.left() + pad + mark, rect.top());
        app_icon::paint(ui, cx, of, egui::Rect::from_min_size(min, vec2(app_icon::SIZE, rect.height())));
    }
    let below = top + first.size().y;
    ui.painter().galley(egui::pos2(left, top), first, Color32::PLACEHOLDER);
    if !hint.is_empty() {
        ui.painter().galley(egui::pos2(left, below), second, Color32::PLACEHOLDER);
    }
    focus_ring(ui, cx, &response, 0);
    response
}
