//! The remote picture: laid over the window by a native surface, or drawn here where there is none.

use std::sync::Arc;

use deskside_session::{
    command::Command,
    marks::Tool,
    programs::{Area, SharedProgram},
    view::{LinkView, Sharing, View},
};
use eframe::egui::{
    self, ColorImage, EventFilter, Frame, Rect, Sense, TextureHandle, TextureOptions, Ui, ViewportCommand,
    vec2,
};
use lucide_icons::Icon;

use super::{
    apps::{self, Apps},
    framing::Framing,
    middle, picker, scope,
    zoom::{Lens, Zoom},
};
use crate::{
    PicturePlace, Scale,
    cx::Cx,
    input::{Hands, Place, notches},
    keys::{self, Action},
    widgets::{busy_dots, icon},
    words,
};

/// Seconds for which the tools stay when full screen begins, and after the pointer left them.
const AT_FIRST: f64 = 3.0;
const LINGER: f64 = 0.6;
/// Heights at the upper edge, in points: what calls the tools (kept free of the picture), and the tools.
pub(crate) const EDGE: f32 = 3.0;
const TOOLS: f32 = 76.0;

/// The picture, where the window draws it and gives it the keyboard.
pub(crate) const PICTURE: &str = "remote-picture";

/// Where the native surface lies now: parent, physical pixels, scale.
type Laid = (u64, i32, i32, u16, u16, Scale);

/// How the picture is shown, and what is held down over it.
pub struct Viewer {
    pub lens: Lens,
    pub grab: bool,
    /// A picture that is drawn here is to get the keyboard.
    typing: bool,
    /// What was drawn with last.
    pub pen: deskside_session::marks::Pen,
    /// Whether a click gives the keyboard to the place.
    keys: Option<bool>,
    pub full_screen: bool,
    /// What is shown where some applications are shared.
    pub apps: Apps,
    /// A further place of the picture, instead of the program's first one.
    own: Option<Arc<dyn PicturePlace>>,
    /// What the picture is called where the window draws it.
    id: egui::Id,
    /// The part that is shown alone, as the place was told.
    crop: Option<Area>,
    /// Whether the panel at the side is shown.
    pub side: bool,
    /// In full screen: until when the tools stay without the pointer, in seconds since the windows opened.
    tools: Option<f64>,
    laid: Option<Laid>,
    /// The place has a native surface; unknown until it was asked.
    native: bool,
    accepting: Option<bool>,
    /// [`PicturePlace::identity`] of the place that all of this is about.
    place: Option<u64>,
    texture: Option<TextureHandle>,
    filter: TextureOptions,
    serial: u64,
    size: (u16, u16),
    hands: Hands,
}

impl Default for Viewer {
    fn default() -> Self {
        Self {
            lens: Lens::default(),
            grab: false,
            typing: false,
            pen: Default::default(),
            keys: None,
            full_screen: false,
            apps: Apps::default(),
            own: None,
            id: egui::Id::unique(PICTURE),
            crop: None,
            side: true,
            tools: None,
            laid: None,
            native: true,
            accepting: None,
            place: None,
            texture: None,
            filter: TextureOptions::LINEAR,
            serial: 0,
            size: (0, 0),
            hands: Hands::default(),
        }
    }
}

impl Viewer {
    /// One that shows the picture in a further place.
    pub fn of(place: Arc<dyn PicturePlace>, id: u32) -> Self {
        Self { own: Some(place), id: egui::Id::unique((PICTURE, id)), ..Self::default() }
    }

    fn source(&self, cx: &Cx<'_>) -> Option<Arc<dyn PicturePlace>> {
        self.own.clone().or_else(|| cx.backend.picture())
    }

    pub fn toggle_full_screen(&mut self, ctx: &egui::Context) {
        self.full_screen = !self.full_screen;
        // Alone on the screen, the picture gets all of it.
        self.side = !self.full_screen;
        self.tools = None;
        ctx.send_viewport_cmd(ViewportCommand::Fullscreen(self.full_screen));
    }

