//! Keys: characters in whatever layout is in use, named keys, positions, and text.

use std::time::Duration;

use deskside_session::input::{Key, NamedKey};
use x11rb::{
    errors::{ConnectionError, ReplyError},
    protocol::{
        xkb::{ConnectionExt as _, GetStateReply, Group, ID},
        xproto::{AutoRepeatMode, ChangeKeyboardControlAux, ConnectionExt as _, ModMask},
    },
    rust_connection::RustConnection,
};

use super::{
    InjectError, What, XTest,
    keymap::{Keymap, LOCK, Mods, SHIFT, Way},
    spare::{Outcome, Spares},
};
use crate::inject::{
    MAX_TEXT,
    codes::{keysyms, usage, x11_keycode},
    settle,
};

mod again;

pub(super) struct Keys {
    map: Keymap,
    stale: bool,
    spares: Spares,
    /// Modifiers that the agent holds and that were refused here: what it presses meanwhile is a part of that.
    refused: Vec<Key>,
    /// What the agent holds, and with which keycode it went down.
    held: Vec<(Key, u8)>,
    /// Of `held`: keys that the server would repeat by itself, and is told not to meanwhile.
    quiet: Vec<u8>,
    /// Modifier keys pressed for the level of a character.
    added: Vec<u8>,
    /// Of `held`: modifier keys released for the level of a character.
    lifted: Vec<u8>,
    /// Locked modifiers changed for a character: which, and what they were.
    locks: Option<(u8, u8)>,
    /// The key that the modifiers were changed for.
    shaped_for: Option<Key>,
}

/// The state of the keyboard when an event is about to be sent.
#[derive(Clone, Copy, Default)]
struct Now {
    group: u8,
    /// Of each keycode, whether the server repeats it while held: a bit each.
    repeats: [u8; 32],
    /// Modifiers that keys of others hold.
    others: u8,
    latched: u8,
    locked: u8,
}

impl Keys {
    pub fn new(conn: &RustConnection) -> Result<Self, ReplyError> {
        Ok(Self {
            map: Keymap::load(conn)?,
            stale: false,
            spares: Spares::default(),
            refused: Vec::new(),
            held: Vec::new(),
            quiet: Vec::new(),
            added: Vec::new(),
            lifted: Vec::new(),
            locks: None,
            shaped_for: None,
        })
    }

    pub fn map(&self) -> &Keymap {
        &self.map
    }

    pub fn layout_changed(&mut self) {
        self.stale = true;
    }

    pub fn give_back(&mut self, conn: &RustConnection) -> Result<(), ConnectionError> {
        self.spares.give_back(conn)
    }

    /// The keys that cannot be given back yet, to be handed over.
    pub fn take_spares(&mut self) -> Spares {
        std::mem::take(&mut self.spares)
    }

    fn reload(&mut self, conn: &RustConnection) -> Result<(), ReplyError> {
        self.map = Keymap::load(conn)?;
        self.stale = false;
        self.spares.check(&self.map);
        Ok(())
    }

    fn mods_of(&self, codes: impl Iterator<Item = u8>) -> u8 {
        codes.fold(0, |m, c| m | self.map.mods_of(c))
    }

    /// What the agent holds, lifted or not.
    fn agents(&self) -> u8 {
        self.mods_of(self.held.iter().map(|h| h.1))
    }

    /// What this injector's keys hold down now.
    fn ours(&self) -> u8 {
        let down = self.held.iter().map(|h| h.1).filter(|c| !self.lifted.contains(c));
        self.mods_of(down.chain(self.added.iter().copied()))
    }

    fn mods(&self, now: Now) -> Mods {
        let ours = self.ours();
        Mods { base: now.others | ours, ours: ours & !now.others, latched: now.latched, locked: now.locked }
    }
}

impl XTest {
    pub(super) fn key_down(&mut self, key: Key) -> Result<(), InjectError> {
        let key = plain(key)?;
        let held = self.keys.held.iter().find(|h| h.0 == key);
        if held.is_some_and(|h| self.keys.map.is_modifier(h.1)) {
            return Ok(());
        }
        if !self.keys.refused.is_empty() {
            return Err(InjectError::OwnWindow);
        }
        let wait = match self.alone(|x| x.try_key_down(key))? {
            None => return Ok(()),
            Some(wait) => wait,
        };
        settle(wait);
        match self.alone(|x| x.try_key_down(key))? {
            None => Ok(()),
            Some(_) => Err(InjectError::NoSuchKey),
        }
    }

