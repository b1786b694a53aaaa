//! The keyboard layout of an X server as XKB describes it: which key, with which modifiers, gives what.

use std::collections::HashMap;

use x11rb::{
    errors::ReplyError,
    protocol::xkb::{ConnectionExt as _, ID, KeySymMap, KeyType, MapPart},
    rust_connection::RustConnection,
};
use xkeysym::Keysym;

pub(super) const SHIFT: u8 = 1;
pub(super) const LOCK: u8 = 1 << 1;

/// Keysyms of the keys that only change the level while held, so that pressing one for a moment does
/// nothing else: Shift, AltGr, and the fifth level's shift.
const LEVEL_SHIFTS: [u32; 4] = [0xffe1, 0xffe2, 0xfe03, 0xfe11];

/// Shift_Lock, Caps_Lock, Num_Lock: letting go of one and pressing it again would not bring back what was.
const LOCKING: [u32; 3] = [0xffe5, 0xffe6, 0xff7f];

/// Keysyms from `Shift_L` to `Hyper_R`.
const MODIFIERS: std::ops::RangeInclusive<u32> = 0xffe1..=0xffee;

/// Keysyms of what the server itself does: `Terminate_Server` and `XF86Switch_VT_1` to `XF86LogWindowTree`.
const OF_THE_SERVER: [std::ops::RangeInclusive<u32>; 2] = [0xfed5..=0xfed5, 0x1008_fe00..=0x1008_feff];

/// What a change of one modifier costs when a way to a character is chosen.
const COST_KEY: u32 = 2;
const COST_LOCK: u32 = 40;
const COST_FAR_KEY: u32 = 5;
/// Keycodes above are not in the block of letters: media keys may carry a bracket or a euro, too.
const LAST_MAIN_KEY: u8 = 97;

pub(super) struct Keymap {
    pub min: u8,
    types: Vec<KeyType>,
    keys: Vec<KeySymMap>,
    modmap: [u8; 256],
    chars: HashMap<char, Vec<Spot>>,
    /// Keycodes that change the level, by modifier bit.
    shifts: [Option<u8>; 8],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Spot {
    code: u8,
    group: u8,
    level: u8,
}

/// The modifiers as they are, and who can change them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mods {
    /// Held by keys, whoever holds them.
    pub base: u8,
    /// Of `base`: what this injector holds alone or pressed itself.
    pub ours: u8,
    pub latched: u8,
    pub locked: u8,
}

impl Mods {
    pub fn effective(self) -> u8 {
        self.base | self.latched | self.locked
    }
}

/// How to type something: press `code` while the modifiers in `mask` are as in `target`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Way {
    pub code: u8,
    pub mask: u8,
    pub target: u8,
    cost: u32,
}

impl Way {
    /// A key whatever the modifiers.
    pub fn plain(code: u8) -> Self {
        let cost = if code > LAST_MAIN_KEY { COST_FAR_KEY } else { 0 };
        Self { code, mask: 0, target: 0, cost }
    }
}

impl Keymap {
    pub fn load(conn: &RustConnection) -> Result<Self, ReplyError> {
        let full = MapPart::KEY_TYPES | MapPart::KEY_SYMS | MapPart::MODIFIER_MAP;
        let none = MapPart::from(0u16);
        let reply = conn
            .xkb_get_map(
                u16::from(ID::USE_CORE_KBD),
                full,
                none,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0u16.into(),
                0,
                0,
                0,
                0,
                0,
                0,
            )?
            .reply()?;
        let mut modmap = [0; 256];
        for m in reply.map.modmap_rtrn.iter().flatten() {
            modmap[usize::from(m.keycode)] = u8::try_from(u16::from(m.mods)).unwrap_or(0);
        }
        let first = reply.first_key_sym;
        let keys = reply.map.syms_rtrn.unwrap_or_default();
        Ok(Self::new(first, reply.map.types_rtrn.unwrap_or_default(), keys, modmap))
    }

    fn new(min: u8, types: Vec<KeyType>, mut keys: Vec<KeySymMap>, modmap: [u8; 256]) -> Self {
        // Never a keycode outside 8..=255, whatever the server says.
        let min = min.max(8);
        keys.truncate(256 - usize::from(min));
        let mut map = Self { min, types, keys, modmap, chars: HashMap::new(), shifts: [None; 8] };
        for code in map.codes() {
            for (group, level, sym) in map.all_syms(code) {
                if let Some(c) = char_of(sym) {
                    map.chars.entry(c).or_default().push(Spot { code, group, level });
                }
            }
        }
        // The last found wins: go from the least liked to the most liked.
        for sym in LEVEL_SHIFTS.iter().rev() {
            for code in map.codes().rev() {
                let bits = map.modmap[usize::from(code)];
                if bits.count_ones() == 1 && map.sym(code, 0, 0) == Some(*sym) {
                    map.shifts[bits.trailing_zeros() as usize] = Some(code);
                }
            }
        }
        map
    }

    fn codes(&self) -> std::ops::RangeInclusive<u8> {
        let last = usize::from(self.min) + self.keys.len().max(1) - 1;
        self.min..=u8::try_from(last).unwrap_or(u8::MAX)
    }

