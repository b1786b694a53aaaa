//! Keys that the layout does not use, lent to characters that have no key.

use std::time::{Duration, Instant};

use x11rb::{
    connection::Connection as _,
    errors::ConnectionError,
    protocol::xkb::{ConnectionExt as _, ID, KeySymMap, SetMapAux, SetMapFlags},
    rust_connection::RustConnection,
};

use super::keymap::{Keymap, sym_of};
use crate::inject::SETTLE;

/// A character's place: one level of a lent key.
#[derive(Clone, Copy)]
struct Place {
    sym: u32,
    used: Instant,
}

struct Lent {
    code: u8,
    places: Vec<Option<Place>>,
}

#[derive(Default)]
pub(super) struct Spares {
    lent: Vec<Lent>,
}

/// What came of asking for keys.
pub(super) enum Outcome {
    /// The layout changed: load it again.
    Lent,
    /// Every key was used lately: ask again after this time.
    Wait(Duration),
    /// There is no key to lend.
    None,
}

impl Spares {
    /// Forgets the keys that a change of the layout took away.
    pub fn check(&mut self, map: &Keymap) {
        self.lent
            .retain(|l| l.syms().iter().enumerate().all(|(i, s)| map.sym(l.code, 0, i as u8) == Some(*s)));
    }

    /// Notes that a key is used for a character.
    pub fn touch(&mut self, code: u8) {
        let places = self.lent.iter_mut().filter(|l| l.code == code).flat_map(|l| &mut l.places);
        places.flatten().for_each(|p| p.used = Instant::now());
    }

    /// Lends places to as many of the characters as there are places for.
    pub fn lend(
        &mut self,
        conn: &RustConnection,
        map: &Keymap,
        chars: impl Iterator<Item = char>,
        held: &[u8],
    ) -> Result<Outcome, ConnectionError> {
        let (kind, levels) = map.lending_type();
        for code in map.unused() {
            if !self.lent.iter().any(|l| l.code == code) {
                self.lent.push(Lent { code, places: vec![None; levels] });
            }
        }
        let mut changed = vec![false; self.lent.len()];
        let mut outcome = Outcome::None;
        for sym in chars.map(sym_of) {
            if self.lent.iter().any(|l| l.syms().contains(&sym)) {
                continue;
            }
            let now = Instant::now();
            // First the places that need no modifier, then those used longest ago.
            let places =
                self.lent.iter().enumerate().filter(|(_, l)| !held.contains(&l.code)).flat_map(|(k, l)| {
                    l.places.iter().enumerate().map(move |(i, p)| (p.map(|p| p.used), i, k))
                });
            let Some((used, i, k)) = places.min() else { break };
            let rest = used.map_or(Duration::ZERO, |used| SETTLE.saturating_sub(now.duration_since(used)));
            if !rest.is_zero() {
                if !matches!(outcome, Outcome::Lent) {
                    outcome = Outcome::Wait(rest);
                }
                break;
            }
            self.lent[k].places[i] = Some(Place { sym, used: now });
            changed[k] = true;
            outcome = Outcome::Lent;
        }
        for (l, _) in self.lent.iter().zip(&changed).filter(|(_, c)| **c) {
            set(conn, l.code, kind, &l.syms())?;
        }
        self.lent.retain(|l| l.places.iter().any(Option::is_some));
        Ok(outcome)
    }

    /// Gives back the keys that no program can still be about to translate.
    pub fn give_back(&mut self, conn: &RustConnection) -> Result<(), ConnectionError> {
        let (old, kept) = std::mem::take(&mut self.lent).into_iter().partition(Lent::is_settled);
        self.lent = kept;
        Vec::into_iter(old).try_for_each(|l| set(conn, l.code, 0, &[]))
    }

    /// How long until all keys can be given back; none if there are none.
    pub fn until_settled(&self) -> Option<Duration> {
        let used = self.lent.iter().flat_map(|l| &l.places).flatten().map(|p| p.used).max();
        used.map(|used| SETTLE.saturating_sub(used.elapsed()))
    }
}

impl Lent {
    fn syms(&self) -> Vec<u32> {
        self.places.iter().map(|p| p.map_or(0, |p| p.sym)).collect()
    }

    fn is_settled(&self) -> bool {
        self.places.iter().flatten().all(|p| p.used.elapsed() >= SETTLE)
    }
}

/// Gives a key these keysyms in one group, with a key type that chooses among them; or none.
fn set(conn: &RustConnection, code: u8, kind: u8, syms: &[u32]) -> Result<(), ConnectionError> {
    let width = syms.len() as u8;
    let key = KeySymMap {
        kt_index: [kind, 0, 0, 0],
        group_info: u8::from(!syms.is_empty()),
        width,
        syms: syms.to_vec(),
    };
    let setup = conn.setup();
    conn.xkb_set_map(
        u16::from(ID::USE_CORE_KBD),
        SetMapFlags::from(0u16),
        setup.min_keycode,
        setup.max_keycode,
        0,
        0,
        code,
        1,
        u16::from(width),
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0u16.into(),
        &SetMapAux::new().syms(vec![key]),
    )?;
    Ok(())
}
