//! Cutting updates into messages, and putting them together again.

use bytes::{Bytes, BytesMut};

use super::{Chunk, MAX_CHUNK};

/// The messages that carry an update, in order.
pub fn split(update: u32, bytes: &[u8]) -> impl Iterator<Item = Bytes> {
    // An update without bytes is still one message.
    let parts = bytes.len().div_ceil(MAX_CHUNK).max(1);
    (0..parts).map(move |index| {
        let part = &bytes[index * MAX_CHUNK..bytes.len().min((index + 1) * MAX_CHUNK)];
        let mut out = BytesMut::new();
        // 65,536 parts would be four gigabytes, beyond any picture.
        let chunk = Chunk { update, index: index as u16, last: index + 1 == parts, bytes: Bytes::new() };
        out.reserve(super::CHUNK_HEADER + part.len());
        chunk.write(&mut out);
        out.extend_from_slice(part);
        out.freeze()
    })
}

/// A whole update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined {
    pub update: u32,
    pub bytes: Bytes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JoinError {
    #[error("the update is longer than {0} bytes")]
    TooLong(usize),
    #[error("a part of the update is missing")]
    Missing,
}

/// Puts updates together. Holds at most one, and no more bytes than its bound.
#[derive(Debug)]
pub struct Joiner {
    most: usize,
    update: u32,
    /// Index of the part that must come next; 0 when none is under way.
    next: u16,
    bytes: BytesMut,
}

impl Joiner {
    /// `most`: longest update in bytes, see [`crate::tiles::max_update`].
    pub fn new(most: usize) -> Self {
        Self { most, update: 0, next: 0, bytes: BytesMut::new() }
    }

    /// Takes a part. Gives the update when it was the last one. The first part of an update drops
    /// one that was not finished. After an error the rest of the update is refused too.
    pub fn push(&mut self, chunk: Chunk) -> Result<Option<Joined>, JoinError> {
        if chunk.index == 0 {
            self.bytes.clear();
            self.next = 0;
            self.update = chunk.update;
        } else if self.next == 0 || chunk.update != self.update || chunk.index != self.next {
            self.drop_update();
            return Err(JoinError::Missing);
        }
        if self.bytes.len() + chunk.bytes.len() > self.most {
            self.drop_update();
            return Err(JoinError::TooLong(self.most));
        }
        let update = chunk.update;
        if !chunk.last {
            self.bytes.extend_from_slice(&chunk.bytes);
            let Some(next) = chunk.index.checked_add(1) else {
                self.drop_update();
                return Err(JoinError::TooLong(self.most));
            };
            self.next = next;
            return Ok(None);
        }
        self.next = 0;
        if self.bytes.is_empty() {
            return Ok(Some(Joined { update, bytes: chunk.bytes }));
        }
        self.bytes.extend_from_slice(&chunk.bytes);
        Ok(Some(Joined { update, bytes: self.bytes.split().freeze() }))
    }

    fn drop_update(&mut self) {
        self.next = 0;
        self.bytes = BytesMut::new();
    }
}