    /// Presses a key, or says how long until there will be one for it.
    fn try_key_down(&mut self, key: Key) -> Result<Option<Duration>, InjectError> {
        let mut now = self.look()?;
        self.unshape(&mut now)?;
        let group = now.group;
        let (way, lift) = match key {
            Key::Char(c) => match self.way_to(c, &now, std::iter::once(c))? {
                // AltGr was part of getting the character on the agent's keyboard, and is spent.
                Ok(way) => (way, self.keys.map.level_mods()),
                Err(wait) => return Ok(Some(wait)),
            },
            Key::Named(name) => {
                let named = self.keys.map.named(keysyms(name), group, self.keys.mods(now));
                // A layout may have given the key another meaning, which then is what it does here.
                (named.map_or_else(|| self.at_position(usage(name)), Ok)?, 0)
            }
            Key::Position(usage) => (self.at_position(usage)?, 0),
        };
        self.shape(&mut now, way, lift & self.keys.agents())?;
        self.keys.shaped_for = Some(key);
        let was_quiet = self.keys.quiet.contains(&way.code);
        // The key may still be down: for another character, or to be repeated.
        while let Some(i) = self.keys.held.iter().position(|h| h.1 == way.code || h.0 == key) {
            let code = self.keys.held.remove(i).1;
            self.let_up(code)?;
        }
        if self.is_taken(What::Key(way.code))? {
            if self.keys.map.is_modifier(way.code) {
                self.keys.refused.push(key);
            }
            self.unshape(&mut now)?;
            return Err(InjectError::OwnWindow);
        }
        let (byte, bit) = (usize::from(way.code / 8), 1 << (way.code % 8));
        if was_quiet || now.repeats[byte] & bit != 0 {
            self.repetition(way.code, AutoRepeatMode::OFF)?;
            self.keys.quiet.push(way.code);
        }
        self.key(way.code, true)?;
        self.keys.held.push((key, way.code));
        self.keys.spares.touch(way.code);
        Ok(None)
    }

    /// Releases a key that was held.
    fn let_up(&mut self, code: u8) -> Result<(), InjectError> {
        if let Some(i) = self.keys.lifted.iter().position(|c| *c == code) {
            self.keys.lifted.remove(i);
        } else {
            self.key(code, false)?;
        }
        if let Some(i) = self.keys.quiet.iter().position(|c| *c == code) {
            self.keys.quiet.remove(i);
            self.repetition(code, AutoRepeatMode::ON)?;
        }
        self.keys.spares.touch(code);
        Ok(())
    }

    fn repetition(&self, code: u8, mode: AutoRepeatMode) -> Result<(), ConnectionError> {
        let aux = ChangeKeyboardControlAux::new().key(u32::from(code)).auto_repeat_mode(mode);
        self.conn.change_keyboard_control(&aux).map(drop)
    }

    fn at_position(&self, usage: u16) -> Result<Way, InjectError> {
        let code = x11_keycode(usage).filter(|c| self.keys.map.has(*c));
        code.map(Way::plain).ok_or(InjectError::NoSuchKey)
    }

    pub(super) fn key_up(&mut self, key: Key) -> Result<(), InjectError> {
        let Ok(key) = plain(key) else { return Ok(()) };
        self.keys.refused.retain(|k| *k != key);
        let mut held = self.keys.held.iter();
        let found = held.clone().find(|h| h.0 == key).or_else(|| held.find(|h| other_case_of(h.0, key)));
        let released: Vec<(Key, u8)> = match found {
            Some(found) => vec![*found],
            // The agent's modifiers changed while the key was down and made another character of it:
            // which one is not known, and one too few held is better than one that repeats for ever.
            None if matches!(key, Key::Char(_)) => {
                self.keys.held.iter().filter(|h| matches!(h.0, Key::Char(_))).copied().collect()
            }
            None => Vec::new(),
        };
        for (key, code) in released {
            self.keys.held.retain(|h| h.0 != key);
            self.let_up(code)?;
            if self.keys.shaped_for == Some(key) {
                self.unshape(&mut Now::default())?;
            }
        }
        Ok(())
    }

    pub(super) fn keys_up(&mut self) -> Result<(), InjectError> {
        self.keys.refused.clear();
        for (_, code) in std::mem::take(&mut self.keys.held) {
            self.let_up(code)?;
        }
        self.unshape(&mut Now::default())
    }

    /// Types characters one after the other, whatever modifiers the agent holds.
    pub(super) fn text(&mut self, text: &str) -> Result<(), InjectError> {
        let chars: Vec<char> = text.replace("\r\n", "\n").chars().take(MAX_TEXT + 1).collect();
        if chars.len() > MAX_TEXT {
            return Err(InjectError::Failed("the text is too long".into()));
        }
        let mut done = 0;
        let mut skipped = false;
        while done < chars.len() {
            let wait = self.alone(|x| x.type_some(&chars, &mut done, &mut skipped))?;
            settle(wait);
        }
        if skipped { Err(InjectError::NoSuchKey) } else { Ok(()) }
    }

