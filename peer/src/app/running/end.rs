//! How a running session ends, and what it looks like from outside.

use deskside_net::Signaling;
use deskside_session::{
    Role,
    app::{Tab, TabState},
    command::Command,
    view::{LinkView, View},
};

use super::Running;
use crate::{app::GOODBYE, kept::Seat};

impl Running {
    /// Stops everything but the server's socket, and forgets the session; `None` when its seat was not kept.
    pub fn into_line(mut self) -> Option<(Signaling, Seat, [u8; 32])> {
        self.share = None;
        self.hands = None;
        self.viewing = None;
        self.show_place();
        for transport in self.links.take_all() {
            transport.close();
        }
        let kept = self.kept.take()?;
        let (seat, seed) = (kept.seat.clone(), kept.seat.seed()?);
        kept.forget();
        Some((self.signaling, seat, seed))
    }

    /// Says goodbye and closes; the future ends when what was queued had time to leave.
    pub fn goodbye(mut self) -> impl Future<Output = ()> + Send {
        if self.over.is_none() {
            // The program quits in the middle of a session: that is leaving it.
            self.command(Command::Leave);
        }
        self.share = None;
        self.hands = None;
        self.viewing = None;
        self.show_place();
        let transports = self.links.take_all();
        let signaling = self.signaling;
        async move {
            tokio::time::sleep(GOODBYE).await;
            for t in transports {
                t.close();
            }
            signaling.finish().await;
        }
    }
}

pub(super) fn tab(view: &View) -> Tab {
    let mut customers: Vec<_> = view.others.iter().filter(|o| o.role == Role::Customer).collect();
    customers.sort_by_key(|o| Some(o.id) != view.helped);
    let state = if customers.is_empty() {
        TabState::Empty
    } else if customers.iter().any(|o| o.link == LinkView::Lost) {
        TabState::Lost
    } else {
        TabState::Running
    };
    let customers = customers.into_iter().map(|o| o.name.clone()).collect();
    Tab { number: view.number, customers, state, unread: view.unread }
}