    /// Whether the tools are there: in full screen at first, and while the pointer is at the upper edge.
    pub fn shows_tools(&mut self, ctx: &egui::Context, now: f64) -> bool {
        if !self.full_screen {
            return true;
        }
        let until = *self.tools.get_or_insert(now + AT_FIRST);
        let edge = if now < until { TOOLS } else { EDGE };
        let near = ctx.input(|i| i.pointer.hover_pos()).is_some_and(|at| at.y <= edge);
        if near || egui::Popup::is_any_open(ctx) {
            // The way from the edge to the tools is longer than the edge.
            self.tools = Some(until.max(now + LINGER));
        }
        let left = self.tools.unwrap_or(until) - now;
        if left > 0.0 {
            ctx.request_repaint_after(std::time::Duration::from_secs_f64(left));
        }
        left > 0.0
    }

    /// All keys for the other computer, at once; or key combinations for this one.
    pub fn set_grab(&mut self, cx: &Cx<'_>, on: bool) {
        self.grab = on;
        self.typing = on;
        if let Some(place) = self.source(cx) {
            place.grab_keys(on);
            if on {
                place.take_keyboard();
            }
        }
    }

    /// [`Self::close`], once.
    pub fn close_if_open(&mut self, ctx: &egui::Context, cx: &Cx<'_>) {
        if self.place.is_some() || self.full_screen || self.grab {
            self.close(ctx, cx);
        }
    }

    /// The sharing is over: nothing is laid over the window, nothing is held.
    pub fn close(&mut self, ctx: &egui::Context, cx: &Cx<'_>) {
        self.put_away(ctx, cx);
        *self = Self::default();
    }

    /// The picture is not seen for a while: nothing is laid over the window, nothing is held. Can be called again.
    pub fn put_away(&mut self, ctx: &egui::Context, cx: &Cx<'_>) {
        self.let_go(cx);
        self.apps.close(cx);
        if let Some(place) = self.source(cx) {
            self.hide(place.as_ref());
            if std::mem::take(&mut self.grab) {
                place.grab_keys(false);
            }
            if self.accepting == Some(true) {
                self.accepting = Some(false);
                place.accept_input(false);
            }
        }
        if self.full_screen {
            self.toggle_full_screen(ctx);
        }
    }

    /// What was said to one place is not known to the next.
    fn follow(&mut self, ctx: &egui::Context, place: Option<&dyn PicturePlace>) {
        let identity = place.map(PicturePlace::identity);
        if self.place != identity {
            self.place = identity;
            self.laid = None;
            self.native = true;
            (self.accepting, self.keys) = (None, None);
            self.serial = 0;
            self.texture = None;
            self.crop = None;
            if let Some(place) = place {
                self.lens.listen(ctx, place);
            }
            if let Some(place) = place.filter(|_| self.grab) {
                place.grab_keys(true);
            }
        }
    }

    fn hide(&mut self, place: &dyn PicturePlace) {
        if self.laid.take().is_some() {
            place.hide();
        }
    }

    pub fn let_go(&mut self, cx: &Cx<'_>) {
        for event in self.hands.release() {
            cx.session(Command::Input { event });
        }
    }

