//! The row of the console's tabs, with the ways to put them into another order.

use eframe::egui::{
    self, Align2, CornerRadius, Popup, Response, Role, Sense, Stroke, Ui, WidgetInfo,
    text::{LayoutJob, TextFormat, TextWrapping},
    vec2,
};
use lucide_icons::Icon;

use super::order::{ConsoleTab, Order};
use crate::{
    Preferences,
    cx::Cx,
    keys::{self, Action},
    widgets::{focus_ring, menu::item},
};

const HEIGHT: f32 = 50.0;

/// A tab as it is drawn.
struct Face {
    sign: Icon,
    action: Action,
    words: String,
    unread: u32,
}

fn face(cx: &Cx<'_>, tab: ConsoleTab, unread: u32) -> Face {
    let (sign, action, words) = match tab {
        ConsoleTab::Chat => (Icon::MessageCircle, Action::Chat, cx.t.t("session-chat")),
        ConsoleTab::Notes => (Icon::NotebookPen, Action::Notes, cx.t.t("notes")),
        ConsoleTab::Session => (Icon::Info, Action::Session, cx.t.t("console-session")),
        ConsoleTab::Customer => (Icon::UserRound, Action::Customer, cx.t.t("console-customer")),
    };
    Face { sign, action, words, unread: if tab == ConsoleTab::Chat { unread } else { 0 } }
}

/// Draws it; `notes`: whether there are any to show.
pub fn show(ui: &mut Ui, cx: &Cx<'_>, order: &mut Order, open: &mut ConsoleTab, notes: bool, unread: u32) {
    let shown = order.shown(notes);
    let (row, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    let width = row.width() / shown.len() as f32;
    ui.painter().hline(row.x_range(), row.bottom() - 0.5, Stroke::new(1.0, cx.k.c.line));
    let mut focused = *open;
    let mut moved = None;
    let mut dropped = false;
    for (i, tab) in shown.iter().enumerate() {
        let left = row.left() + i as f32 * width;
        let rect = egui::Rect::from_min_size(egui::pos2(left, row.top()), vec2(width, HEIGHT));
        let response = one(ui, cx, rect, *tab, &face(cx, *tab, unread), *tab == *open);
        if response.clicked() {
            *open = *tab;
        }
        if response.has_focus() {
            focused = *tab;
        }
        if let (true, Some(at)) = (response.dragged(), response.interact_pointer_pos()) {
            let over = ((at.x - row.left()) / width).max(0.0) as usize;
            moved = Some((*tab, shown[over.min(shown.len() - 1)]));
        }
        dropped |= response.drag_stopped();
        menu(cx, &response, &shown, i, |place| {
            moved = Some((*tab, place));
            dropped = true;
        });
    }
    let at = shown.iter().position(|t| *t == focused);
    for (action, place) in
        [(Action::TabLeft, at.and_then(|i| i.checked_sub(1))), (Action::TabRight, at.map(|i| i + 1))]
    {
        if keys::pressed(ui.ctx(), action)
            && let Some(place) = place.and_then(|i| shown.get(i))
        {
            moved = Some((focused, *place));
            dropped = true;
        }
    }
    if let Some((tab, place)) = moved {
        order.put(tab, place);
    }
    if dropped {
        cx.backend.keep(&Preferences { tabs: order.names() });
    }
}

/// For who does not drag: the neighbours' places.
fn menu(cx: &Cx<'_>, tab: &Response, shown: &[ConsoleTab], i: usize, mut put: impl FnMut(ConsoleTab)) {
    Popup::context_menu(tab).width(180.0).show(|ui| {
        ui.set_width(180.0);
        ui.spacing_mut().item_spacing.y = 0.0;
        for (words, place) in [
            (cx.t.t("console-left"), i.checked_sub(1).map(|i| shown[i])),
            (cx.t.t("console-right"), shown.get(i + 1).copied()),
        ] {
            if let Some(place) = place
                && item(ui, cx, None, &words, "").clicked()
            {
                put(place);
            }
        }
    });
}

fn one(ui: &mut Ui, cx: &Cx<'_>, rect: egui::Rect, tab: ConsoleTab, face: &Face, selected: bool) -> Response {
    let k = cx.k;
    let response = ui.interact(rect, egui::Id::unique(("console-tab", tab)), Sense::click_and_drag());
    let name = match face.unread {
        0 => face.words.clone(),
        n => format!("{}, {}", face.words, cx.t.ta("chat-unread", &[("count", n.into())])),
    };
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, selected, &name));
    let corner = CornerRadius { nw: k.radius.control, ne: k.radius.control, sw: 0, se: 0 };
    if response.hovered() && !selected {
        ui.painter().rect_filled(rect.with_max_y(rect.bottom() - 1.0), corner, k.c.hover);
    }
    let ink = if selected { k.c.accent_text } else { k.c.muted };
    let centre = rect.center().x;
    let sign = egui::pos2(centre, rect.top() + 15.0);
    ui.painter().text(sign, Align2::CENTER_CENTER, char::from(face.sign), k.icon(k.size.icon), ink);
    let font = if selected { k.strong(k.text.small) } else { k.font(k.text.small) };
    let format = TextFormat { font_id: font, color: ink, ..Default::default() };
    let mut job = LayoutJob::single_section(face.words.clone(), format);
    job.wrap = TextWrapping::truncate_at_width(rect.width() - 6.0);
    let words = ui.painter().layout_job(job);
    let at = egui::pos2(centre - words.size().x / 2.0, rect.top() + 36.0 - words.size().y / 2.0);
    ui.painter().galley(at, words, ink);
    if selected {
        let line = rect.with_min_y(rect.bottom() - 2.0).shrink2(vec2(4.0, 0.0));
        ui.painter().rect_filled(line, 1.0, k.c.accent);
    }
    if face.unread > 0 && !selected {
        ui.painter().circle(sign + vec2(13.0, -4.0), 8.0, k.c.danger, Stroke::new(2.0, k.c.window));
        let count = face.unread.min(99).to_string();
        let at = sign + vec2(13.0, -4.0);
        ui.painter().text(at, Align2::CENTER_CENTER, count, k.strong(10.0), k.c.on_danger);
    }
    focus_ring(ui, cx, &response, k.radius.control);
    let keyed = keys::hint(cx.t, &name, face.action);
    response.on_hover_text(format!("{keyed}\n{}", cx.t.t("console-move")))
}
