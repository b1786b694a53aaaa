//! Drawing on what is shared: the tools, and what the one who shares can do about it.

use deskside_session::{
    Role,
    app::AppOnly,
    command::Command,
    marks::{Colour, Draw, Pen, Tool, Width},
    view::{Sharing, View},
};
use eframe::egui::{
    self, Color32, CornerRadius, Frame, Margin, Panel, Response, Role as Kind, Sense, Stroke, Ui, WidgetInfo,
    vec2,
};
use lucide_icons::Icon;

use super::toolbar::note;
use crate::{
    cx::Cx,
    keys::{Action, hint as keyed},
    texts::Texts,
    widgets::{Button, focus_ring},
};

/// The switch between drawing and controlling, among the tools.
pub fn switch(
    ui: &mut Ui,
    cx: &Cx<'_>,
    view: &View,
    sharing: &Sharing,
    pen: Pen,
    wide: bool,
    hint: &mut Option<String>,
) {
    let words = cx.t.t("draw");
    ui.add_enabled_ui(!sharing.no_drawing && !sharing.paused, |ui| {
        let button =
            Button::new(cx, if wide { &words } else { "" }).tool().name(&words).icon(Icon::PencilLine);
        let response = ui.add(button.selected(view.pen.is_some()));
        let what = match (sharing.no_drawing, view.pen) {
            (true, _) => cx.t.t("draw-forbidden"),
            (false, Some(_)) => keyed(cx.t, &cx.t.t("draw-off"), Action::Draw),
            (false, None) => keyed(cx.t, &cx.t.t("draw-hint"), Action::Draw),
        };
        note(&response, hint, what);
        if response.clicked() {
            toggle(cx, view, sharing, pen);
        }
    });
}

/// Takes this pen, or puts it away.
pub fn toggle(cx: &Cx<'_>, view: &View, sharing: &Sharing, pen: Pen) {
    let pen = (view.pen.is_none() && !sharing.no_drawing).then_some(pen);
    cx.session(Command::TakePen { pen });
}

/// The row of drawing tools, while somebody draws.
pub fn tools(ui: &mut Ui, cx: &Cx<'_>, view: &View, hint: &mut Option<String>) {
    let Some(pen) = view.pen else { return };
    let frame = Frame::new().fill(cx.k.c.surface).inner_margin(Margin { top: 0, ..Margin::symmetric(12, 6) });
    Panel::top("drawing").frame(frame).show_separator_line(false).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(2.0, 2.0);
            ui.set_min_height(cx.k.size.tool);
            palette(ui, cx, pen, &Tool::ALL, hint);
            let mine = view.marks.iter().any(|m| m.author == view.me && m.pen.tool != Tool::Pointer);
            let rules = view.role == Role::Primary;
            let words = if rules { cx.t.t("draw-clear-all") } else { cx.t.t("draw-clear-mine") };
            undo(ui, cx, mine, hint);
            let clears = mine || (rules && !view.marks.is_empty());
            act(ui, cx, clears, Icon::Trash2, words, hint, || {
                cx.session(Command::Draw { draw: Draw::Clear })
            });
            let saved = cx.saved.map(|path| cx.t.ta("draw-saved", &[("path", path.into())]));
            let words = cx.t.t("draw-save");
            act(ui, cx, true, Icon::ImageDown, words, hint, || cx.send(AppOnly::Screenshot { path: None }));
            if let (Some(said), Some(saved)) = (hint.as_mut(), saved)
                && *said == cx.t.t("draw-save")
            {
                *said = saved;
            }
        });
    });
}

/// Tools, colours and widths.
fn palette(ui: &mut Ui, cx: &Cx<'_>, pen: Pen, tools: &[Tool], hint: &mut Option<String>) {
    let take = |pen| cx.session(Command::TakePen { pen: Some(pen) });
    for tool in tools.iter().copied() {
        let (sign, words) = tool_words(cx.t, tool);
        let response = ui.add(Button::icon_only(cx, sign, &words).selected(pen.tool == tool));
        note(&response, hint, words);
        if response.clicked() {
            take(Pen { tool, ..pen });
        }
    }
    ui.add_space(cx.k.space.one);
    for colour in Colour::ALL {
        let words = colour_words(cx.t, colour);
        let response = swatch(ui, cx, colour, pen.colour == colour, &words);
        note(&response, hint, words);
        if response.clicked() {
            take(Pen { colour, ..pen });
        }
    }
    ui.add_space(cx.k.space.one);
    for width in Width::ALL {
        let words = width_words(cx.t, width);
        let response = dot(ui, cx, width, pen.width == width, &words);
        note(&response, hint, words);
        if response.clicked() {
            take(Pen { width, ..pen });
        }
    }
    ui.add_space(cx.k.space.one);
}

