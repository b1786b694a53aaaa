//! The twin in memory, for tests and trials: everything is gone with the program.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{Batch, Outcome, Rows, Step, Store, StoreError, Table};

type Map = BTreeMap<(Table, Vec<u8>), Vec<u8>>;

/// See [`Store`].
#[derive(Default)]
pub struct MemoryStore(Mutex<Map>);

impl MemoryStore {
    fn map(&self) -> MutexGuard<'_, Map> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.map().get(&(table, key.to_vec())).cloned())
    }

    fn scan(&self, table: Table) -> Result<Rows, StoreError> {
        let of_table =
            |((t, k), v): (&(Table, Vec<u8>), &Vec<u8>)| (*t == table).then(|| (k.clone(), v.clone()));
        Ok(self.map().iter().filter_map(of_table).collect())
    }

    fn first(&self, table: Table, prefix: &[u8], most: usize) -> Result<Rows, StoreError> {
        let rows = self.scan(table)?.into_iter().filter(|(key, _)| key.starts_with(prefix));
        Ok(rows.take(most).collect())
    }

    fn commit(&self, batches: &[Batch]) -> Result<Vec<Outcome>, StoreError> {
        let mut map = self.map();
        Ok(batches.iter().map(|batch| run(&mut map, batch)).collect())
    }
}

fn run(map: &mut Map, batch: &Batch) -> Outcome {
    let holds = |step: &Step| match step {
        Step::Expect(table, key, value) => map.get(&(*table, key.clone())) == value.as_ref(),
        Step::Put(..) | Step::Delete(..) => true,
    };
    if !batch.iter().all(holds) {
        return Outcome::Conflict;
    }
    for step in batch {
        match step {
            Step::Expect(..) => {}
            Step::Put(table, key, value) => {
                map.insert((*table, key.clone()), value.clone());
            }
            Step::Delete(table, key) => {
                map.remove(&(*table, key.clone()));
            }
        }
    }
    Outcome::Done
}