    pub fn has(&self, code: u8) -> bool {
        self.codes().contains(&code)
    }

    fn key(&self, code: u8) -> Option<&KeySymMap> {
        self.keys.get(usize::from(code.checked_sub(self.min)?))
    }

    fn groups(key: &KeySymMap) -> u8 {
        (key.group_info & 0x0f).min(4)
    }

    fn all_syms(&self, code: u8) -> Vec<(u8, u8, u32)> {
        let Some(key) = self.key(code) else { return Vec::new() };
        let width = usize::from(key.width).max(1);
        let count = usize::from(Self::groups(key)) * width;
        let syms = key.syms.iter().take(count).enumerate();
        syms.map(|(i, s)| ((i / width) as u8, (i % width) as u8, *s)).collect()
    }

    /// The keysym of a key in a group that the key has.
    pub fn sym(&self, code: u8, group: u8, level: u8) -> Option<u32> {
        let key = self.key(code)?;
        if group >= Self::groups(key) || level >= key.width {
            return None;
        }
        key.syms.get(usize::from(group) * usize::from(key.width) + usize::from(level)).copied()
    }

    /// The group that a key uses while the keyboard is in `group` (XKB protocol, section 7.2.1).
    fn group_in(&self, code: u8, group: u8) -> Option<u8> {
        let key = self.key(code)?;
        let groups = Self::groups(key);
        match key.group_info & 0xc0 {
            _ if groups == 0 => None,
            _ if group < groups => Some(group),
            0x40 => Some(groups - 1),
            0x80 => Some(Some((key.group_info >> 4) & 3).filter(|g| *g < groups).unwrap_or(0)),
            _ => Some(group % groups),
        }
    }

    /// Whether a key can end the display or leave it (by Ctrl and Alt, as layouts have it).
    pub fn is_the_servers(&self, code: u8) -> bool {
        self.all_syms(code).iter().any(|(_, _, s)| OF_THE_SERVER.iter().any(|of| of.contains(s)))
    }

    /// Whether a key does nothing, so that it can be lent to a character.
    pub fn is_unused(&self, code: u8) -> bool {
        self.modmap[usize::from(code)] == 0 && self.all_syms(code).iter().all(|(_, _, s)| *s == 0)
    }

    /// The key type for lent keys, and how many characters it gives: four if there is AltGr, else two.
    pub fn lending_type(&self) -> (u8, usize) {
        let four = self.types.iter().position(|t| {
            let mask = bits(t.mods_mask);
            let third = mask & !SHIFT;
            let level = |m| level_of(t, m);
            t.num_levels == 4
                && third.count_ones() == 1
                && self.shift_for(third).is_some()
                && mask & SHIFT != 0
                && [0, SHIFT, third, mask].map(level) == [0, 1, 2, 3]
        });
        // The second of the four types that every layout has is the one of two levels.
        four.and_then(|i| u8::try_from(i).ok()).map_or((1, 2), |i| (i, 4))
    }

    pub fn unused(&self) -> Vec<u8> {
        self.codes().filter(|c| self.is_unused(*c)).collect()
    }

    /// The modifiers that a key holds while it is down, and lets go of when released.
    pub fn mods_of(&self, code: u8) -> u8 {
        if LOCKING.contains(&self.sym(code, 0, 0).unwrap_or(0)) {
            return 0;
        }
        match self.modmap[usize::from(code)] {
            // A right Alt that is AltGr has the action of the key that is in the modifier map.
            0 => {
                let sym = self.sym(code, 0, 0);
                let same = |c: &&u8| LEVEL_SHIFTS.contains(&sym.unwrap_or(0)) && self.sym(**c, 0, 0) == sym;
                self.shifts.iter().flatten().find(same).map_or(0, |c| self.modmap[usize::from(*c)])
            }
            bits => bits,
        }
    }

    /// Whether a key is in the modifier map: such do not repeat.
    pub fn is_modifier(&self, code: u8) -> bool {
        self.modmap[usize::from(code)] != 0
    }

    /// A key whose holding sets this one modifier and does nothing else.
    pub fn shift_for(&self, bit: u8) -> Option<u8> {
        self.shifts[bit.trailing_zeros() as usize & 7]
    }

    /// The modifiers AltGr and alike, that only choose a level.
    pub fn level_mods(&self) -> u8 {
        (0..8).filter(|i| self.shifts[*i].is_some() && *i != 0).fold(0, |m, i| m | 1 << i)
    }

    /// The easiest way to a character in the current group, if it has a key there.
    pub fn char(&self, c: char, group: u8, mods: Mods) -> Option<Way> {
        let spots = self.chars.get(&c)?.iter();
        let here = spots.filter(|s| self.group_in(s.code, group) == Some(s.group));
        here.filter_map(|s| self.way(*s, mods, Some(c))).min_by_key(|w| w.cost)
    }

