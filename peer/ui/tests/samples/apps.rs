//! Applications that are shared.

use deskside_session::{
    hiding::Program,
    programs::{Area, SharedProgram},
};

/// One that is shown has a place of its own.
pub fn program(id: u32, title: &str, state: Program) -> SharedProgram {
    let n = u16::try_from(id).unwrap_or_default();
    let shown = Area { x: 40 * n, y: 30 * n, width: 640, height: 400 };
    let place = (state == Program::Shown).then_some(shown);
    let window = Some(u64::from(id) + 100);
    SharedProgram { id, title: title.into(), name: "Editor".into(), state, place, window }
}
