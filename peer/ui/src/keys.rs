//! The keys of the windows, in one table: those who act on keys and the list that people read ask the same one.

use eframe::egui::{Context, Event, Id, Key, Modifiers};

use crate::{
    screens::{deed::Deed, viewer::PICTURE},
    texts::Texts,
};

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Help,
    Back,
    On,
    Go,
    NewSession,
    Do(Deed),
    Chat,
    Notes,
    Session,
    Customer,
    TabLeft,
    TabRight,
    Panel,
    Compact,
    Transfer,
    Leave,
    End,
    FullScreen,
    Type,
    Draw,
    Larger,
    Smaller,
    Fit,
}

/// Where keys mean something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    Everywhere,
    Console,
    Picture,
}

/// One row of the table.
pub(crate) struct Binding {
    pub action: Action,
    pub group: Group,
    modifiers: Modifiers,
    /// More than one: the first for the first of several things, and so on.
    keys: &'static [Key],
}

const fn row(action: Action, group: Group, modifiers: Modifiers, keys: &'static [Key]) -> Binding {
    Binding { action, group, modifiers, keys }
}

const NONE: Modifiers = Modifiers::NONE;
const CTRL: Modifiers = Modifiers::CTRL;
const BOTH: Modifiers = Modifiers { ctrl: true, shift: true, ..Modifiers::NONE };
const DIGITS: &[Key] =
    &[Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9];

/// None of these is one of a text field's own; C, X and V are the clipboard's even with Shift, and digits with Shift are
/// other characters on most keyboards.
pub(crate) const ALL: &[Binding] = &[
    row(Action::Help, Group::Everywhere, NONE, &[Key::F1]),
    row(Action::Back, Group::Everywhere, BOTH, &[Key::Tab]),
    row(Action::On, Group::Everywhere, CTRL, &[Key::Tab]),
    row(Action::Go, Group::Everywhere, CTRL, DIGITS),
    row(Action::NewSession, Group::Everywhere, BOTH, &[Key::N]),
    row(Action::Do(Deed::AskView), Group::Console, BOTH, &[Key::S]),
    row(Action::Do(Deed::AskControl), Group::Console, BOTH, &[Key::K]),
    row(Action::Do(Deed::AskClipboard), Group::Console, BOTH, &[Key::Y]),
    row(Action::Do(Deed::AskCopiedFiles), Group::Console, BOTH, &[Key::U]),
    row(Action::Do(Deed::AskShow), Group::Console, BOTH, &[Key::E]),
    row(Action::Do(Deed::CancelAsk), Group::Console, BOTH, &[Key::W]),
    row(Action::Do(Deed::Release), Group::Console, BOTH, &[Key::R]),
    row(Action::Do(Deed::TakeBack), Group::Console, BOTH, &[Key::J]),
    row(Action::Do(Deed::Stop), Group::Console, BOTH, &[Key::H]),
    row(Action::Chat, Group::Console, BOTH, &[Key::D]),
    row(Action::Notes, Group::Console, BOTH, &[Key::O]),
    row(Action::Session, Group::Console, BOTH, &[Key::I]),
    row(Action::Customer, Group::Console, BOTH, &[Key::P]),
    row(Action::TabLeft, Group::Console, BOTH, &[Key::PageUp]),
    row(Action::TabRight, Group::Console, BOTH, &[Key::PageDown]),
    row(Action::Panel, Group::Console, BOTH, &[Key::B]),
    row(Action::Compact, Group::Console, BOTH, &[Key::M]),
    row(Action::Transfer, Group::Console, BOTH, &[Key::T]),
    row(Action::Leave, Group::Console, BOTH, &[Key::L]),
    row(Action::End, Group::Console, BOTH, &[Key::Q]),
    row(Action::FullScreen, Group::Picture, NONE, &[Key::F11]),
    row(Action::Type, Group::Picture, BOTH, &[Key::G]),
    // The same as the session's own, for a picture that has the keyboard.
    row(Action::Draw, Group::Picture, BOTH, &[Key::F]),
    row(Action::Larger, Group::Picture, CTRL, &[Key::Plus]),
    row(Action::Smaller, Group::Picture, CTRL, &[Key::Minus]),
    row(Action::Fit, Group::Picture, CTRL, &[Key::Num0]),
];

fn of(action: Action) -> impl Iterator<Item = &'static Binding> {
    ALL.iter().filter(move |b| b.action == action)
}

/// Whether its key was pressed just now; nobody after this sees that key.
pub(crate) fn pressed(ctx: &Context, action: Action) -> bool {
    which(ctx, action).is_some()
}

