//! Which of the open applications are to be shared: a list to tick.

use deskside_session::{
    app::AppOnly,
    hiding::{HidingView, OpenWindow},
    programs::MOST_SHARED,
};
use eframe::egui::{
    Align2, Color32, CornerRadius, Pos2, Rect, Response, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2,
    text::{LayoutJob, TextWrapping},
    vec2,
};
use lucide_icons::Icon;

use super::choose::Starter;
use crate::{
    IconOf,
    cx::Cx,
    widgets::{app_icon, focus_ring, text},
};

/// How tall the list becomes before it scrolls, in points.
const TALL: f32 = 208.0;

/// What a person ticked, in that order.
#[derive(Clone, Debug, Default)]
pub struct Picker {
    ticked: Vec<u64>,
    starter: Starter,
}

impl Picker {
    /// Asks for what is open now.
    pub fn open(cx: &Cx<'_>) -> Self {
        cx.send(AppOnly::ListWindows);
        Self::default()
    }

    /// The chosen ones by their windows.
    pub fn windows(&self) -> &[u64] {
        &self.ticked
    }

    /// Draws the list without what is shared already, and while that is nothing, the way to start another one.
    pub fn show(&mut self, ui: &mut Ui, cx: &Cx<'_>, hiding: &HidingView, shared: &[u64]) {
        // One list at a time: Allow has to stay on the screen.
        if !self.starter.is_open() {
            self.list(ui, cx, hiding, shared);
        }
        if shared.is_empty()
            && let Some(window) = self.starter.show(ui, cx)
        {
            self.ticked.push(window);
        }
    }

    fn list(&mut self, ui: &mut Ui, cx: &Cx<'_>, hiding: &HidingView, shared: &[u64]) {
        let open = hiding.open.as_deref().unwrap_or_default();
        let offered = |w: &&OpenWindow| !shared.contains(&w.id) && !is_hidden(hiding, w);
        let offered: Vec<_> = open.iter().filter(offered).collect();
        // What is closed meanwhile, or hidden, is not chosen any more.
        self.ticked.retain(|id| offered.iter().any(|w| w.id == *id));
        if offered.is_empty() {
            let none = hiding.open.is_some() || cfg!(not(target_os = "macos"));
            let words = if none { cx.t.t("picker-none") } else { cx.t.t("picker-unknown") };
            text::muted(ui, cx, words);
            return;
        }
        let full = shared.len() + self.ticked.len() >= MOST_SHARED;
        ScrollArea::vertical().id_salt("picker").max_height(TALL).min_scrolled_height(TALL).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for window in offered {
                let on = self.ticked.contains(&window.id);
                ui.add_enabled_ui(on || !full, |ui| {
                    if row(ui, cx, window, on).clicked() {
                        self.turn(window.id);
                    }
                });
            }
        });
        if full {
            text::small(ui, cx, cx.t.ta("picker-full", &[("most", (MOST_SHARED as u32).into())]));
        }
    }

    fn turn(&mut self, id: u64) {
        let before = self.ticked.len();
        self.ticked.retain(|t| *t != id);
        if self.ticked.len() == before {
            self.ticked.push(id);
        }
    }
}

fn is_hidden(hiding: &HidingView, window: &OpenWindow) -> bool {
    hiding.hidden.names(&window.program) || hiding.hidden.windows.contains(&window.id)
}

/// What a person calls it: its title, else its program.
pub fn name(cx: &Cx<'_>, title: &str, program: &str) -> String {
    let name = cx.t.name(if title.is_empty() { program } else { title });
    if name.is_empty() { cx.t.t("picker-nameless") } else { name }
}

/// A tick, a picture, the title, and the program below it.
fn row(ui: &mut Ui, cx: &Cx<'_>, window: &OpenWindow, on: bool) -> Response {
    let k = cx.k;
    let words = name(cx, &window.title, &window.program);
    let program = if window.title.is_empty() { String::new() } else { cx.t.name(&window.program) };
    let below = match window.minimised {
        true if program.is_empty() => cx.t.t("picker-minimised"),
        true => format!("{program}  ·  {}", cx.t.t("picker-minimised")),
        false => program,
    };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 44.0), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, enabled, on, &words));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, CornerRadius::same(k.radius.control - 2), k.c.hover);
    }
    let ink = if enabled { k.c.text } else { k.c.muted };
    tick(ui, cx, pos2(rect.left() + 18.0, rect.center().y), on);
    let place = Rect::from_center_size(pos2(rect.left() + 48.0, rect.center().y), vec2(24.0, 24.0));
    app_icon::paint(ui, cx, IconOf::Window(window.id), place);
    let left = rect.left() + 68.0;
    let line = |text: &str, size: f32, ink: Color32| {
        let mut job = LayoutJob::simple_singleline(text.to_owned(), k.font(size), ink);
        job.wrap = TextWrapping::truncate_at_width(rect.right() - left - 8.0);
        ui.painter().layout_job(job)
    };
    let (first, second) = (line(&words, k.text.body, ink), line(&below, k.text.small, k.c.muted));
    let tall = first.size().y + if below.is_empty() { 0.0 } else { second.size().y };
    let (top, high) = (rect.center().y - tall / 2.0, first.size().y);
    ui.painter().galley(pos2(left, top), first, ink);
    if !below.is_empty() {
        ui.painter().galley(pos2(left, top + high), second, k.c.muted);
    }
    focus_ring(ui, cx, &response, 0);
    response
}

fn sign(ui: &Ui, cx: &Cx<'_>, at: Pos2, icon: Icon, size: f32, ink: Color32) {
    ui.painter().text(at, Align2::CENTER_CENTER, char::from(icon), cx.k.icon(size), ink);
}

fn tick(ui: &Ui, cx: &Cx<'_>, at: Pos2, on: bool) {
    let k = cx.k;
    let square = Rect::from_center_size(at, vec2(18.0, 18.0));
    let round = CornerRadius::same(4);
    if on {
        ui.painter().rect_filled(square, round, k.c.accent);
        sign(ui, cx, at, Icon::Check, 14.0, k.c.on_accent);
    } else {
        let edge = Stroke::new(1.5, k.c.line_strong);
        ui.painter().rect_stroke(square, round, edge, StrokeKind::Inside);
    }
}