    /// Types from `done` on until a key must be waited for; says how long.
    fn type_some(
        &mut self,
        chars: &[char],
        done: &mut usize,
        skipped: &mut bool,
    ) -> Result<Duration, InjectError> {
        let mut now = self.look()?;
        self.unshape(&mut now)?;
        let mut wait = Duration::ZERO;
        while let Some(c) = chars.get(*done) {
            let way = match plain(Key::Char(*c)) {
                Ok(Key::Named(name)) => {
                    self.keys.map.named(keysyms(name), now.group, self.keys.mods(now)).map(Ok)
                }
                Ok(_) => match self.way_to(*c, &now, chars[*done..].iter().copied()) {
                    Err(InjectError::NoSuchKey) => None,
                    other => Some(other?),
                },
                Err(_) => None,
            };
            match way {
                None => *skipped = true,
                Some(Ok(way)) => {
                    self.shape(&mut now, way, self.keys.agents() & !SHIFT & !LOCK)?;
                    *skipped |= !self.tap(way.code)?;
                }
                Some(Err(time)) => {
                    wait = time;
                    break;
                }
            }
            *done += 1;
        }
        self.unshape(&mut now)?;
        Ok(wait)
    }

    /// False when the key is another program's.
    fn tap(&mut self, code: u8) -> Result<bool, InjectError> {
        if let Some(i) = self.keys.held.iter().position(|h| h.1 == code) {
            self.keys.held.remove(i);
            self.let_up(code)?;
        }
        if self.is_taken(What::Key(code))? {
            return Ok(false);
        }
        self.key(code, true)?;
        self.key(code, false)?;
        self.keys.spares.touch(code);
        Ok(true)
    }

    /// Refuses keys for own windows, and gets the state of the keyboard, in one round trip.
    fn look(&mut self) -> Result<Now, InjectError> {
        let state = self.conn.xkb_get_state(u16::from(ID::USE_CORE_KBD))?;
        let focus = self.conn.get_input_focus()?;
        let pointer = self.conn.query_pointer(self.root)?;
        let control = self.conn.get_keyboard_control()?;
        let (state, focus, pointer) = (state.reply()?, focus.reply()?.focus, pointer.reply()?);
        let control = control.reply()?;
        // Without a focus of its own a key goes to the window under the pointer.
        let target = if focus <= 1 || focus == self.root { pointer.child } else { focus };
        if self.targets.is_barred(&self.conn, target)? {
            return Err(InjectError::OwnWindow);
        }
        self.drain()?;
        if self.keys.stale {
            self.keys.reload(&self.conn)?;
        }
        let [base, latched, locked] =
            [state.base_mods, state.latched_mods, state.locked_mods].map(|m| u16::from(m) as u8);
        let others = base & !self.keys.ours();
        let repeats =
            if control.global_auto_repeat == AutoRepeatMode::ON { control.auto_repeats } else { [0; 32] };
        Ok(Now { group: group_of(&state), repeats, others, latched, locked })
    }

    /// The way to a character, for which a key may have to be lent; `next` are the characters that are
    /// to be typed, from this one on. Within: how long until there is a key.
    fn way_to(
        &mut self,
        c: char,
        now: &Now,
        next: impl Iterator<Item = char>,
    ) -> Result<Result<Way, Duration>, InjectError> {
        let mods = self.keys.mods(*now);
        if let Some(way) = self.keys.map.char(c, now.group, mods) {
            return Ok(Ok(way));
        }
        let keys = &mut self.keys;
        let missing = next.filter(|c| {
            matches!(plain(Key::Char(*c)), Ok(Key::Char(_))) && keys.map.char(*c, now.group, mods).is_none()
        });
        let held: Vec<u8> = keys.held.iter().map(|h| h.1).collect();
        match keys.spares.lend(&self.conn, &keys.map, missing, &held)? {
            Outcome::Lent => {}
            Outcome::Wait(time) => return Ok(Err(time)),
            Outcome::None => return Err(InjectError::NoSuchKey),
        }
        self.keys.reload(&self.conn)?;
        let way = self.keys.map.char(c, now.group, self.keys.mods(*now));
        way.map(Ok).ok_or(InjectError::NoSuchKey)
    }

