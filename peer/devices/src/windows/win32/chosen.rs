//! The programs that alone are shared, for all of this process: each is held, so that no later one is taken for it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use deskside_session::hiding::{Chosen, Scope};

use super::process::{Kept, Maker, Processes};

enum Life {
    Open(Maker, #[expect(dead_code, reason = "it is held, not used")] Vec<Arc<Kept>>),
    /// For good.
    Closed,
}

fn known() -> MutexGuard<'static, HashMap<Chosen, Life>> {
    static KNOWN: OnceLock<Mutex<HashMap<Chosen, Life>>> = OnceLock::new();
    KNOWN.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner)
}

/// Who made the window by which it was chosen, as it was when this was asked first. None: it is closed, or cannot be held.
pub fn enrol(chosen: Chosen) -> Option<Maker> {
    let mut all = known();
    let new = || match Processes::default().hold(chosen.window) {
        Some((maker, held)) => Life::Open(maker, held),
        None => Life::Closed,
    };
    match all.entry(chosen).or_insert_with(new) {
        Life::Open(maker, _) => Some(*maker),
        Life::Closed => None,
    }
}

/// For good.
pub fn close(chosen: Chosen) {
    known().insert(chosen, Life::Closed);
}

/// Whether somebody of these programs made it. None counts for the whole desktop.
pub fn is_within(scope: &Scope, maker: Option<Maker>) -> bool {
    match scope {
        Scope::Desktop => true,
        Scope::Programs(all) => maker.is_some() && all.iter().any(|c| enrol(*c) == maker),
        Scope::Nothing => false,
    }
}