fn undo(ui: &mut Ui, cx: &Cx<'_>, there: bool, hint: &mut Option<String>) {
    act(ui, cx, there, Icon::Undo2, cx.t.t("draw-undo"), hint, || {
        cx.session(Command::Draw { draw: Draw::Undo })
    });
}

fn act(
    ui: &mut Ui,
    cx: &Cx<'_>,
    there: bool,
    sign: Icon,
    words: String,
    hint: &mut Option<String>,
    does: impl FnOnce(),
) {
    let response = ui.add_enabled(there, Button::icon_only(cx, sign, &words));
    note(&response, hint, words);
    if response.clicked() {
        does();
    }
}

fn tool_words(t: &Texts, tool: Tool) -> (Icon, String) {
    match tool {
        Tool::Pen => (Icon::Pencil, t.t("draw-pen")),
        Tool::Highlighter => (Icon::Highlighter, t.t("draw-highlighter")),
        Tool::Line => (Icon::Minus, t.t("draw-line")),
        Tool::Arrow => (Icon::MoveUpRight, t.t("draw-arrow")),
        Tool::Rectangle => (Icon::Square, t.t("draw-rectangle")),
        Tool::Ellipse => (Icon::Circle, t.t("draw-ellipse")),
        Tool::Text => (Icon::Type, t.t("draw-text")),
        Tool::Pointer => (Icon::MousePointerClick, t.t("draw-pointer")),
        Tool::Eraser => (Icon::Eraser, t.t("draw-eraser")),
    }
}

fn colour_words(t: &Texts, colour: Colour) -> String {
    match colour {
        Colour::Red => t.t("draw-red"),
        Colour::Orange => t.t("draw-orange"),
        Colour::Yellow => t.t("draw-yellow"),
        Colour::Green => t.t("draw-green"),
        Colour::Blue => t.t("draw-blue"),
        Colour::Violet => t.t("draw-violet"),
        Colour::Black => t.t("draw-black"),
        Colour::White => t.t("draw-white"),
    }
}

fn width_words(t: &Texts, width: Width) -> String {
    match width {
        Width::Thin => t.t("draw-thin"),
        Width::Medium => t.t("draw-medium"),
        Width::Thick => t.t("draw-thick"),
    }
}

/// One of a choice, drawn by `paint` in the middle of it.
fn choice(
    ui: &mut Ui,
    cx: &Cx<'_>,
    width: f32,
    chosen: bool,
    words: &str,
    paint: impl FnOnce(&egui::Painter, egui::Pos2),
) -> Response {
    let k = cx.k;
    let (rect, response) = ui.allocate_exact_size(vec2(width, k.size.tool), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Kind::Button, enabled, chosen, words));
    let round = CornerRadius::same(k.radius.control);
    if chosen {
        ui.painter().rect_filled(rect, round, k.c.accent_soft);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, round, k.c.hover);
    }
    paint(ui.painter(), rect.center());
    focus_ring(ui, cx, &response, k.radius.control);
    response
}

fn swatch(ui: &mut Ui, cx: &Cx<'_>, colour: Colour, chosen: bool, words: &str) -> Response {
    let [_, r, g, b] = colour.rgb().to_be_bytes();
    choice(ui, cx, 28.0, chosen, words, |painter, at| {
        // The edge keeps white and black apart from the ground.
        painter.circle(at, 8.0, Color32::from_rgb(r, g, b), Stroke::new(1.0, cx.k.c.line_strong));
        if chosen {
            painter.circle_stroke(at, 11.0, Stroke::new(2.0, cx.k.c.accent));
        }
    })
}

fn dot(ui: &mut Ui, cx: &Cx<'_>, width: Width, chosen: bool, words: &str) -> Response {
    let radius = match width {
        Width::Thin => 2.0,
        Width::Medium => 4.0,
        Width::Thick => 7.0,
    };
    let ink = if chosen { cx.k.c.accent_text } else { cx.k.c.text };
    choice(ui, cx, 28.0, chosen, words, |painter, at| {
        painter.circle_filled(at, radius, ink);
    })
}

/// Tools for the own desktop: all that need no keyboard, which stays with the other programs.
const BY_MOUSE: [Tool; 7] =
    [Tool::Pen, Tool::Highlighter, Tool::Line, Tool::Arrow, Tool::Rectangle, Tool::Ellipse, Tool::Eraser];

/// The palette for the own desktop.
pub fn palette_here(ui: &mut Ui, cx: &Cx<'_>, view: &View) {
    let Some(pen) = view.pen else { return };
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(2.0, 2.0);
        palette(ui, cx, pen, &BY_MOUSE, &mut None);
        undo(ui, cx, view.marks.iter().any(|m| m.author == view.me), &mut None);
    });
}
