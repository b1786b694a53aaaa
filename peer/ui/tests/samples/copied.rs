//! What is copied goes one way only; and a shared monitor that is away.

use deskside_session::{
    app::{AppView, Screen},
    command::Act,
    direction::Direction,
    view::{Grant, Notice},
};

use super::{ME, OTHER, changed};

/// The customer let the clipboard be used.
pub fn customer(direction: Direction) -> AppView {
    changed("customer-views", |s| {
        s.grants.push(Grant { to: OTHER, act: Act::Clipboard });
        s.clipboard = direction;
    })
}

/// The same as the agent sees it.
pub fn agent(direction: Direction) -> AppView {
    changed("agent-views", |s| {
        s.grants.push(Grant { to: ME, act: Act::Clipboard });
        s.clipboard = direction;
    })
}

pub fn monitor_gone(mut view: AppView) -> AppView {
    if let Screen::Session { session, .. } = &mut view.screen {
        let instead = session.sharing.as_ref().map(|s| s.monitors[0].name.clone()).unwrap_or_default();
        session.notice = Some((9, Notice::MonitorGone { monitor: "HDMI-2".into(), instead }));
        session.sharing.iter_mut().for_each(|s| s.gone = Some("HDMI-2".into()));
    }
    view
}
