//! Buttons, in the few looks that there are.

use eframe::egui::{
    self, Align2, Color32, CornerRadius, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, Widget,
    WidgetInfo,
    text::{LayoutJob, TextFormat, TextWrapping},
    vec2,
};
use lucide_icons::Icon;

use super::focus_ring;
use crate::cx::Cx;

/// How much a button stands out, and for what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// The one thing to do here.
    Primary,
    /// As strong as [`Look::Primary`], for the other answer to a question.
    Strong,
    #[default]
    Secondary,
    /// No ground of its own until it is hovered.
    Quiet,
    /// Ends something.
    Danger,
    /// Ends something, in passing.
    QuietDanger,
}

/// A button with an icon, words, or both.
pub struct Button<'a> {
    cx: &'a Cx<'a>,
    look: Look,
    icon: Option<Icon>,
    words: String,
    name: Option<String>,
    width: Option<f32>,
    height: f32,
    selected: Option<bool>,
    drops: bool,
    sense: Sense,
    fill: f32,
}

impl<'a> Button<'a> {
    pub fn new(cx: &'a Cx<'a>, words: impl Into<String>) -> Self {
        Self {
            cx,
            look: Look::default(),
            icon: None,
            words: words.into(),
            name: None,
            width: None,
            height: cx.k.size.control,
            selected: None,
            drops: false,
            sense: Sense::click(),
            fill: 1.0,
        }
    }

    /// Only an icon; `name` is for those who cannot see it.
    pub fn icon_only(cx: &'a Cx<'a>, icon: Icon, name: impl Into<String>) -> Self {
        let height = cx.k.size.tool;
        Self { name: Some(name.into()), ..Self::new(cx, "") }.icon(icon).look(Look::Quiet).height(height)
    }

    pub fn look(mut self, look: Look) -> Self {
        self.look = look;
        self
    }

    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// The words for those who cannot see it, when they differ.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    pub fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    pub fn height(mut self, height: f32) -> Self {
        self.height = height;
        self
    }

    /// The size of a tool in a row of tools.
    pub fn tool(self) -> Self {
        let height = self.cx.k.size.tool;
        self.height(height).look(Look::Quiet)
    }

    /// One of a choice, or a switch: whether it is on.
    pub fn selected(mut self, selected: bool) -> Self {
        self.selected = Some(selected);
        self
    }

    /// Opens a menu below.
    pub fn drops(mut self) -> Self {
        self.drops = true;
        self
    }

    pub fn sense(mut self, sense: Sense) -> Self {
        self.sense = sense;
        self
    }

    /// How much of it is filled while it is disabled, from 0 to 1.
    pub fn fill(mut self, fill: f32) -> Self {
        self.fill = fill;
        self
    }

    fn ink_and_ground(&self, response: &Response, enabled: bool) -> (Color32, Color32, Stroke) {
        let c = &self.cx.k.c;
        let none = Stroke::NONE;
        let (hover, down) = (response.hovered() && enabled, response.is_pointer_button_down_on() && enabled);
        let step = |plain, over, pressed| match (down, hover) {
            (true, _) => pressed,
            (false, true) => over,
            _ => plain,
        };
        if self.selected == Some(true) {
            return (c.accent_text, step(c.accent_soft, c.accent_soft, c.down), none);
        }
        match self.look {
            Look::Primary => (c.on_accent, step(c.accent, c.accent_hover, c.accent_down), none),
            Look::Strong => (c.surface, step(c.text, c.text.gamma_multiply(0.88), c.muted), none),
            Look::Secondary => (c.text, step(c.surface, c.hover, c.down), Stroke::new(1.0, c.line_strong)),
            Look::Quiet => (c.text, step(Color32::TRANSPARENT, c.hover, c.down), none),
            Look::Danger => (c.on_danger, step(c.danger, c.danger_hover, c.danger_down), none),
            Look::QuietDanger => {
                (c.danger_text, step(Color32::TRANSPARENT, c.danger_soft, c.danger_soft), none)
            }
        }
    }
}

