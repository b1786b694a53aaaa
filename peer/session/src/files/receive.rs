//! The end that receives.

use std::sync::Arc;

use super::{Frame, List, Stopped};

/// What the mover is to do with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed<'a> {
    /// Add these bytes to this entry; the first of them makes it.
    Write { entry: u32, bytes: &'a [u8] },
    /// Nothing follows for this entry, and it is what was sent; an empty one is made now.
    Close { entry: u32 },
}

/// Takes the files of a list, and nothing that was not announced.
pub struct Receiving {
    list: Arc<List>,
    at: usize,
    offset: u64,
    hash: blake3::Hasher,
    weight: u64,
    taken: u64,
}

/// So much may be dealt with before it is told.
const TELL: u64 = 32 * 1024;

impl Receiving {
    pub fn new(list: Arc<List>) -> Self {
        let mut new = Self { list, at: 0, offset: 0, hash: blake3::Hasher::new(), weight: 0, taken: 0 };
        new.skip_folders();
        new
    }

    fn skip_folders(&mut self) {
        while self.list.entries().get(self.at).is_some_and(|e| e.size.is_none()) {
            self.at += 1;
        }
    }

    /// Everything is there; then say so with [`Frame::Finished`].
    pub fn is_done(&self) -> bool {
        self.at >= self.list.entries().len()
    }

