//! The embedded engine; the only file that knows it.

use std::{
    fs::File,
    path::Path,
    time::{Duration, Instant},
};

use sled::transaction::{ConflictableTransactionError, TransactionError, TransactionalTree};

use super::{Batch, Outcome, Rows, Step, Store, StoreError, Table};

/// The engine's own threads hold the folder for a moment after its last handle is gone, and it tells nobody when they let
/// go: whoever opens it then waits so long, and looks so often.
const LOCK_WAITS: Duration = Duration::from_secs(2);
const LOCK_AGAIN: Duration = Duration::from_millis(20);

/// See [`Store`]. One process at a time holds a folder.
pub struct SledStore {
    db: sled::Db,
    /// sled's flush hands the pages to the system without waiting for the disk: this handle waits.
    file: File,
}

impl SledStore {
    /// Opens or makes the folder. `cache` in bytes.
    #[expect(clippy::disallowed_methods, reason = "a lock of a file tells nobody when it is free")]
    pub fn open(path: &Path, cache: u64) -> Result<Self, StoreError> {
        std::fs::create_dir_all(path)?;
        // No flushing by time: each commit flushes.
        let config = sled::Config::new().path(path).cache_capacity(cache).flush_every_ms(None);
        let until = Instant::now() + LOCK_WAITS;
        let db = loop {
            match config.open() {
                Err(sled::Error::Io(e)) if is_locked(&e) && Instant::now() < until => {
                    std::thread::sleep(LOCK_AGAIN);
                }
                opened => break opened.map_err(failed)?,
            }
        };
        let file = File::options().write(true).open(path.join("db"))?;
        Ok(Self { db, file })
    }
}

impl Store for SledStore {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.db.get(full(table, key)).map_err(failed)?.map(|v| v.to_vec()))
    }

    fn scan(&self, table: Table) -> Result<Rows, StoreError> {
        self.first(table, &[], usize::MAX)
    }

    fn first(&self, table: Table, prefix: &[u8], most: usize) -> Result<Rows, StoreError> {
        let mut rows = Vec::new();
        for row in self.db.scan_prefix(full(table, prefix)).take(most) {
            let (key, value) = row.map_err(failed)?;
            rows.push((key.get(1..).unwrap_or_default().to_vec(), value.to_vec()));
        }
        Ok(rows)
    }

    fn commit(&self, batches: &[Batch]) -> Result<Vec<Outcome>, StoreError> {
        let outcomes = self
            .db
            .transaction(|tree| {
                let run = |batch| run(tree, batch);
                batches.iter().map(run).collect::<Result<Vec<Outcome>, ConflictableTransactionError<()>>>()
            })
            .map_err(|error| match error {
                TransactionError::Storage(error) => failed(error),
                TransactionError::Abort(()) => StoreError::Engine("a transaction was given up".into()),
            })?;
        self.db.flush().map_err(failed)?;
        self.file.sync_data()?;
        Ok(outcomes)
    }
}

/// sled gives no kind for it.
fn is_locked(error: &std::io::Error) -> bool {
    error.to_string().contains("could not acquire lock")
}

fn run(tree: &TransactionalTree, batch: &Batch) -> Result<Outcome, ConflictableTransactionError<()>> {
    for step in batch {
        if let Step::Expect(table, key, value) = step
            && tree.get(full(*table, key))?.as_deref() != value.as_deref()
        {
            return Ok(Outcome::Conflict);
        }
    }
    for step in batch {
        match step {
            Step::Expect(..) => {}
            Step::Put(table, key, value) => {
                tree.insert(full(*table, key), value.as_slice())?;
            }
            Step::Delete(table, key) => {
                tree.remove(full(*table, key))?;
            }
        }
    }
    Ok(Outcome::Done)
}

fn full(table: Table, key: &[u8]) -> Vec<u8> {
    [&[table as u8], key].concat()
}

fn failed(error: sled::Error) -> StoreError {
    match error {
        sled::Error::Io(error) => StoreError::Io(error),
        other => StoreError::Engine(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_while_another_one_closes_waits_and_who_stays_is_not_disturbed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_owned();
        let first = SledStore::open(&path, 1 << 20).unwrap();
        assert!(SledStore::open(&path, 1 << 20).is_err(), "held all the time");
        let next = std::thread::spawn(move || SledStore::open(&path, 1 << 20).map(|_| ()));
        drop(first);
        next.join().unwrap().unwrap();
    }
}
