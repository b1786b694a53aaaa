//! Which part of the own desktop is shared: all of it, or some applications.

use deskside_session::{
    command::{Act, Command},
    hiding::{HidingView, Program},
    programs::SharedProgram,
    view::{Prompt, Sharing, View},
};
use eframe::egui::{Align, Id, Layout, RichText, Ui};
use lucide_icons::Icon;

use super::{
    choose, half,
    picker::{self, Picker},
};
use crate::{
    IconOf,
    cx::Cx,
    widgets::{
        Button, Look, app_icon,
        menu::{item, pictured},
        text,
    },
};

/// What is chosen while a question is open.
#[derive(Default)]
pub enum Choice {
    #[default]
    Desktop,
    Programs(Picker),
    /// What the person came from, by its window.
    CameFrom(u64),
}

impl Choice {
    /// Whether it can be allowed so.
    pub fn is_made(&self) -> bool {
        !matches!(self, Self::Programs(picker) if picker.windows().is_empty())
    }

    /// Before the answer: what is allowed begins with it.
    pub fn tell(&self, cx: &Cx<'_>) {
        match self {
            // What was started is chosen by now.
            Self::Desktop if cx.choosing.started.is_none() => {}
            _ => self.tell_all(cx),
        }
    }

    /// The same, whatever was chosen before.
    pub fn tell_all(&self, cx: &Cx<'_>) {
        let windows = match self {
            Self::Desktop => Vec::new(),
            Self::Programs(picker) => picker.windows().to_vec(),
            Self::CameFrom(window) => vec![*window],
        };
        cx.session(Command::Only { windows });
    }

    /// In the question. What is shared already stays what it is.
    pub fn show(&mut self, ui: &mut Ui, cx: &Cx<'_>, view: &View, prompt: &Prompt, hiding: &HidingView) {
        let shares = view.sharing.as_ref().is_some_and(|s| s.sharer == view.me);
        if !shares && matches!(prompt.act, Act::View | Act::Control) {
            self.choose(ui, cx, hiding);
        }
    }

    /// All that can be chosen.
    pub fn choose(&mut self, ui: &mut Ui, cx: &Cx<'_>, hiding: &HidingView) {
        self.came_from(ui, cx);
        let all = matches!(self, Self::Desktop);
        if item(ui, cx, Some(all), &cx.t.t("scope-desktop"), "").clicked() {
            *self = Self::Desktop;
        }
        let some = matches!(self, Self::Programs(_));
        if item(ui, cx, Some(some), &cx.t.t("scope-program"), "").clicked() && !some {
            *self = Self::Programs(Picker::open(cx));
        }
        if let Self::Programs(picker) = self {
            ui.indent("windows", |ui| picker.show(ui, cx, hiding, &[]));
        }
    }

    /// First of all, while that window is there.
    fn came_from(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        let there = cx.choosing.came_from.as_ref();
        if matches!(self, Self::CameFrom(id) if there.is_none_or(|w| w.id != *id)) {
            // Nothing wider than what was chosen: that has to be chosen anew.
            *self = Self::Programs(Picker::open(cx));
        }
        let Some(window) = there else { return };
        let (on, of) = (matches!(self, Self::CameFrom(_)), IconOf::Window(window.id));
        let hint = choose::from_words(cx, window);
        if pictured(ui, cx, Some(on), Some(of), &cx.t.t("came-from"), &hint).clicked() {
            *self = Self::CameFrom(window.id);
        }
    }
}

/// What to say of it beside how a sharing stands.
pub fn hint(cx: &Cx<'_>, sharing: &Sharing) -> Option<String> {
    let open: Vec<_> = sharing.programs.iter().filter(|p| p.state != Program::Closed).collect();
    Some(match open.as_slice() {
        [] if sharing.programs.is_empty() => return None,
        [] => cx.t.t("scope-closed"),
        [one] if one.state == Program::Minimised => cx.t.t("scope-minimised"),
        [_] => cx.t.t("scope-one"),
        several => cx.t.ta("scope-several", &[("count", (several.len() as u32).into())]),
    })
}