    /// Makes the modifiers fit `way`, and lifts those in `lift` that it does not ask for; puts back all
    /// others as the agent holds them.
    fn shape(&mut self, now: &mut Now, way: Way, lift: u8) -> Result<(), InjectError> {
        let mask = way.mask | lift;
        for bit in (0..8).map(|i| 1u8 << i) {
            let fixed = mask & bit != 0;
            let lock = now.locked & bit != 0;
            let base = if fixed { way.target & bit != 0 } else { self.keys.agents() & bit != 0 };
            let is = self.keys.ours() & bit != 0;
            if fixed && lock && !base {
                self.lock(now, bit, false)?;
            }
            if fixed && now.latched & bit != 0 && !base {
                self.conn.xkb_latch_lock_state(
                    u16::from(ID::USE_CORE_KBD),
                    ModMask::from(0u16),
                    ModMask::from(0u16),
                    false,
                    Group::from(0u8),
                    ModMask::from(u16::from(bit)),
                    false,
                    0,
                )?;
                now.latched &= !bit;
            }
            // What is there without a key of ours needs none.
            let other = (now.others | now.latched | if fixed { now.locked } else { 0 }) & bit != 0;
            if base && !is && !(other && fixed) {
                self.add(now, bit)?;
            } else if !base && is {
                self.take_off(bit)?;
            }
        }
        Ok(())
    }

    /// Sets a modifier: by the agent's own key if it was lifted, else by any.
    fn add(&mut self, now: &mut Now, bit: u8) -> Result<(), InjectError> {
        let lifted: Vec<u8> =
            self.keys.lifted.iter().copied().filter(|c| self.keys.map.mods_of(*c) & bit != 0).collect();
        for code in &lifted {
            self.press_again(*code)?;
        }
        self.keys.lifted.retain(|c| !lifted.contains(c));
        if lifted.is_empty() {
            match self.keys.map.shift_for(bit) {
                Some(code) => {
                    self.key(code, true)?;
                    self.keys.added.push(code);
                }
                None => self.lock(now, bit, true)?,
            }
        }
        Ok(())
    }

    /// Clears a modifier as far as keys of ours hold it.
    fn take_off(&mut self, bit: u8) -> Result<(), InjectError> {
        let has = |code: &u8| self.keys.map.mods_of(*code) & bit != 0;
        let added: Vec<u8> = self.keys.added.iter().copied().filter(has).collect();
        let down = self.keys.held.iter().map(|h| h.1).filter(|c| !self.keys.lifted.contains(c));
        let lifted: Vec<u8> = down.filter(has).collect();
        for code in added.iter().chain(&lifted) {
            self.key(*code, false)?;
        }
        self.keys.added.retain(|c| !added.contains(c));
        self.keys.lifted.extend(lifted);
        Ok(())
    }

    fn lock(&mut self, now: &mut Now, bit: u8, on: bool) -> Result<(), InjectError> {
        let (mask, were) = self.keys.locks.unwrap_or((0, 0));
        let was = if mask & bit != 0 { were & bit } else { now.locked & bit };
        self.keys.locks = Some((mask | bit, were & !bit | was));
        now.locked = now.locked & !bit | if on { bit } else { 0 };
        self.set_locks(bit, now.locked & bit)
    }

    fn set_locks(&self, mask: u8, locks: u8) -> Result<(), InjectError> {
        self.conn.xkb_latch_lock_state(
            u16::from(ID::USE_CORE_KBD),
            ModMask::from(u16::from(mask)),
            ModMask::from(u16::from(locks)),
            false,
            Group::from(0u8),
            ModMask::from(0u16),
            false,
            0,
        )?;
        Ok(())
    }

    /// Puts the modifiers back as the agent holds them.
    fn unshape(&mut self, now: &mut Now) -> Result<(), InjectError> {
        self.keys.shaped_for = None;
        for code in std::mem::take(&mut self.keys.added) {
            self.key(code, false)?;
        }
        for code in std::mem::take(&mut self.keys.lifted) {
            self.press_again(code)?;
        }
        if let Some((mask, were)) = self.keys.locks.take() {
            self.set_locks(mask, were)?;
            now.locked = now.locked & !mask | were;
        }
        Ok(())
    }
}

/// Control characters as the keys that they come from.
fn plain(key: Key) -> Result<Key, InjectError> {
    Ok(match key {
        Key::Char('\n' | '\r') => Key::Named(NamedKey::Enter),
        Key::Char('\t') => Key::Named(NamedKey::Tab),
        Key::Char('\u{8}') => Key::Named(NamedKey::Backspace),
        Key::Char('\u{1b}') => Key::Named(NamedKey::Escape),
        Key::Char('\u{7f}') => Key::Named(NamedKey::Delete),
        Key::Char(c) if c.is_control() => return Err(InjectError::NoSuchKey),
        other => other,
    })
}

/// Whether an up may belong to a down because Shift was released in between.
fn other_case_of(down: Key, up: Key) -> bool {
    match (down, up) {
        (Key::Char(a), Key::Char(b)) => a.to_lowercase().eq(b.to_lowercase()),
        _ => false,
    }
}

fn group_of(state: &GetStateReply) -> u8 {
    u8::from(state.group)
}
