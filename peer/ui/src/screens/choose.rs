//! What can be shared besides the windows that are open: an installed program that is started for it, and the window
//! from which the person came.

use deskside_session::{
    app::AppOnly,
    choosing::{ChoosingView, Installed, StartState},
    command::Command,
    hiding::OpenWindow,
    view::View,
};
use eframe::egui::{ScrollArea, Ui};
use lucide_icons::Icon;

use crate::{
    IconOf,
    cx::Cx,
    widgets::{Button, Look, Tone, banner, busy_dots, field::Field, menu::pictured, text},
};

/// Most programs that are listed at once; typing finds the others.
const MOST: usize = 60;

/// The list of installed programs while it is open, and the one that was started from it.
#[derive(Clone, Debug, Default)]
pub struct Starter {
    open: bool,
    search: String,
    asked: Option<String>,
}

impl Starter {
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// The way to the list, or the list. Once the first window of what was started is there: its number.
    pub fn show(&mut self, ui: &mut Ui, cx: &Cx<'_>) -> Option<u64> {
        if let Some(window) = self.shown(cx.choosing) {
            return Some(window);
        }
        if self.open {
            self.list(ui, cx);
            let back = Button::new(cx, cx.t.t("start-back")).icon(Icon::ArrowLeft).look(Look::Quiet);
            if ui.add(back.width(ui.available_width())).clicked() {
                self.open = false;
            }
        } else {
            let button = Button::new(cx, cx.t.t("start-program")).icon(Icon::Plus).look(Look::Quiet);
            if ui.add(button.width(ui.available_width())).clicked() {
                self.open = true;
                self.search.clear();
                cx.send(AppOnly::ListPrograms);
            }
        }
        self.state(ui, cx);
        None
    }

    fn shown(&mut self, choosing: &ChoosingView) -> Option<u64> {
        let started = choosing.started.as_ref().filter(|s| Some(&s.id) == self.asked.as_ref())?;
        let StartState::Shown { window } = &started.state else { return None };
        (self.open, self.asked) = (false, None);
        Some(window.id)
    }

    fn list(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        let mut field = Field::new(cx, "start-search", cx.t.t("start-search"));
        (field.shown, field.hint) = (false, cx.t.t("start-search"));
        let response = field.show(ui, cx, &mut self.search).response.response;
        // Typing begins at once.
        if self.asked.is_none() && ui.memory(|m| m.focused().is_none()) {
            response.request_focus();
        }
        let all = cx.choosing.installed.as_deref();
        let fitting: Vec<_> = all.unwrap_or_default().iter().filter(|p| p.fits(&self.search)).collect();
        // Where they can be listed, the list is on its way.
        let waits = all.is_none() && cfg!(all(unix, not(target_os = "macos")));
        if fitting.is_empty() && !waits {
            let words = match all {
                Some([]) | None => cx.t.t("start-none"),
                Some(_) => cx.t.t("start-none-fits"),
            };
            text::muted(ui, cx, words);
        }
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let area = ScrollArea::vertical().id_salt("installed").max_height(200.0);
            area.show(ui, |ui| fitting.into_iter().take(MOST).for_each(|p| self.program(ui, cx, p)));
        });
    }

    fn program(&mut self, ui: &mut Ui, cx: &Cx<'_>, program: &Installed) {
        let (name, about) = (cx.t.name(&program.name), cx.t.name(&program.about));
        let about = if program.about.is_empty() { "" } else { &about };
        let row = pictured(ui, cx, None, Some(IconOf::Program(&program.id)), &name, about);
        if row.clicked() && !self.waits(cx) {
            self.asked = Some(program.id.clone());
            cx.send(AppOnly::StartProgram { id: program.id.clone() });
        }
    }

    fn waits(&self, cx: &Cx<'_>) -> bool {
        cx.choosing.started.as_ref().is_some_and(|s| s.state == StartState::Waiting)
    }

    /// How the one stands that was started.
    fn state(&self, ui: &mut Ui, cx: &Cx<'_>) {
        let Some(started) = cx.choosing.started.as_ref().filter(|s| Some(&s.id) == self.asked.as_ref())
        else {
            return;
        };
        let known = cx.choosing.installed.iter().flatten().find(|p| p.id == started.id);
        let name = cx.t.name(known.map_or(&started.id, |p| &p.name));
        let named = |key| cx.t.ta(key, &[("program", (&name).into())]);
        match started.state {
            StartState::Waiting => {
                ui.horizontal(|ui| {
                    busy_dots(ui, cx, cx.k.c.accent);
                    text::text(ui, cx, named("start-waiting"));
                });
            }
            StartState::NoWindow => banner(ui, cx, Tone::Warn, "", &named("start-no-window")),
            StartState::Failed { .. } => banner(ui, cx, Tone::Danger, "", &named("start-failed")),
            StartState::Shown { .. } => {}
        }
    }
}

/// The name of the window from which the person came.
fn title(window: &OpenWindow) -> &str {
    if window.title.is_empty() { &window.program } else { &window.title }
}

/// What it is called, and how much is seen with it.
pub fn from_words(cx: &Cx<'_>, window: &OpenWindow) -> String {
    let (title, program) = (cx.t.name(title(window)), cx.t.name(&window.program));
    let program = ("program", (&program).into());
    match window.title == window.program || window.title.is_empty() {
        true => cx.t.ta("came-from-program", &[program]),
        false => cx.t.ta("came-from-window", &[("title", (&title).into()), program]),
    }
}

/// While something is shared: one click shares what the person came from, alone.
pub fn narrow(ui: &mut Ui, cx: &Cx<'_>, view: &View) {
    let Some(window) = &cx.choosing.came_from else { return };
    let Some(sharing) = view.sharing.as_ref().filter(|s| s.sharer == view.me) else { return };
    if matches!(sharing.programs.as_slice(), [one] if one.window == Some(window.id)) {
        return;
    }
    let name = cx.t.short_name(title(window));
    let words = cx.t.ta("came-from-share", &[("title", (&name).into())]);
    let button = Button::new(cx, words).icon(Icon::AppWindow).width(ui.available_width());
    if ui.add(button).on_hover_text(from_words(cx, window)).clicked() {
        cx.session(Command::Only { windows: vec![window.id] });
    }
}