/// In the sharer's window: which applications are shared, one more, one less, and the whole desktop instead.
pub fn shared(ui: &mut Ui, cx: &Cx<'_>, view: &View, hiding: &HidingView) {
    let own = |s: &&Sharing| s.sharer == view.me && !s.programs.is_empty();
    let Some(sharing) = view.sharing.as_ref().filter(own) else { return };
    text::strong(ui, cx, cx.t.t("scope-shared"));
    let open = sharing.programs.iter().filter(|p| p.state != Program::Closed).count();
    for (program, window) in sharing.programs.iter().filter_map(|p| Some((p, p.window?))) {
        // Without the last one nothing would be shared: that is what Stop is for.
        row(ui, cx, program, window, program.state == Program::Closed || open > 1);
    }
    more(ui, cx, sharing, hiding);
    let button = Button::new(cx, cx.t.t("scope-widen")).icon(Icon::Monitor).width(ui.available_width());
    if ui.add(button).clicked() {
        cx.session(Command::Only { windows: Vec::new() });
    }
}

fn row(ui: &mut Ui, cx: &Cx<'_>, program: &SharedProgram, window: u64, removable: bool) {
    let k = cx.k;
    let name = picker::name(cx, &program.title, &program.name);
    ui.push_id(program.id, |ui| {
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if removable {
                    let words = cx.t.ta("scope-remove", &[("name", (&name).into())]);
                    if ui.add(Button::icon_only(cx, Icon::X, words).look(Look::Quiet)).clicked() {
                        cx.session(Command::RemoveProgram { id: program.id });
                    }
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    app_icon::show(ui, cx, IconOf::Window(window));
                    let title = RichText::new(&name).color(k.c.text);
                    let Some(words) = state(cx, program) else { return text::elided(ui, title) };
                    let words = RichText::new(words).size(k.text.small).color(k.c.muted);
                    let both = ui.vertical(|ui| {
                        ui.spacing_mut().item_spacing.y = 0.0;
                        text::elided(ui, title) | text::elided(ui, words)
                    });
                    both.inner
                });
            });
        });
    });
}

/// How it stands, unless it is plainly seen.
pub fn state(cx: &Cx<'_>, program: &SharedProgram) -> Option<String> {
    Some(match (program.state, program.place) {
        (Program::Shown, Some(_)) => return None,
        (Program::Shown, None) => cx.t.t("app-aside"),
        (Program::Minimised, _) => cx.t.t("app-minimised"),
        (Program::Closed, _) => cx.t.t("app-closed"),
    })
}

fn adding() -> Id {
    Id::unique("applications to add")
}

/// One more: first a button, then the list.
fn more(ui: &mut Ui, cx: &Cx<'_>, sharing: &Sharing, hiding: &HidingView) {
    let Some(mut picker) = ui.data(|d| d.get_temp::<Picker>(adding())) else {
        let button = Button::new(cx, cx.t.t("scope-add")).icon(Icon::Plus).width(ui.available_width());
        if ui.add(button).clicked() {
            ui.data_mut(|d| d.insert_temp(adding(), Picker::open(cx)));
        }
        return;
    };
    let open = sharing.programs.iter().filter(|p| p.state != Program::Closed);
    let there: Vec<_> = open.filter_map(|p| p.window).collect();
    picker.show(ui, cx, hiding, &there);
    let done = ui.horizontal(|ui| {
        let width = half(ui, cx);
        let cancel = ui.add(Button::new(cx, cx.t.t("scope-add-cancel")).width(width)).clicked();
        let add =
            Button::new(cx, cx.t.t("scope-add-these")).look(Look::Primary).icon(Icon::Check).width(width);
        let add = ui.add_enabled(!picker.windows().is_empty(), add).clicked();
        for window in picker.windows().iter().filter(|_| add) {
            cx.session(Command::AddProgram { window: *window });
        }
        cancel || add
    });
    if done.inner {
        ui.data_mut(|d| d.remove::<Picker>(adding()));
    } else {
        ui.data_mut(|d| d.insert_temp(adding(), picker));
    }
}