impl Widget for Button<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let k = self.cx.k;
        let bare = self.words.is_empty();
        let pad = if bare { 0.0 } else { k.space.two.min(self.height * 0.4) };
        let gap = k.space.one;
        let icon = self.icon.map_or(0.0, |_| k.size.icon);
        let arrow = if self.drops { k.size.icon } else { 0.0 };
        let room = self.width.unwrap_or_else(|| ui.available_width());
        let taken = 2.0 * pad + icon + arrow + if icon > 0.0 && !bare { gap } else { 0.0 };
        let strong =
            matches!(self.look, Look::Primary | Look::Strong | Look::Danger) || self.height > k.size.control;
        let size = if self.height > k.size.control { k.text.title } else { k.text.body };
        let font = if strong { k.strong(size) } else { k.font(size) };
        let mut job = LayoutJob::single_section(
            self.words.clone(),
            TextFormat { font_id: font, color: Color32::PLACEHOLDER, ..Default::default() },
        );
        job.wrap = TextWrapping::truncate_at_width((room - taken).max(0.0));
        let galley = ui.painter().layout_job(job);
        let content = taken - 2.0 * pad + galley.size().x;
        let wide = self.width.unwrap_or(if bare && !self.drops { self.height } else { content + 2.0 * pad });
        let (rect, mut response) = ui.allocate_exact_size(vec2(wide, self.height), self.sense);

        let enabled = ui.is_enabled();
        let name = self.name.clone().unwrap_or_else(|| self.words.clone());
        response.widget_info(|| match self.selected {
            Some(on) => WidgetInfo::selected(Role::Button, enabled, on, &name),
            None => WidgetInfo::labeled(Role::Button, enabled, &name),
        });
        if galley.elided {
            response = response.on_hover_text(&name);
        }
        if !ui.is_rect_visible(rect) {
            return response;
        }
        let (mut ink, ground, line) = self.ink_and_ground(&response, enabled);
        let corner = CornerRadius::same(k.radius.control);
        if enabled {
            ui.painter().rect(rect, corner, ground, line, StrokeKind::Inside);
        } else {
            let faded = if ground == Color32::TRANSPARENT { ground } else { k.c.hover };
            ui.painter().rect(rect, corner, faded, Stroke::new(line.width, k.c.line), StrokeKind::Inside);
            if self.fill < 1.0 {
                let part = rect.with_max_x(egui::lerp(rect.x_range(), self.fill));
                ui.painter().rect_filled(part, corner, k.c.accent_soft);
            }
            ink = k.c.muted;
        }
        let mut x = rect.center().x - content / 2.0;
        if let Some(sign) = self.icon {
            let at = egui::pos2(x + icon / 2.0, rect.center().y);
            ui.painter().text(at, Align2::CENTER_CENTER, char::from(sign), k.icon(icon), ink);
            x += icon + gap;
        }
        let y = rect.center().y - galley.size().y / 2.0;
        let text_width = galley.size().x;
        ui.painter().galley(egui::pos2(x, y), galley, ink);
        if self.drops {
            let left = if bare { x - gap } else { x + text_width };
            let at = egui::pos2(left + arrow / 2.0 + 2.0, rect.center().y + 1.0);
            ui.painter().text(
                at,
                Align2::CENTER_CENTER,
                char::from(Icon::ChevronDown),
                k.icon(arrow * 0.8),
                ink,
            );
        }
        focus_ring(ui, self.cx, &response, k.radius.control);
        response
    }
}

/// A row of words that can be clicked like a link.
pub fn link(ui: &mut Ui, cx: &Cx<'_>, words: &str) -> Response {
    let k = cx.k;
    let galley = ui.painter().layout_no_wrap(words.to_owned(), k.font(k.text.body), Color32::PLACEHOLDER);
    let pad: Vec2 = vec2(k.space.one, k.space.half);
    let (rect, response) = ui.allocate_exact_size(galley.size() + 2.0 * pad, Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, words));
    let ink = if enabled { k.c.accent_text } else { k.c.muted };
    if response.hovered() && enabled {
        ui.painter().rect_filled(rect, CornerRadius::same(k.radius.control), k.c.hover);
    }
    ui.painter().galley(rect.min + pad, galley, ink);
    focus_ring(ui, cx, &response, k.radius.control);
    response
}