    /// The easiest way to a key with one of these keysyms: as it is, whatever modifiers are held, where
    /// the key has it unshifted.
    pub fn named(&self, syms: &[u32], group: u8, mods: Mods) -> Option<Way> {
        let spots = self.codes().flat_map(|code| {
            let mine = self.group_in(code, group);
            let found = self.all_syms(code).into_iter();
            let fits = move |(g, level, s): &(u8, u8, u32)| {
                // Alt with Shift is Meta in most layouts, but no Super that anybody meant.
                mine == Some(*g) && syms.contains(s) && (*level == 0 || !MODIFIERS.contains(s))
            };
            found.filter(fits).map(move |(group, level, sym)| {
                (Spot { code, group, level }, syms.iter().position(|s| *s == sym))
            })
        });
        let ways = spots.filter_map(|(spot, liked)| {
            let way = if spot.level == 0 { Some(Way::plain(spot.code)) } else { self.way(spot, mods, None) };
            way.map(|w| (w, liked))
        });
        // Extra keys on rare keyboards come after the one that everybody has.
        ways.min_by_key(|(w, liked)| (w.code > LAST_MAIN_KEY, w.cost, *liked)).map(|(w, _)| w)
    }

    /// The cheapest modifiers that choose a level.
    fn way(&self, spot: Spot, mods: Mods, c: Option<char>) -> Option<Way> {
        let key = self.key(spot.code)?;
        let kind = self.types.get(usize::from(*key.kt_index.get(usize::from(spot.group))?))?;
        let mut mask = bits(kind.mods_mask);
        let now = mods.effective();
        // Programs capitalise what a held CapsLock did not already choose.
        let capitals = c.is_some_and(has_case) && mask & LOCK == 0 && now & LOCK != 0;
        let mut best: Option<(u8, u32)> = None;
        for target in parts_of(mask).filter(|t| level_of(kind, *t) == spot.level) {
            let cost = (0..8)
                .map(|i| 1u8 << i)
                .filter(|b| (target ^ now) & mask & b != 0)
                .try_fold(0, |sum, bit| self.cost(bit, target & bit != 0, mods).map(|cost| sum + cost));
            if let Some(cost) = cost.filter(|c| best.is_none_or(|(_, b)| *c < b)) {
                best = Some((target, cost));
            }
        }
        let (target, mut cost) = best?;
        if capitals {
            mask |= LOCK;
            cost += COST_LOCK;
        }
        let plain = Way::plain(spot.code);
        Some(Way { mask, target, cost: plain.cost + cost, ..plain })
    }

    fn cost(&self, bit: u8, on: bool, mods: Mods) -> Option<u32> {
        if on {
            return Some(if self.shift_for(bit).is_some() { COST_KEY } else { COST_LOCK });
        }
        let held = mods.base & bit != 0;
        match (held, mods.ours & bit != 0, mods.locked & bit != 0) {
            // The person's own key cannot be released from here.
            (true, false, _) => None,
            (_, _, true) => Some(COST_LOCK),
            _ => Some(COST_KEY),
        }
    }
}

/// All sets of bits within `mask`.
fn parts_of(mask: u8) -> impl Iterator<Item = u8> {
    std::iter::successors(Some(mask), move |part| part.checked_sub(1).map(|p| p & mask))
}

fn level_of(kind: &KeyType, mods: u8) -> u8 {
    kind.map.iter().find(|e| e.active && bits(e.mods_mask) == mods).map_or(0, |e| e.level)
}

fn bits(mask: x11rb::protocol::xproto::ModMask) -> u8 {
    u8::try_from(u16::from(mask) & 0xff).unwrap_or(0)
}

/// The character that a keysym stands for; none for dead keys, function keys and the keypad.
fn char_of(sym: u32) -> Option<char> {
    if matches!(sym, 0 | 0xfe00..=0xffff) {
        return None;
    }
    Keysym::new(sym).key_char()
}

/// The keysym to bind for a character.
pub(super) fn sym_of(c: char) -> u32 {
    let sym = Keysym::from_char(c).raw();
    if char_of(sym) == Some(c) { sym } else { 0x0100_0000 | u32::from(c) }
}

fn has_case(c: char) -> bool {
    !c.to_uppercase().eq(c.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_all_sets_of_bits() {
        assert_eq!(parts_of(0b1010_0001).count(), 8);
        assert!(parts_of(0b1010_0001).all(|p| p & !0b1010_0001 == 0));
        assert_eq!(parts_of(0).collect::<Vec<_>>(), [0]);
        assert_eq!(parts_of(u8::MAX).count(), 256);
    }

    #[test]
    fn characters_have_the_keysyms_that_programs_know() {
        for (c, sym) in [('a', 0x61), ('é', 0xe9), ('€', 0x20ac), ('中', 0x0100_4e2d), ('😀', 0x0101_f600)]
        {
            assert_eq!(sym_of(c), sym, "{c}");
        }
        // Dead keys, function keys and the keypad type no character by themselves.
        for sym in [0, 0xfe51, 0xff0d, 0xff1b, 0xffb1, 0xffff] {
            assert_eq!(char_of(sym), None, "{sym:#x}");
        }
    }
}
