//! What the console does by keys; each key does what a button does, where that button would be there.

use deskside_session::{Role, app::TransferView, view::View};
use eframe::egui::Context;

use super::{
    agent::{AgentSession, Around},
    console::order::ConsoleTab,
    deed::Deed,
    dialog::Dialog,
    people,
};
use crate::{
    cx::Cx,
    keys::{self, Action},
};

/// All of the console's keys; a question to ask, if one led to it.
pub fn console(
    ctx: &Context,
    cx: &Cx<'_>,
    view: &View,
    agent: &mut AgentSession,
    around: &mut Around<'_>,
) -> Option<Dialog> {
    if around.dialog || around.passing.open || agent.console.showing.open {
        return None;
    }
    for (action, tab) in [
        (Action::Chat, ConsoleTab::Chat),
        (Action::Notes, ConsoleTab::Notes),
        (Action::Session, ConsoleTab::Session),
        (Action::Customer, ConsoleTab::Customer),
    ] {
        let there = tab != ConsoleTab::Notes || around.notes.is_some();
        if keys::pressed(ctx, action) && there {
            agent.console.go(ctx, tab);
            agent.viewer.side = true;
        }
    }
    if keys::pressed(ctx, Action::Transfer) && may_transfer(view, around) {
        around.passing.open = true;
    }
    deeds(ctx, cx, view);
    ending(ctx, view)
}

/// Asking, releasing, stopping.
pub fn deeds(ctx: &Context, cx: &Cx<'_>, view: &View) {
    for deed in Deed::ALL {
        if keys::pressed(ctx, Action::Do(deed)) && deed.possible(view) {
            deed.tell(cx);
        }
    }
}

/// The question before leaving or ending.
pub fn ending(ctx: &Context, view: &View) -> Option<Dialog> {
    let leave = keys::pressed(ctx, Action::Leave) && may_leave(view);
    let end = keys::pressed(ctx, Action::End) && view.role == Role::Primary;
    match (leave, end) {
        (true, _) => Some(Dialog::Leave),
        (_, true) => Some(Dialog::End),
        _ => None,
    }
}

/// Without somebody who could lead, leaving would be ending it.
pub fn may_leave(view: &View) -> bool {
    view.role != Role::Primary || people::successor(view).is_some()
}

/// Whether the session can be offered to others now.
pub fn may_transfer(view: &View, around: &Around<'_>) -> bool {
    let open = matches!(around.transfer, Some(TransferView::Offered | TransferView::Taken));
    around.desk.is_some() && view.role == Role::Primary && !view.others.is_empty() && !open
}
