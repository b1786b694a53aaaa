//! The shared applications at the viewer: a strip to choose which one is shown, and windows of their own for them.

use std::{collections::BTreeMap, time::Duration};

use deskside_session::{
    hiding::Program,
    programs::{Area, SharedProgram},
    view::{Sharing, View},
};
use eframe::egui::{
    self, Align, Frame, Layout, Margin, Panel, ScrollArea, Ui, ViewportBuilder, ViewportCommand, ViewportId,
    vec2,
};
use lucide_icons::Icon;

use super::{picker, scope, toolbar::note, viewer::Viewer};
use crate::{cx::Cx, widgets::Button};

/// How long a new window's native id is looked for, in seconds, and how often.
const SEARCH: f64 = 3.0;
const AGAIN: Duration = Duration::from_millis(50);
/// Longest name in the strip, in characters.
const LONGEST: usize = 28;

/// So wide is a tab of the strip at most, in points: where all of them have room, words stand beside them.
const TAB: f32 = 230.0;

/// What the stage shows of what is shared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Chosen {
    /// The only application, else all that is shared.
    #[default]
    Nothing,
    All,
    One(u32),
}

/// The person's choices for one sharing.
#[derive(Default)]
pub struct Apps {
    chosen: Chosen,
    /// Also those that are added later get windows.
    each: bool,
    windows: BTreeMap<u32, Window>,
    /// Of the picture that the windows show.
    picture: Option<u64>,
}

/// An application's own window.
struct Window {
    viewer: Viewer,
    native: Option<u64>,
    since: f64,
}

impl Apps {
    /// The application that the stage shows alone.
    pub fn on_stage<'a>(&self, sharing: &'a Sharing) -> Option<&'a SharedProgram> {
        let find = |id: u32| sharing.programs.iter().find(|p| p.id == id && !self.windows.contains_key(&id));
        match (self.chosen, sharing.programs.as_slice()) {
            (Chosen::One(id), _) => find(id),
            (Chosen::Nothing, [only]) => find(only.id),
            _ => None,
        }
    }

    /// All windows go; what was chosen stays.
    pub fn close(&mut self, cx: &Cx<'_>) {
        for (_, mut window) in std::mem::take(&mut self.windows) {
            window.viewer.let_go(cx);
        }
    }

    /// Those of another session, whose picture is not there any more.
    pub fn forget(&mut self) {
        self.windows.clear();
    }

    /// Windows of applications that are shared no more, or that show a picture which is over, go.
    fn tidy(&mut self, cx: &Cx<'_>, sharing: &Sharing) {
        let now = cx.backend.picture().map(|p| p.identity());
        if self.picture != now {
            self.close(cx);
            self.picture = now;
        }
        self.windows.retain(|id, _| sharing.programs.iter().any(|p| p.id == *id));
        if self.each {
            let open = sharing.programs.iter().filter(|p| p.state != Program::Closed);
            open.for_each(|p| self.open(cx, p.id));
        }
    }

    fn open(&mut self, cx: &Cx<'_>, id: u32) {
        if !self.windows.contains_key(&id)
            && let Some(place) = cx.backend.picture().and_then(|p| p.another())
        {
            let viewer = Viewer::of(place, id);
            self.windows.insert(id, Window { viewer, native: None, since: cx.now });
        }
    }

    /// Draws the strip above the picture.
    pub fn strip(&mut self, ui: &mut Ui, cx: &Cx<'_>, sharing: &Sharing, hint: &mut Option<String>) {
        if sharing.programs.is_empty() {
            return self.forget();
        }
        self.tidy(cx, sharing);
        let frame =
            Frame::new().fill(cx.k.c.surface).inner_margin(Margin { bottom: 6, ..Margin::symmetric(12, 0) });
        Panel::top("applications").frame(frame).show_separator_line(false).show(ui, |ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.set_max_height(cx.k.size.tool);
                self.each(ui, cx, sharing, hint);
                let tabs = |ui: &mut Ui| self.tabs(ui, cx, sharing, hint);
                ScrollArea::horizontal().id_salt("applications").show(ui, |ui| {
                    ui.spacing_mut().item_spacing.x = cx.k.space.half;
                    ui.with_layout(Layout::left_to_right(Align::Center), tabs);
                });
            });
        });
    }

    /// A window for each.
    fn each(&mut self, ui: &mut Ui, cx: &Cx<'_>, sharing: &Sharing, hint: &mut Option<String>) {
        let open = |p: &&SharedProgram| p.state != Program::Closed && !self.windows.contains_key(&p.id);
        let left: Vec<_> = sharing.programs.iter().filter(open).map(|p| p.id).collect();
        if sharing.programs.len() < 2 || left.is_empty() {
            return;
        }
        let words = cx.t.t("app-each");
        let tabs = TAB * (sharing.programs.len() as f32 + 1.0);
        let shown = if ui.available_width() > tabs { words.clone() } else { String::new() };
        let button = Button::new(cx, shown).tool().name(&words).icon(Icon::SquareArrowOutUpRight);
        let each = ui.add(button);
        note(&each, hint, cx.t.t("app-each-hint"));
        if each.clicked() {
            self.each = true;
            left.into_iter().for_each(|id| self.open(cx, id));
        }
    }

    fn tabs(&mut self, ui: &mut Ui, cx: &Cx<'_>, sharing: &Sharing, hint: &mut Option<String>) {
        let stage = self.on_stage(sharing).map(|p| p.id);
        let words = cx.t.t("app-all");
        let all = ui.add(Button::new(cx, &words).tool().icon(Icon::LayoutGrid).selected(stage.is_none()));
        note(&all, hint, cx.t.t("app-all-hint"));
        if all.clicked() {
            self.chosen = Chosen::All;
        }
        for program in &sharing.programs {
            self.tab(ui, cx, program, stage == Some(program.id), hint);
        }
    }

    fn tab(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        program: &SharedProgram,
        on: bool,
        hint: &mut Option<String>,
    ) {
        let name = picker::name(cx, &program.title, &program.name);
        let apart = self.windows.contains_key(&program.id);
        let state = if apart { Some(cx.t.t("app-apart")) } else { scope::state(cx, program) };
        let whole = state.iter().fold(name.clone(), |name, state| format!("{name}  ·  {state}"));
        let sign = match program.state {
            _ if apart => Icon::SquareArrowOutUpRight,
            Program::Shown => Icon::AppWindow,
            Program::Minimised => Icon::Minus,
            Program::Closed => Icon::X,
        };
        let tab = ui.add(Button::new(cx, shorter(&name)).tool().icon(sign).name(&name).selected(on));
        note(&tab, hint, whole);
        if tab.clicked() {
            if apart {
                ui.ctx().send_viewport_cmd_to(viewport(program.id), ViewportCommand::Focus);
            } else {
                self.chosen = Chosen::One(program.id);
            }
        }
        if on && program.state != Program::Closed {
            let words = cx.t.t("app-open");
            let open = ui.add(Button::icon_only(cx, Icon::SquareArrowOutUpRight, &words));
            note(&open, hint, words);
            if open.clicked() {
                self.open(cx, program.id);
                self.chosen = Chosen::Nothing;
            }
        }
    }

    /// Draws the windows of those that have one.
    pub fn windows(&mut self, ui: &Ui, cx: &Cx<'_>, view: &View, sharing: &Sharing) {
        let mut closed = Vec::new();
        for program in &sharing.programs {
            if let Some(window) = self.windows.get_mut(&program.id)
                && window.show(ui, cx, view, sharing, program)
            {
                closed.push(program.id);
            }
        }
        for id in closed {
            self.each = false;
            if let Some(mut window) = self.windows.remove(&id) {
                window.viewer.let_go(cx);
            }
        }
    }
}