    /// Fills what is left of `ui` with the picture. `covered`: something of the window lies over it.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        view: &View,
        sharing: &Sharing,
        root: Option<u64>,
        covered: bool,
    ) {
        let part = self.apps.on_stage(sharing);
        self.show_part(ui, cx, view, sharing, part, root, covered);
    }

    /// The same with one application alone.
    #[expect(clippy::too_many_arguments, reason = "one call, all of it needed to lay the picture")]
    pub fn show_part(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        view: &View,
        sharing: &Sharing,
        part: Option<&SharedProgram>,
        root: Option<u64>,
        covered: bool,
    ) {
        let room = ui.available_rect_before_wrap();
        ui.painter().rect_filled(room, 0.0, cx.k.c.canvas);
        let place = self.source(cx);
        self.follow(ui.ctx(), place.as_deref());
        let controls = sharing.controller == Some(view.me);
        let mine = (controls || view.pen.is_some()) && !covered;
        // Who draws keeps the keyboard, but for writing.
        let keys = view.pen.map_or(controls, |pen| pen.tool == Tool::Text);
        if let Some(place) = &place
            && self.accepting != Some(mine)
        {
            self.accepting = Some(mine);
            place.accept_input(mine);
        }
        if let Some(place) = &place
            && self.keys != Some(keys)
        {
            self.keys = Some(keys);
            place.accept_keys(keys);
        }
        if !mine {
            self.let_go(cx);
        }
        if let Some(place) = &place
            && self.crop != part.and_then(|p| p.place)
        {
            self.crop = part.and_then(|p| p.place);
            place.crop(self.crop);
        }
        let obstacle = obstacle(cx, view, sharing).or_else(|| absent(cx, part?));
        match (obstacle, place) {
            (None, Some(place)) => self.picture(ui, cx, view, sharing, place, root, room, mine, covered),
            (obstacle, place) => {
                if let Some(place) = place {
                    self.hide(place.as_ref());
                }
                let first = Obstacle::first(cx);
                draw_obstacle(ui, cx, obstacle.unwrap_or(first));
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one call, all of it needed to lay the picture")]
    fn picture(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        view: &View,
        sharing: &Sharing,
        place: Arc<dyn PicturePlace>,
        root: Option<u64>,
        room: Rect,
        mine: bool,
        covered: bool,
    ) {
        let pixels = ui.pixels_per_point();
        let (width, height) = self.crop.map_or((sharing.width, sharing.height), |p| (p.width, p.height));
        let framing = self.lens.frame(ui, room, vec2(width.into(), height.into()));
        if covered {
            self.hide(place.as_ref());
        } else if let Some(root) = root {
            let (x, y, width, height) = framing.pixels(pixels);
            let scale = self.lens.scale(&framing, pixels);
            let laid = (root, x, y, width, height, scale);
            if self.laid != Some(laid) {
                self.native = place.put(root, x, y, width, height, scale);
                self.laid = self.native.then_some(laid);
            }
        }
        if root.is_none() || !self.native {
            self.draw_copy(ui, cx, view, sharing, place.as_ref(), framing, mine);
        }
    }

    /// The wheel over a picture that is drawn here, where it is no input.
    fn wheel(&mut self, ui: &Ui, controls: bool, typing: bool) {
        let Some(at) = ui.input(|i| i.pointer.hover_pos()) else { return };
        let events = ui.input(|i| i.events.clone());
        for event in events.iter().filter(|e| is_for_window(e, controls, typing)) {
            if let egui::Event::MouseWheel { unit, delta, modifiers, .. } = event {
                let delta = if modifiers.shift && delta.x == 0.0 { vec2(delta.y, 0.0) } else { *delta };
                self.lens.turn(at, notches(*unit, delta), modifiers.ctrl);
                ui.ctx().request_repaint();
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one call, all of it needed to draw the picture")]
    fn draw_copy(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        view: &View,
        sharing: &Sharing,
        place: &dyn PicturePlace,
        framing: Framing,
        mine: bool,
    ) {
        let filter = self.lens.filter();
        if std::mem::replace(&mut self.filter, filter) != filter {
            self.serial = 0;
        }
        if let Some((serial, width, height, rgba)) = place.copy(self.serial)
            && rgba.len() == usize::from(width) * usize::from(height) * 4
        {
            self.serial = serial;
            self.size = (width, height);
            let image = ColorImage::from_rgba_unmultiplied([width.into(), height.into()], &rgba);
            match &mut self.texture {
                Some(texture) => texture.set(image, filter),
                None => self.texture = Some(ui.ctx().load_texture("picture", image, filter)),
            }
        }
        let Some(texture) = &self.texture else {
            draw_obstacle(ui, cx, Obstacle::first(cx));
            return;
        };
        let area = framing.area;
        let shown = part_of(self.size, self.crop);
        let rect = if self.lens.zoom() == Zoom::Fit {
            // The picture may be newer than what is known of it.
            Framing::fit(area, vec2(shown.width.into(), shown.height.into())).whole
        } else {
            framing.whole
        };
        let of = vec2(f32::from(self.size.0), f32::from(self.size.1)).max(vec2(1.0, 1.0));
        let corner = |x: u16, y: u16| (vec2(f32::from(x), f32::from(y)) / of).to_pos2();
        let unit = Rect::from_min_max(
            corner(shown.x, shown.y),
            corner(shown.x + shown.width, shown.y + shown.height),
        );
        ui.painter_at(area).image(texture.id(), rect, unit, egui::Color32::WHITE);
        let id = self.id;
        let response = ui.interact(area, id, Sense::click_and_drag());
        let name = view.others.iter().find(|o| o.id == sharing.sharer).map_or("", |o| o.name.as_str());
        let words = cx.t.ta("viewer-picture", &[("name", name.into())]);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &words));
        let controls = mine && self.keys == Some(true);
        if response.contains_pointer() {
            self.wheel(ui, controls, controls && response.has_focus());
        }
        if !mine {
            return;
        }
        let pressed = response.contains_pointer() && ui.input(|i| i.pointer.any_pressed());
        let keys = self.keys == Some(true);
        if keys && (std::mem::take(&mut self.typing) || pressed) {
            response.request_focus();
        } else if !keys {
            response.surrender_focus();
        }
        let typing = response.has_focus();
        if typing {
            // Tab, arrows and Escape go to the other computer and do not leave the picture.
            let all = EventFilter { tab: true, horizontal_arrows: true, vertical_arrows: true, escape: true };
            ui.memory_mut(|m| m.set_focus_lock_filter(id, all));
        }
        let from = (shown.x, shown.y);
        let place = Place { rect, width: shown.width, height: shown.height, from };
        let inside = response.contains_pointer();
        let events = ui.input(|i| i.events.clone());
        for event in &events {
            if matches!(event, egui::Event::Key { key, .. } if keys::is(Action::FullScreen, *key)) {
                continue;
            }
            if is_for_window(event, keys, typing) {
                continue;
            }
            for event in self.hands.translate(event, place, inside, typing) {
                cx.session(Command::Input { event });
            }
        }
    }
}

/// Whether it is a turn of the wheel that is not input for the other computer. `typing`: the picture has the keyboard.
fn is_for_window(event: &egui::Event, controls: bool, typing: bool) -> bool {
    matches!(event, egui::Event::MouseWheel { modifiers, .. } if !controls || (modifiers.ctrl && !typing))
}

/// The part that is shown, within a picture of this size.
fn part_of((width, height): (u16, u16), part: Option<Area>) -> Area {
    let whole = Area { x: 0, y: 0, width, height };
    part.map_or(whole, |p| {
        let (x, y) = (p.x.min(width), p.y.min(height));
        Area { x, y, width: p.width.min(width - x), height: p.height.min(height - y) }
    })
}

/// Why nothing of this application is seen.
fn absent(cx: &Cx<'_>, program: &SharedProgram) -> Option<Obstacle> {
    let state = scope::state(cx, program)?;
    let name = picker::name(cx, &program.title, &program.name);
    Some(Obstacle { sign: Some(apps::sign(program)), what: name, then: state })
}

/// Why there is no picture.
struct Obstacle {
    sign: Option<Icon>,
    what: String,
    then: String,
}

impl Obstacle {
    fn first(cx: &Cx<'_>) -> Self {
        Self { sign: None, what: cx.t.t("viewer-first"), then: cx.t.t("viewer-first-lead") }
    }
}

fn obstacle(cx: &Cx<'_>, view: &View, sharing: &Sharing) -> Option<Obstacle> {
    let sharer = view.others.iter().find(|o| o.id == sharing.sharer);
    let name = sharer.map(|o| cx.t.short_name(&o.name)).unwrap_or_default();
    let named = |key| cx.t.ta(key, &[("name", (&name).into())]);
    if sharer.is_none_or(|o| matches!(o.link, LinkView::Lost | LinkView::Connecting)) {
        let (what, then) = (cx.t.t("viewer-lost"), cx.t.t("viewer-lost-lead"));
        return Some(Obstacle { sign: Some(Icon::WifiOff), what, then });
    }
    if let Some(trouble) = sharing.trouble.filter(|t| words::hides_picture(*t)) {
        let (what, then) = words::trouble(cx.t, trouble);
        return Some(Obstacle { sign: Some(Icon::MonitorX), what, then });
    }
    if sharing.paused {
        let (what, then) = (named("viewer-paused"), named("viewer-paused-lead"));
        return Some(Obstacle { sign: Some(Icon::CirclePause), what, then });
    }
    (sharing.width == 0 || sharing.height == 0).then(|| Obstacle::first(cx))
}

fn draw_obstacle(ui: &mut Ui, cx: &Cx<'_>, obstacle: Obstacle) {
    let k = cx.k;
    middle(ui, 420.0, 140.0, |ui| {
        ui.vertical_centered(|ui| {
            ui.spacing_mut().item_spacing.y = k.space.one;
            match obstacle.sign {
                Some(sign) => icon(ui, cx, sign, 44.0, k.c.on_canvas_muted),
                None => {
                    Frame::new().inner_margin(k.space.one).show(ui, |ui| busy_dots(ui, cx, k.c.on_canvas));
                }
            }
            ui.label(egui::RichText::new(obstacle.what).font(k.strong(k.text.title)).color(k.c.on_canvas));
            ui.label(egui::RichText::new(obstacle.then).color(k.c.on_canvas_muted));
        });
    });
}