/// The same, with the place of the key among those of the action.
pub(crate) fn which(ctx: &Context, action: Action) -> Option<usize> {
    // While the picture has the keyboard everything is for the other computer, but for the way out of the picture.
    if action != Action::FullScreen && ctx.memory(|m| m.has_focus(Id::unique(PICTURE))) {
        return None;
    }
    match action {
        Action::Go => return digit(ctx, DIGITS),
        Action::Fit => return digit(ctx, &[Key::Num0]),
        // Where plus needs Shift, the key without it is meant as well.
        Action::Larger if ctx.input_mut(|i| i.consume_key(CTRL, Key::Equals)) => return Some(0),
        _ => {}
    }
    of(action).find_map(|b| b.keys.iter().position(|k| ctx.input_mut(|i| i.consume_key(b.modifiers, *k))))
}

/// Control and one of these digits, by the place of the key: on a French keyboard digits need Shift.
fn digit(ctx: &Context, digits: &[Key]) -> Option<usize> {
    ctx.input_mut(|i| {
        let mut found = None;
        i.events.retain(|event| {
            let Event::Key { key, physical_key, pressed: true, modifiers, .. } = event else { return true };
            let place = digits.iter().position(|d| *d == physical_key.unwrap_or(*key));
            let taken = found.is_none() && place.is_some() && modifiers.matches_exact(CTRL);
            found = found.or(place.filter(|_| taken));
            !taken
        });
        found
    })
}

/// Whether this key, whatever is held with it, is one of the action's.
pub(crate) fn is(action: Action, key: Key) -> bool {
    of(action).any(|b| b.keys.contains(&key))
}

/// The words for something, with its keys behind them.
pub(crate) fn hint(t: &Texts, words: &str, action: Action) -> String {
    of(action).next().map_or_else(|| words.to_owned(), |b| format!("{words} ({})", chord(t, b)))
}

/// The keys as they are written on a keyboard: `Ctrl + Shift + M`.
pub(crate) fn chord(t: &Texts, binding: &Binding) -> String {
    let name = |key: &Key| match key {
        Key::PageUp => t.t("key-page-up"),
        Key::PageDown => t.t("key-page-down"),
        Key::Plus => t.t("key-plus"),
        Key::Minus => t.t("key-minus"),
        key => key.name().to_owned(),
    };
    let keys = match binding.keys {
        [first, .., last] => format!("{} … {}", name(first), name(last)),
        keys => keys.iter().map(name).collect(),
    };
    let ctrl = binding.modifiers.ctrl.then(|| t.t("key-ctrl"));
    let shift = binding.modifiers.shift.then(|| t.t("key-shift"));
    ctrl.into_iter().chain(shift).chain([keys]).collect::<Vec<_>>().join(" + ")
}

/// What it does, for the list.
pub(crate) fn words(t: &Texts, action: Action) -> String {
    match action {
        Action::Help => t.t("keys"),
        Action::Back => t.t("keys-back"),
        Action::On => t.t("keys-on"),
        Action::Go => t.t("keys-go"),
        Action::NewSession => t.t("home-start"),
        Action::Do(deed) => deed.words(t),
        Action::Chat => t.t("session-chat"),
        Action::Notes => t.t("notes"),
        Action::Session => t.t("console-session"),
        Action::Customer => t.t("console-customer"),
        Action::TabLeft => t.t("keys-left"),
        Action::TabRight => t.t("keys-right"),
        Action::Panel => t.t("keys-panel"),
        Action::Compact => t.t("keys-compact"),
        Action::Transfer => t.t("transfer"),
        Action::Leave => t.t("session-leave"),
        Action::End => t.t("session-end"),
        Action::FullScreen => t.t("viewer-full"),
        Action::Type => t.t("keys-type"),
        Action::Draw => t.t("keys-draw"),
        Action::Larger => t.t("keys-larger"),
        Action::Smaller => t.t("keys-smaller"),
        Action::Fit => t.t("viewer-fit-hint"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawing_has_the_key_that_the_session_knows() {
        let key = deskside_session::marks::DRAW_KEY.to_ascii_uppercase().to_string();
        assert!(of(Action::Draw).any(|b| b.keys[0].name() == key && b.modifiers == BOTH));
    }

    #[test]
    fn no_two_actions_have_the_same_keys_and_none_is_a_text_fields_own() {
        let mut seen = Vec::new();
        for binding in ALL {
            for key in binding.keys {
                assert!(!seen.contains(&(binding.modifiers, *key)), "{:?}", binding.action);
                seen.push((binding.modifiers, *key));
                let letter = key.name().len() == 1 && !key.name().starts_with(|c: char| c.is_ascii_digit());
                assert!(!letter || binding.modifiers == BOTH, "{:?}", binding.action);
                assert!(![Key::A, Key::C, Key::V, Key::X, Key::Z].contains(key), "{:?}", binding.action);
            }
        }
    }
}
