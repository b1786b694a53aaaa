//! The embedded engine; the only file that knows it.

use std::{fs::File, path::Path};

use sled::transaction::{ConflictableTransactionError, TransactionError, TransactionalTree};

use super::{Batch, Outcome, Rows, Step, Store, StoreError, Table};

/// See [`Store`]. One process at a time holds a folder.
pub struct SledStore {
    db: sled::Db,
    /// sled's flush hands the pages to the system without waiting for the disk: this handle waits.
    file: File,
}

impl SledStore {
    /// Opens or makes the folder. `cache` in bytes.
    pub fn open(path: &Path, cache: u64) -> Result<Self, StoreError> {
        std::fs::create_dir_all(path)?;
        // No flushing by time: each commit flushes.
        let config = sled::Config::new().path(path).cache_capacity(cache).flush_every_ms(None);
        let db = config.open().map_err(failed)?;
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
