//! Keys that the layout does not use, lent to characters that have no key.

use std::time::{Duration, Instant};

use x11rb::{errors::ConnectionError, protocol::xproto::ConnectionExt as _, rust_connection::RustConnection};

use super::keymap::{Keymap, other_case, sym_of};

/// A program translates a key press with the layout it fetched last. It learns of changes in order with
/// the presses, but fetches when it gets round to it: until then a used key must mean the same.
const SETTLE: Duration = Duration::from_millis(300);

struct Lent {
    code: u8,
    /// The keysyms put there, plain and with Shift.
    syms: [u32; 2],
    used: Instant,
}

#[derive(Default)]
pub(super) struct Spares {
    lent: Vec<Lent>,
}

impl Spares {
    /// Forgets the keys that a change of the layout took away.
    pub fn check(&mut self, map: &Keymap) {
        self.lent.retain(|l| map.sym(l.code, 0, 0) == Some(l.syms[0]));
    }

    /// Notes that a key was used, if it is a lent one.
    pub fn touch(&mut self, code: u8) {
        if let Some(l) = self.lent.iter_mut().find(|l| l.code == code) {
            l.used = Instant::now();
        }
    }

    /// Lends keys to as many of the characters as there are keys. The layout must be loaded again
    /// afterwards. When not even the first finds one: how long until one is free again.
    pub fn lend(
        &mut self,
        conn: &RustConnection,
        map: &Keymap,
        chars: impl Iterator<Item = char>,
        held: &[u8],
    ) -> Result<Result<(), Option<Duration>>, ConnectionError> {
        let mut free = map.unused();
        let mut any = false;
        for c in chars {
            let syms = match other_case(c) {
                // Both cases as on a letter's own key, so that CapsLock acts as on others.
                Some(other) if c.is_lowercase() => [sym_of(c), sym_of(other)],
                Some(other) => [sym_of(other), sym_of(c)],
                None => [sym_of(c); 2],
            };
            if self.lent.iter().any(|l| l.syms == syms) {
                continue;
            }
            let now = Instant::now();
            let code = match free.pop() {
                Some(code) => code,
                None => {
                    let old = self.lent.iter().enumerate().filter(|(_, l)| !held.contains(&l.code));
                    let Some((i, l)) = old.min_by_key(|(_, l)| l.used) else {
                        return Ok(if any { Ok(()) } else { Err(None) });
                    };
                    let rest = SETTLE.saturating_sub(now.duration_since(l.used));
                    if !rest.is_zero() {
                        return Ok(if any { Ok(()) } else { Err(Some(rest)) });
                    }
                    self.lent.remove(i).code
                }
            };
            conn.change_keyboard_mapping(1, code, 2, &syms)?;
            self.lent.push(Lent { code, syms, used: now });
            any = true;
        }
        Ok(Ok(()))
    }

    /// Gives back the keys that no program can still be about to translate; all after waiting for that
    /// if `wait`.
    pub fn give_back(&mut self, conn: &RustConnection, wait: bool) -> Result<(), ConnectionError> {
        if let Some(last) = self.lent.iter().map(|l| l.used).max().filter(|_| wait) {
            settle(SETTLE.saturating_sub(last.elapsed()));
        }
        let mut result = Ok(());
        self.lent.retain(|l| {
            let settled = l.used.elapsed() >= SETTLE;
            if settled && result.is_ok() {
                result = conn.change_keyboard_mapping(1, l.code, 1, &[0]).map(drop);
            }
            !settled
        });
        result
    }
}

/// Lets other programs fetch the layout.
#[expect(clippy::disallowed_methods, reason = "no program tells when it has fetched the layout")]
pub(super) fn settle(time: Duration) {
    if !time.is_zero() {
        std::thread::sleep(time);
    }
}
