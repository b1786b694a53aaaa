//! Passing the session on: what the server says of it, and what the core does about it.

use deskside_protocol::{
    socket::ToServer,
    transfers::{LONGEST_MESSAGE, Refused, TransferState, TransferTo},
};
use deskside_session::{Role, app::TransferView, command::Command};

use super::Running;

impl Running {
    pub fn transfer_view(&self) -> Option<TransferView> {
        self.transfer
    }

    /// Offers the session. False: one is under way.
    pub fn offer(&mut self, to: TransferTo, message: String) -> bool {
        if self.transfers() {
            return false;
        }
        self.transfer = if self.role() != Role::Primary {
            Some(TransferView::Refused { why: Refused::NotPrimary })
        } else if message.chars().count() > LONGEST_MESSAGE {
            Some(TransferView::Refused { why: Refused::Message })
        } else {
            self.signaling.send(ToServer::Transfer { to, message });
            None
        };
        true
    }

    pub fn withdraw_offer(&self) {
        self.signaling.send(ToServer::TransferWithdraw);
    }

    fn transfers(&self) -> bool {
        matches!(self.transfer, Some(TransferView::Offered | TransferView::Taken))
    }

    /// The server is back: it says again what is under way, or nothing.
    pub(super) fn transfer_unknown(&mut self) {
        if self.transfers() {
            self.transfer = None;
        }
        // Who gave the word already stays until the server has it.
        if self.role() == Role::Primary {
            self.command(Command::PassOn { to: None });
        }
    }

    pub(super) fn transfer_state(&mut self, state: TransferState) {
        let (view, to) = match state {
            TransferState::Offered { .. } => (TransferView::Offered, None),
            TransferState::Taken { participant, .. } => (TransferView::Taken, Some(participant)),
            TransferState::Returned { why, .. } => (TransferView::Returned { why }, None),
            // What is under way goes on.
            TransferState::Refused { .. } if self.transfers() => return,
            TransferState::Refused { why } => (TransferView::Refused { why }, None),
            TransferState::Unknown => return,
        };
        self.transfer = Some(view);
        self.command(Command::PassOn { to });
    }
}
