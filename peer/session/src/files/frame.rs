//! The frames of a transfer, on its own connection. Numbers are big-endian.

/// Most bytes of a file in one frame: what waits behind one on the same line waits shortly.
pub const PIECE: usize = 16 * 1024;
/// Largest frame, in bytes.
pub const MAX_FRAME: usize = 5 + PIECE;
/// What each frame counts for beside its bytes, so that many small files cannot pile up.
const COST: u64 = 512;

const DATA: u8 = 1;
const END: u8 = 2;
const TAKEN: u8 = 3;
const FINISHED: u8 = 4;

/// What one frame says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame<'a> {
    /// The next bytes of an entry; entries come in the order of the list, folders left out.
    Data { entry: u32, bytes: &'a [u8] },
    /// All of an entry came; the BLAKE3 hash of its contents.
    End { entry: u32, hash: [u8; 32] },
    /// Of the receiver: all frames up to this weight were dealt with, see [`Frame::weight`].
    Taken { weight: u64 },
    /// Of the receiver: everything is there and was found right.
    Finished,
}

impl<'a> Frame<'a> {
    /// None: no frame of this protocol.
    pub fn decode(bytes: &'a [u8]) -> Option<Self> {
        let (kind, rest) = bytes.split_first()?;
        let number = || Some((u32::from_be_bytes(*rest.first_chunk()?), rest.get(4..)?));
        Some(match *kind {
            DATA => {
                let (entry, bytes) = number()?;
                (!bytes.is_empty() && bytes.len() <= PIECE).then_some(Self::Data { entry, bytes })?
            }
            END => {
                let (entry, hash) = number()?;
                Self::End { entry, hash: hash.try_into().ok()? }
            }
            TAKEN => Self::Taken { weight: u64::from_be_bytes(rest.try_into().ok()?) },
            FINISHED if rest.is_empty() => Self::Finished,
            _ => return None,
        })
    }

    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Data { entry, bytes } => [&[DATA], &entry.to_be_bytes()[..], bytes].concat(),
            Self::End { entry, hash } => [&[END], &entry.to_be_bytes()[..], hash].concat(),
            Self::Taken { weight } => [&[TAKEN], &weight.to_be_bytes()[..]].concat(),
            Self::Finished => vec![FINISHED],
        }
    }

    /// What a frame of so many bytes counts for in the window.
    pub fn weight(frame: usize) -> u64 {
        frame as u64 + COST
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn golden_bytes() {
        let hash = [0xab; 32];
        let end = [&[2, 0, 0, 1, 0][..], &hash].concat();
        let table: [(Frame<'_>, &[u8]); 4] = [
            (Frame::Data { entry: 7, bytes: b"hi" }, b"\x01\0\0\0\x07hi"),
            (Frame::End { entry: 256, hash }, &end),
            (Frame::Taken { weight: 0x0102 }, b"\x03\0\0\0\0\0\0\x01\x02"),
            (Frame::Finished, b"\x04"),
        ];
        for (frame, bytes) in table {
            assert_eq!(frame.encode(), bytes);
            assert_eq!(Frame::decode(bytes), Some(frame));
            assert!(bytes.len() <= MAX_FRAME);
        }
        for bad in [&b""[..], b"\x05", b"\x01\0\0\0\x07", b"\x02\0\0\0\0", b"\x03\0", b"\x04\0"] {
            assert_eq!(Frame::decode(bad), None, "{bad:?}");
        }
        assert_eq!(Frame::decode(&[&[1, 0, 0, 0, 0][..], &[0; PIECE + 1]].concat()), None);
    }

    proptest! {
        #[test]
        fn garbage_is_none_or_comes_out_the_same(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            if let Some(frame) = Frame::decode(&bytes) {
                prop_assert_eq!(frame.encode(), bytes.clone());
            }
        }
    }
}
