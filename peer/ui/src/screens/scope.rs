//! Which part of the own desktop is shared: all of it, or one program.

use deskside_session::{
    app::AppOnly,
    command::{Act, Command},
    hiding::{HidingView, Program},
    view::{Prompt, Sharing, View},
};
use eframe::egui::{ScrollArea, Ui};
use lucide_icons::Icon;

use crate::{
    cx::Cx,
    widgets::{Button, menu::item, text},
};

/// What is chosen while a question is open.
#[derive(Default)]
pub enum Choice {
    #[default]
    Desktop,
    /// One program, by this window once one is chosen.
    Program(Option<u64>),
}

impl Choice {
    /// Whether it can be allowed so.
    pub fn is_made(&self) -> bool {
        !matches!(self, Self::Program(None))
    }

    /// Before the answer: what is allowed begins with it.
    pub fn tell(&self, cx: &Cx<'_>) {
        if let Self::Program(Some(window)) = self {
            cx.session(Command::Only { windows: vec![*window] });
        }
    }

    /// In the question. What is shared already stays what it is.
    pub fn show(&mut self, ui: &mut Ui, cx: &Cx<'_>, view: &View, prompt: &Prompt, hiding: &HidingView) {
        let shares = view.sharing.as_ref().is_some_and(|s| s.sharer == view.me);
        if shares || !matches!(prompt.act, Act::View | Act::Control) {
            return;
        }
        let one = matches!(self, Self::Program(_));
        if item(ui, cx, Some(!one), &cx.t.t("scope-desktop"), "").clicked() {
            *self = Self::Desktop;
        }
        if item(ui, cx, Some(one), &cx.t.t("scope-program"), "").clicked() && !one {
            *self = Self::Program(None);
            cx.send(AppOnly::ListWindows);
        }
        let Self::Program(chosen) = self else { return };
        ui.indent("windows", |ui| {
            let windows = hiding.open.as_deref().unwrap_or_default();
            if windows.is_empty() {
                text::muted(ui, cx, cx.t.t("scope-none"));
            }
            ScrollArea::vertical().max_height(180.0).show(ui, |ui| {
                for w in windows {
                    let on = *chosen == Some(w.id);
                    if item(ui, cx, Some(on), &cx.t.name(&w.title), &cx.t.name(&w.program)).clicked() {
                        *chosen = Some(w.id);
                    }
                }
            });
        });
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

/// The way back to the whole desktop.
pub fn widen(ui: &mut Ui, cx: &Cx<'_>, view: &View) {
    let Some(sharing) = view.sharing.as_ref().filter(|s| s.sharer == view.me) else { return };
    let Some(words) = hint(cx, sharing) else { return };
    text::muted(ui, cx, words);
    let button = Button::new(cx, cx.t.t("scope-widen")).icon(Icon::Monitor).width(ui.available_width());
    if ui.add(button).clicked() {
        cx.session(Command::Only { windows: Vec::new() });
    }
}
