//! What goes on with one participant in files.

use std::sync::Arc;

use crate::{
    clipboard::{Assembler, Sender},
    command::{Act, RequestId},
    files::{FilesId, List},
};

/// Most transfers with one participant at once, in each direction.
pub(crate) const MOST_TRANSFERS: usize = 4;

/// Files of this side that the other one may ask for.
pub(crate) struct Offered {
    /// By which it names them.
    pub number: u32,
    /// By which the devices find them.
    pub key: u32,
    pub list: Arc<List>,
}

/// Files on their way.
pub(crate) struct Moving {
    pub id: FilesId,
    pub act: Act,
    pub list: Arc<List>,
    /// Bytes so far.
    pub done: u64,
    /// All of them came; it stays to be seen.
    pub over: bool,
}

#[derive(Default)]
pub(crate) struct Transfers {
    /// What was copied here last, if it was announced.
    pub copied: Option<Offered>,
    /// Agent: what it asks to send, or sends by such an answer.
    pub dropped: Option<Offered>,
    pub asks_out: Sender,
    /// Customer: what the other side asks to send.
    pub asks_in: Assembler,
    pub asked: Option<(RequestId, Arc<List>)>,
    pub all: Vec<Moving>,
    /// Fetched by this side so far.
    fetches: u32,
    /// The highest number by which the other side fetched.
    fetched: u32,
}

impl Transfers {
    /// The number of the next fetch of this side; none when too many are under way.
    pub(crate) fn next_fetch(&mut self) -> Option<u32> {
        let room = self.running().filter(|m| !m.id.sends).count() < MOST_TRANSFERS;
        self.fetches += u32::from(room);
        room.then_some(self.fetches)
    }

    /// Whether the other side may fetch by this number, which it does once.
    pub(crate) fn is_new(&mut self, fetch: u32) -> bool {
        let new = fetch > self.fetched;
        self.fetched = self.fetched.max(fetch);
        new
    }

    pub(crate) fn has_room_to_send(&self) -> bool {
        self.running().filter(|m| m.id.sends).count() < MOST_TRANSFERS
    }

    pub(crate) fn running(&self) -> impl Iterator<Item = &Moving> {
        self.all.iter().filter(|m| !m.over)
    }

    pub(crate) fn find(&mut self, id: FilesId) -> Option<&mut Moving> {
        self.all.iter_mut().find(|m| m.id == id && !m.over)
    }

    pub(crate) fn take(&mut self, id: FilesId) -> Option<Moving> {
        let at = self.all.iter().position(|m| m.id == id)?;
        Some(self.all.remove(at))
    }

    pub(crate) fn asks_for(&self, request: RequestId) -> bool {
        self.asked.as_ref().is_some_and(|(r, _)| *r == request)
    }

    /// Files go by an answer of the customer now.
    pub(crate) fn is_sending_asked(&self) -> bool {
        self.running().any(|m| m.act == Act::SendFiles)
    }

    /// The connection is gone: what was announced over it counts no more.
    pub(crate) fn lose(&mut self) -> Vec<Moving> {
        let over = self.all.extract_if(.., |m| m.over).collect();
        let all = std::mem::replace(&mut self.all, over);
        let (fetches, kept) = (self.fetches, std::mem::take(&mut self.all));
        *self = Self { fetches, all: kept, ..Self::default() };
        all
    }
}