fn viewport(id: u32) -> ViewportId {
    ViewportId::from_hash_of(("application", id))
}

/// Its end is cut off.
fn shorter(name: &str) -> String {
    match name.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{}…", name[..cut].trim_end()),
        None => name.to_owned(),
    }
}

impl Window {
    /// True once the person closed it.
    fn show(
        &mut self,
        ui: &Ui,
        cx: &Cx<'_>,
        view: &View,
        sharing: &Sharing,
        program: &SharedProgram,
    ) -> bool {
        let class = format!("deskside-application-{}", program.id);
        let mut builder =
            ViewportBuilder::default().with_title(title(cx, view, sharing, program)).with_app_id(&class);
        if self.since == cx.now {
            builder = builder.with_inner_size(size(ui, program.place));
        }
        let builder = builder.with_min_inner_size(vec2(240.0, 160.0));
        ui.ctx().show_viewport_immediate(viewport(program.id), builder, |ui, kind| {
            let own = kind != egui::ViewportClass::EmbeddedWindow;
            if own {
                super::files::dropped(ui.ctx(), cx, view);
            }
            if own && self.native.is_none() && cx.now < self.since + SEARCH {
                self.native = cx.backend.window_of(&class);
                ui.ctx().request_repaint_after(AGAIN);
            }
            let frame = Frame::new().fill(cx.k.c.canvas);
            egui::CentralPanel::default().frame(frame).show(ui, |ui| {
                self.viewer.show_part(ui, cx, view, sharing, Some(program), self.native, false);
            });
            own && ui.input(|i| i.viewport().close_requested())
        })
    }
}

fn title(cx: &Cx<'_>, view: &View, sharing: &Sharing, program: &SharedProgram) -> String {
    let name = picker::name(cx, &program.title, &program.name);
    let customer = view.others.iter().find(|o| o.id == sharing.sharer).map(|o| cx.t.name(&o.name));
    let customer = customer.unwrap_or_default();
    cx.t.ta("app-window", &[("name", (&name).into()), ("customer", (&customer).into())])
}

/// As large as the application, so that each pixel is one, if there is room.
fn size(ui: &Ui, place: Option<Area>) -> egui::Vec2 {
    let pixels = ui.pixels_per_point();
    let wanted = place.map_or(vec2(640.0, 400.0), |p| vec2(p.width.into(), p.height.into()) / pixels);
    let screen = ui.input(|i| i.viewport().monitor_size).filter(|s| s.x > 1.0 && s.y > 1.0);
    screen.map_or(wanted, |s| wanted.min(s - vec2(32.0, 96.0))).max(vec2(240.0, 160.0))
}

/// The sign for an application that has no picture now.
pub fn sign(program: &SharedProgram) -> Icon {
    match program.state {
        Program::Closed => Icon::CircleX,
        Program::Minimised => Icon::Minimize2,
        Program::Shown => Icon::MonitorX,
    }
}
