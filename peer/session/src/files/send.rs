//! The end that sends.

use std::sync::Arc;

use super::{Frame, List, Stopped, Window};
use crate::time::Now;

/// What the mover is to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Read so many bytes of this entry, from where the last reading ended, and give them to [`Sending::read`]. One byte
    /// beyond the announced end is asked for, too: that nothing comes shows that it did not grow.
    Read { entry: u32, most: usize },
    /// Nothing until a frame comes.
    Wait,
    /// The other side has everything.
    Done,
}

/// Sends the files of a list, one after the other.
pub struct Sending {
    list: Arc<List>,
    at: usize,
    offset: u64,
    hash: blake3::Hasher,
    window: Window,
    sent: u64,
    done: bool,
}

impl Sending {
    pub fn new(list: Arc<List>) -> Self {
        let mut new = Self {
            list,
            at: 0,
            offset: 0,
            hash: blake3::Hasher::new(),
            window: Window::default(),
            sent: 0,
            done: false,
        };
        new.skip_folders();
        new
    }

    fn skip_folders(&mut self) {
        while self.list.entries().get(self.at).is_some_and(|e| e.size.is_none()) {
            self.at += 1;
        }
    }

    fn size(&self) -> Option<u64> {
        self.list.entries().get(self.at).and_then(|e| e.size)
    }

    /// As a number on the wire; lists are far shorter.
    fn entry(&self) -> u32 {
        self.at as u32
    }

    pub fn next(&self) -> Next {
        match self.size() {
            _ if self.done => Next::Done,
            Some(size) if self.window.is_open() => {
                let left = usize::try_from(size - self.offset).unwrap_or(usize::MAX);
                Next::Read { entry: self.entry(), most: left.clamp(1, self.window.piece()) }
            }
            _ => Next::Wait,
        }
    }

    /// What was read, at most as much as was asked for, none at the end of the file; gives the frame to be sent.
    pub fn read(&mut self, bytes: &[u8], now: Now) -> Result<Vec<u8>, Stopped> {
        let entry = self.entry();
        let Some(size) = self.size() else { return Err(Stopped::Other) };
        let left = size - self.offset;
        let frame = if bytes.is_empty() && left == 0 {
            let hash = *self.hash.finalize().as_bytes();
            self.hash.reset();
            (self.at, self.offset) = (self.at + 1, 0);
            self.skip_folders();
            Frame::End { entry, hash }.encode()
        } else if bytes.is_empty() || bytes.len() as u64 > left {
            return Err(Stopped::Changed { entry });
        } else {
            self.hash.update(bytes);
            self.offset += bytes.len() as u64;
            self.sent += bytes.len() as u64;
            Frame::Data { entry, bytes }.encode()
        };
        self.window.sent(Frame::weight(frame.len()), now);
        Ok(frame)
    }

    /// A frame of the receiver came.
    pub fn heard(&mut self, frame: &[u8], now: Now) -> Result<(), Stopped> {
        match Frame::decode(frame) {
            Some(Frame::Taken { weight }) if self.window.taken(weight, now) => Ok(()),
            Some(Frame::Finished) if self.size().is_none() => {
                self.done = true;
                Ok(())
            }
            _ => Err(Stopped::Wrong),
        }
    }

    /// Bytes of files that were sent so far.
    pub fn sent(&self) -> u64 {
        self.sent
    }
}
