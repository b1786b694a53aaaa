//! The keys of the windows, in one table: those who act on keys and the list that people read ask the same one.

use eframe::egui::{Context, Id, Key, Modifiers};

use crate::{screens::viewer::PICTURE, texts::Texts};

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Compact,
    TabLeft,
    TabRight,
}

/// One row of the table.
pub(crate) struct Binding {
    pub action: Action,
    pub modifiers: Modifiers,
    pub key: Key,
}

const BOTH: Modifiers = Modifiers { ctrl: true, shift: true, ..Modifiers::NONE };

/// None of these is one of a text field's own; C, X and V are the clipboard's even with Shift.
pub(crate) const ALL: &[Binding] = &[
    Binding { action: Action::Compact, modifiers: BOTH, key: Key::M },
    Binding { action: Action::TabLeft, modifiers: BOTH, key: Key::PageUp },
    Binding { action: Action::TabRight, modifiers: BOTH, key: Key::PageDown },
];

/// Whether its key was pressed just now; nobody after this sees that key.
pub(crate) fn pressed(ctx: &Context, action: Action) -> bool {
    if ctx.memory(|m| m.has_focus(Id::unique(PICTURE))) {
        // Everything is for the other computer.
        return false;
    }
    let mut ours = ALL.iter().filter(|b| b.action == action);
    ours.any(|b| ctx.input_mut(|i| i.consume_key(b.modifiers, b.key)))
}

/// The words for something, with its keys behind them.
pub(crate) fn hint(t: &Texts, words: &str, action: Action) -> String {
    match ALL.iter().find(|b| b.action == action) {
        Some(binding) => format!("{words} ({})", chord(t, binding)),
        None => words.to_owned(),
    }
}

/// The keys as they are written on a keyboard: `Ctrl + Shift + M`.
pub(crate) fn chord(t: &Texts, binding: &Binding) -> String {
    let key = match binding.key {
        Key::PageUp => t.t("key-page-up"),
        Key::PageDown => t.t("key-page-down"),
        key => key.name().to_owned(),
    };
    let ctrl = binding.modifiers.ctrl.then(|| t.t("key-ctrl"));
    let shift = binding.modifiers.shift.then(|| t.t("key-shift"));
    ctrl.into_iter().chain(shift).chain([key]).collect::<Vec<_>>().join(" + ")
}