    /// A frame of the sender came.
    pub fn heard<'a>(&mut self, frame: &'a [u8]) -> Result<Deed<'a>, Stopped> {
        self.weight = self.weight.saturating_add(Frame::weight(frame.len()));
        let expected = self.at as u32;
        let Some(size) = self.list.entries().get(self.at).and_then(|e| e.size) else {
            return Err(Stopped::Wrong);
        };
        match Frame::decode(frame) {
            Some(Frame::Data { entry, bytes }) if entry == expected => {
                self.offset = self.offset.saturating_add(bytes.len() as u64);
                if self.offset > size {
                    return Err(Stopped::Wrong);
                }
                self.hash.update(bytes);
                self.taken += bytes.len() as u64;
                Ok(Deed::Write { entry, bytes })
            }
            Some(Frame::End { entry, hash }) if entry == expected && self.offset == size => {
                if self.hash.finalize() != blake3::Hash::from(hash) {
                    return Err(Stopped::Wrong);
                }
                self.hash.reset();
                (self.at, self.offset) = (self.at + 1, 0);
                self.skip_folders();
                Ok(Deed::Close { entry })
            }
            _ => Err(Stopped::Wrong),
        }
    }

    /// The last frame was dealt with. Gives the frame that says so, when it is time for one; `idle`: no other one waits.
    pub fn tell(&self, told: &mut u64, idle: bool) -> Option<Vec<u8>> {
        let news = self.weight - *told;
        if news == 0 || (!idle && news < TELL) {
            return None;
        }
        *told = self.weight;
        Some(Frame::Taken { weight: self.weight }.encode())
    }

    /// Bytes of files that came so far.
    pub fn taken(&self) -> u64 {
        self.taken
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::{
        files::{Draft, Next, PIECE, Sending},
        time::Now,
    };

    fn list(files: &[Vec<u8>]) -> Arc<List> {
        let mut draft = Draft::default();
        let folder = draft.add(None, "folder", None).unwrap();
        for (i, f) in files.iter().enumerate() {
            draft
                .add((i % 2 == 0).then_some(folder.as_str()), &format!("f{i}"), Some(f.len() as u64))
                .unwrap();
        }
        draft.add(None, "empty folder", None).unwrap();
        Arc::new(draft.list())
    }

    /// Carries all of it, `bent`: what becomes of each frame on the way.
    fn carry(
        list: &Arc<List>,
        files: &[Vec<u8>],
        mut bent: impl FnMut(Vec<u8>) -> Vec<u8>,
    ) -> Result<Vec<Vec<u8>>, Stopped> {
        let (mut s, mut r) = (Sending::new(list.clone()), Receiving::new(list.clone()));
        let indices: Vec<_> =
            (0u32..).zip(list.entries()).filter(|(_, e)| e.size.is_some()).map(|(i, _)| i).collect();
        let (mut read, mut written) = (BTreeMap::<u32, usize>::new(), BTreeMap::<u32, Vec<u8>>::new());
        let (mut told, now) = (0, Now::from_millis(1));
        loop {
            if r.is_done() {
                s.heard(&Frame::Finished.encode(), now)?;
            }
            match s.next() {
                Next::Done => break,
                Next::Wait => return Err(Stopped::Other),
                Next::Read { entry, most } => {
                    let file = &files[indices.iter().position(|i| *i == entry).unwrap()];
                    let from = read.entry(entry).or_default();
                    let bytes = &file[*from..file.len().min(*from + most)];
                    *from += bytes.len();
                    let frame = bent(s.read(bytes, now)?);
                    match r.heard(&frame)? {
                        Deed::Write { entry, bytes } => written.entry(entry).or_default().extend(bytes),
                        Deed::Close { entry } => drop(written.entry(entry).or_default()),
                    }
                    if let Some(frame) = r.tell(&mut told, !matches!(s.next(), Next::Read { .. })) {
                        s.heard(&frame, now)?;
                    }
                }
            }
        }
        assert_eq!((s.sent(), r.taken()), (list.bytes(), list.bytes()));
        Ok(written.into_values().collect())
    }

    #[test]
    fn files_of_all_sizes_arrive_whole() {
        let files: Vec<_> = [0, 1, PIECE - 1, PIECE, PIECE + 1, 5 << 20, 0].map(|n| vec![n as u8; n]).into();
        assert_eq!(carry(&list(&files), &files, |f| f), Ok(files));
        assert_eq!(carry(&list(&[]), &[], |f| f), Ok(vec![]));
    }

    #[test]
    fn a_source_that_grew_or_shrank_is_told() {
        for wrong in [vec![7; 100], vec![7; 99_999], vec![7; 100_001], vec![]] {
            let announced = list(&[vec![7; 100_000]]);
            assert_eq!(carry(&announced, &[wrong], |f| f), Err(Stopped::Changed { entry: 1 }));
        }
    }

    #[test]
    fn sizes_that_lie_and_frames_out_of_place_end_it() {
        let short = list(&[vec![0; 10]]);
        let data = |entry, n| Frame::Data { entry, bytes: &vec![0; n] }.encode();
        let end = |entry, bytes: &[u8]| Frame::End { entry, hash: *blake3::hash(bytes).as_bytes() }.encode();
        let table = [
            vec![data(1, 11)],
            vec![data(1, 5), data(1, 6)],
            vec![data(0, 5)],
            vec![data(2, 5)],
            vec![data(u32::MAX, 5)],
            vec![data(1, 5), end(1, &[0; 5])],
            vec![data(1, 10), end(1, &[1; 10])],
            vec![data(1, 10), end(1, &[0; 10]), data(1, 1)],
            vec![data(1, 10), end(1, &[0; 10]), end(2, &[])],
            vec![Frame::Finished.encode()],
            vec![b"garbage".to_vec()],
            vec![],
        ];
        for frames in table.iter().filter(|f| !f.is_empty()) {
            let mut r = Receiving::new(short.clone());
            let (last, before) = frames.split_last().unwrap();
            before.iter().for_each(|f| assert!(r.heard(f).is_ok()));
            assert_eq!(r.heard(last), Err(Stopped::Wrong), "{frames:?}");
        }
    }

    #[test]
    fn a_receiver_that_says_nonsense_ends_it() {
        let mut s = Sending::new(list(&[vec![0; 10]]));
        for frame in [Frame::Finished.encode(), Frame::Taken { weight: 1 }.encode(), vec![], vec![9; 40]] {
            assert_eq!(s.heard(&frame, Now::from_millis(1)), Err(Stopped::Wrong));
        }
    }

    proptest! {
        #[test]
        fn a_bent_byte_is_never_taken_for_right(at in 0usize..40_000, bit in 0u8..8) {
            let files = vec![vec![3; 20_000], vec![4; 15_000]];
            let mut passed = 0;
            let bend = |mut f: Vec<u8>| {
                if let Some(byte) = at.checked_sub(passed).and_then(|i| f.get_mut(i)) {
                    *byte ^= 1 << bit;
                }
                passed += f.len();
                f
            };
            let bent = carry(&list(&files), &files, bend);
            prop_assert!(bent.is_err() || at >= passed, "{bent:?}");
        }

        #[test]
        fn garbage_never_panics(frames in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..60), 0..20)) {
            let mut r = Receiving::new(list(&[vec![0; 10]]));
            let mut s = Sending::new(list(&[vec![0; 10]]));
            for f in &frames {
                let _ = r.heard(f);
                let _ = s.heard(f, Now::from_millis(1));
            }
        }
    }
}
