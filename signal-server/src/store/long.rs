//! Texts that are too long for one value of the store: pieces, and a head that names them.

use deskside_protocol::api::Code;
use serde::{Deserialize, Serialize};

use super::{Batch, Keeper, Outcome, Step, Table, Unavailable, decode, encode};

/// Bytes of one piece: engines want values under 16 kB.
const PIECE: usize = 12_000;
/// Others may save at the same time: this often it is tried again.
const TRIES: usize = 8;

/// What is said about the pieces; stored under the key itself, they under key, version and place.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Head {
    version: u32,
    pieces: u16,
}

/// A text with a version; version 0 is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Long {
    pub version: u32,
    pub text: String,
}

fn piece_key(key: &[u8], version: u32, place: u16) -> Vec<u8> {
    [key, &[0], &version.to_be_bytes(), &place.to_be_bytes()].concat()
}

impl Keeper {
    /// Reads a text; an empty one of version 0 when there is none.
    pub async fn read_long(&self, table: Table, key: &[u8]) -> Result<Long, Unavailable> {
        for _ in 0..TRIES {
            let Some((head, _)) = self.head(table, key).await? else { return Ok(Long::default()) };
            let mut bytes = Vec::new();
            let mut whole = true;
            for place in 0..head.pieces {
                match self.get(table, piece_key(key, head.version, place)).await? {
                    Some(piece) => bytes.extend(piece),
                    // It was replaced meanwhile.
                    None => whole = false,
                }
            }
            if whole && let Ok(text) = String::from_utf8(bytes) {
                return Ok(Long { version: head.version, text });
            }
        }
        Err(Unavailable)
    }

    /// Saves a text if its version is higher than the stored one; the same version again is fine if the text is
    /// the same. Without a version it gets the next one. Gives the version that is stored then.
    pub async fn write_long(
        &self,
        table: Table,
        key: &[u8],
        version: Option<u32>,
        text: &str,
    ) -> Result<u32, Code> {
        for _ in 0..TRIES {
            let old = self.head(table, key).await?;
            let stored = old.as_ref().map_or(0, |(head, _)| head.version);
            let version = version.unwrap_or(stored.saturating_add(1));
            if version == stored && self.read_long(table, key).await?.text == text {
                return Ok(version);
            }
            if version <= stored {
                return Err(Code::Outdated);
            }
            if self.submit(replace(table, key, old, version, text)).wait().await? == Outcome::Done {
                return Ok(version);
            }
        }
        Err(Code::Unavailable)
    }

    async fn head(&self, table: Table, key: &[u8]) -> Result<Option<(Head, Vec<u8>)>, Unavailable> {
        let Some(row) = self.get(table, key.to_vec()).await? else { return Ok(None) };
        let head = decode(table, &row).map_err(|e| self.fail(&e))?;
        Ok(Some((head, row)))
    }
}

fn replace(table: Table, key: &[u8], old: Option<(Head, Vec<u8>)>, version: u32, text: &str) -> Batch {
    let pieces: Vec<&[u8]> = text.as_bytes().chunks(PIECE).collect();
    let head = Head { version, pieces: u16::try_from(pieces.len()).unwrap_or(u16::MAX) };
    let (old_head, old_row) = old.unzip();
    let mut batch =
        vec![Step::Expect(table, key.to_vec(), old_row), Step::Put(table, key.to_vec(), encode(&head))];
    for (place, piece) in (0..head.pieces).zip(pieces) {
        batch.push(Step::Put(table, piece_key(key, version, place), piece.to_vec()));
    }
    if let Some(Head { version, pieces }) = old_head {
        batch.extend((0..pieces).map(|place| Step::Delete(table, piece_key(key, version, place))));
    }
    batch
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{super::MemoryStore, *};

    const TABLE: Table = Table::Notes;

    #[tokio::test]
    async fn a_newer_text_replaces_an_older_one_and_never_the_other_way_round() {
        let (keeper, _thread) = Keeper::start(Arc::new(MemoryStore::default())).unwrap();
        let write = async |version, text: &str| keeper.write_long(TABLE, b"a", version, text).await;
        assert_eq!(keeper.read_long(TABLE, b"a").await.unwrap(), Long::default());
        assert_eq!(write(Some(0), "x").await, Err(Code::Outdated), "0 is none");
        let long = "é".repeat(20_000);
        assert_eq!(write(Some(3), &long).await, Ok(3));
        assert_eq!(keeper.read_long(TABLE, b"a").await.unwrap(), Long { version: 3, text: long.clone() });
        assert_eq!(write(Some(2), "older").await, Err(Code::Outdated));
        assert_eq!(write(Some(3), "other").await, Err(Code::Outdated));
        assert_eq!(write(Some(3), &long).await, Ok(3), "said twice");
        assert_eq!(write(Some(9), "short").await, Ok(9));
        assert_eq!(write(None, "").await, Ok(10));
        assert_eq!(keeper.read_long(TABLE, b"a").await.unwrap(), Long { version: 10, text: String::new() });
        // Nothing is left of the older ones.
        assert_eq!(keeper.scan(TABLE).await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn of_many_who_save_at_once_the_newest_stays_whole() {
        let (keeper, _thread) = Keeper::start(Arc::new(MemoryStore::default())).unwrap();
        let saves = (1..=20u32).rev().map(|n| {
            let keeper = keeper.clone();
            tokio::spawn(async move {
                let text = n.to_string().repeat(10_000);
                loop {
                    match keeper.write_long(TABLE, b"a", Some(n), &text).await {
                        Err(Code::Unavailable) => {}
                        other => break other,
                    }
                }
            })
        });
        for save in saves.collect::<Vec<_>>() {
            assert!(matches!(save.await.unwrap(), Ok(_) | Err(Code::Outdated)));
        }
        let kept = keeper.read_long(TABLE, b"a").await.unwrap();
        assert_eq!((kept.version, kept.text), (20, "20".repeat(10_000)));
    }
}
