//! The bar above everything of an agent with sessions: the desk, and a tab for each session.

use deskside_session::{
    SessionNumber,
    app::{AppOnly, Tab, TabState},
};
use eframe::egui::{
    self, Align2, CornerRadius, Frame, Margin, Panel, Response, Role, ScrollArea, Sense, Stroke, Ui,
    WidgetInfo, text::LayoutJob, text::TextFormat, text::TextWrapping, vec2,
};
use lucide_icons::Icon;

use super::{desk::names, key_list};
use crate::{
    cx::Cx,
    keys::{self, Action},
    number,
    widgets::{Button, focus_ring},
};

/// Of one tab.
const WIDEST: f32 = 220.0;

/// What the buttons at its end are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The window as a small bar.
    Slim,
    /// The list of keys.
    Keys,
}

/// Draws it; what was asked for, if anything. `shown`: the session that is seen; none: the desk. `slims`: whether
/// that session runs.
pub fn show(
    ui: &mut Ui,
    cx: &Cx<'_>,
    tabs: &[Tab],
    shown: Option<SessionNumber>,
    slims: bool,
) -> Option<Asked> {
    if tabs.is_empty() {
        return None;
    }
    let mut asked = None;
    let k = cx.k;
    let frame = Frame::new().fill(k.c.sunken).inner_margin(Margin { left: 8, right: 8, top: 6, bottom: 0 });
    let bar = Panel::top("tabs").frame(frame).show_separator_line(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        ui.horizontal(|ui| {
            let room = ui.available_width() - 8.0 - k.size.tool * if slims { 2.0 } else { 1.0 };
            let scroll = ScrollArea::horizontal().id_salt("tabs").max_width(room);
            scroll.auto_shrink([false, true]).show(ui, |ui| {
                ui.horizontal(|ui| {
                    if tab(ui, cx, Icon::LampDesk, &cx.t.t("tab-desk"), None, shown.is_none()).clicked() {
                        cx.send(AppOnly::ShowSession { number: None });
                    }
                    for t in tabs {
                        ui.push_id(t.number.get(), |ui| one(ui, cx, t, shown == Some(t.number)));
                    }
                    ui.add_space(4.0);
                    let new = Button::icon_only(cx, Icon::Plus, cx.t.t("home-start"));
                    if ui.add(new).on_hover_text(cx.t.t("home-start")).clicked() {
                        cx.send(AppOnly::StartSession);
                    }
                })
            });
            if slims {
                let words = cx.t.t("compact");
                let button = Button::icon_only(cx, Icon::Minimize2, &words);
                if ui.add(button).on_hover_text(keys::hint(cx.t, &words, Action::Compact)).clicked() {
                    asked = Some(Asked::Slim);
                }
            }
            if key_list::button(ui, cx).clicked() {
                asked = Some(Asked::Keys);
            }
        });
    });
    let rect = bar.response.rect;
    ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, k.c.line));
    asked
}

fn one(ui: &mut Ui, cx: &Cx<'_>, t: &Tab, selected: bool) {
    let (sign, state) = match t.state {
        TabState::Entering => (Icon::Hourglass, cx.t.t("tab-entering")),
        TabState::Empty => (Icon::Hourglass, cx.t.t("tab-empty")),
        TabState::Running => (Icon::UserRound, cx.t.t("tab-running")),
        TabState::Lost => (Icon::WifiOff, cx.t.t("tab-lost")),
        TabState::Ended => (Icon::CircleCheck, cx.t.t("tab-ended")),
    };
    let words =
        if t.customers.is_empty() { number::group(&t.number.to_string()) } else { names(cx, &t.customers) };
    let unread = (t.unread > 0 && !selected).then_some(t.unread);
    let response = tab(ui, cx, sign, &words, unread, selected);
    if response.clicked() {
        cx.send(AppOnly::ShowSession { number: Some(t.number) });
    }
    response.on_hover_text(format!("{words} · {state}"));
}

fn tab(ui: &mut Ui, cx: &Cx<'_>, sign: Icon, words: &str, unread: Option<u32>, selected: bool) -> Response {
    let k = cx.k;
    let badge = unread.map(|n| if n > 99 { "99+".to_owned() } else { n.to_string() });
    let extra = if badge.is_some() { 30.0 } else { 0.0 };
    let ink = if selected { k.c.text } else { k.c.muted };
    let font = if selected { k.strong(k.text.body) } else { k.font(k.text.body) };
    let format = TextFormat { font_id: font, color: ink, ..Default::default() };
    let mut job = LayoutJob::single_section(words.to_owned(), format);
    job.wrap = TextWrapping::truncate_at_width(WIDEST - 52.0 - extra);
    let galley = ui.painter().layout_job(job);
    let size = vec2(galley.size().x + 44.0 + extra, k.size.tool + 4.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let name = match unread {
        Some(n) => format!("{words}, {}", cx.t.ta("chat-unread", &[("count", n.into())])),
        None => words.to_owned(),
    };
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::Tab, enabled, selected, &name));
    let corner = CornerRadius { nw: k.radius.control, ne: k.radius.control, sw: 0, se: 0 };
    if selected {
        ui.painter().rect_filled(rect, corner, k.c.window);
        let line = rect.with_max_y(rect.top() + 2.0).shrink2(vec2(6.0, 0.0));
        ui.painter().rect_filled(line, 1.0, k.c.accent);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, corner, k.c.hover);
    }
    let middle = rect.center().y;
    let at = egui::pos2(rect.left() + 20.0, middle);
    ui.painter().text(at, Align2::CENTER_CENTER, char::from(sign), k.icon(15.0), ink);
    let width = galley.size().x;
    ui.painter().galley(egui::pos2(rect.left() + 32.0, middle - galley.size().y / 2.0), galley, ink);
    if let Some(badge) = badge {
        let place = egui::Rect::from_center_size(
            egui::pos2(rect.left() + 32.0 + width + 20.0, middle),
            vec2(26.0, 18.0),
        );
        ui.painter().rect_filled(place, 9.0, k.c.accent);
        ui.painter().text(
            place.center(),
            Align2::CENTER_CENTER,
            badge,
            k.strong(k.text.small - 1.0),
            k.c.on_accent,
        );
    }
    focus_ring(ui, cx, &response, k.radius.control);
    response
}

/// By keys: round, or to a place, the first being the desk; also while the bar is not there.
pub fn go(ui: &Ui, cx: &Cx<'_>, tabs: &[Tab], shown: Option<SessionNumber>) {
    if tabs.is_empty() {
        return;
    }
    let ctx = ui.ctx();
    let places: Vec<_> = std::iter::once(None).chain(tabs.iter().map(|t| Some(t.number))).collect();
    let now = places.iter().position(|p| *p == shown).unwrap_or(0);
    // With Shift first: the one without takes both.
    let back = keys::pressed(ctx, Action::Back);
    let on = !back && keys::pressed(ctx, Action::On);
    let to = match (on, back, keys::which(ctx, Action::Go)) {
        (true, _, _) => Some((now + 1) % places.len()),
        (_, true, _) => Some((now + places.len() - 1) % places.len()),
        (_, _, place) => place,
    };
    if let Some(number) = to.and_then(|i| places.get(i)) {
        cx.send(AppOnly::ShowSession { number: *number });
    }
}
