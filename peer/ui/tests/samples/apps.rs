//! Applications that are shared.

use deskside_session::{
    app::{AppView, Screen},
    hiding::{Hidden, Program},
    programs::{Area, SharedProgram},
    view::Sharing,
};

use super::{ME, agent_views, customer_shares, hiding};

/// One that is shown has a place of its own.
pub fn program(id: u32, title: &str, state: Program) -> SharedProgram {
    let n = u16::try_from(id).unwrap_or_default();
    let shown = Area { x: 40 * n, y: 30 * n, width: 640, height: 400 };
    let place = (state == Program::Shown).then_some(shown);
    let window = Some(u64::from(id) + 100);
    SharedProgram { id, title: title.into(), name: "Editor".into(), state, place, window }
}

pub fn sharing(view: &mut AppView, change: impl FnMut(&mut Sharing)) {
    if let Screen::Session { session, .. } = &mut view.screen {
        session.sharing.iter_mut().take(1).for_each(change);
    }
}

/// Four of them, where the sample's picture has windows.
pub fn shares(plain: AppView) -> AppView {
    let mut view = hiding::listed(plain, Hidden::default());
    let long = "Quarterly report of the northern branch, third version with all comments.odt - Writer";
    let mut all = vec![
        program(1, "Letter to the insurance.odt", Program::Shown),
        program(2, long, Program::Shown),
        program(3, "Printer settings", Program::Minimised),
        program(4, "Old accounts", Program::Closed),
    ];
    all[0].place = Some(Area { x: 110, y: 80, width: 560, height: 380 });
    all[1].place = Some(Area { x: 520, y: 220, width: 620, height: 420 });
    sharing(&mut view, |s| s.programs.clone_from(&all));
    view
}

/// Screens of the gallery by name.
pub fn all() -> [(&'static str, AppView); 3] {
    let mut one = shares(agent_views(|_, _| ()));
    sharing(&mut one, |s| s.programs.truncate(1));
    [
        ("agent-app", one),
        ("agent-apps", shares(agent_views(|_, s| s.controller = Some(ME)))),
        ("customer-apps", shares(customer_shares(|_, _| ()))),
    ]
}
