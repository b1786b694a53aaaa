//! The version of the data and the steps from older ones.

use super::{Batch, Outcome, Step, Store, StoreError, Table};

/// Version that this program writes.
pub const CURRENT: u32 = 1;

const KEY: &[u8] = b"version";

/// Reads data of version `i + 1` (its place in the list) and gives what makes them the next one.
pub type Migration = fn(&dyn Store) -> Result<Batch, StoreError>;

const MIGRATIONS: &[Migration] = &[];

/// Brings the data to [`CURRENT`]; each step is atomic, so that a run that was cut off goes on next time.
pub fn migrate(store: &dyn Store) -> Result<(), StoreError> {
    migrate_by(store, MIGRATIONS)
}

fn migrate_by(store: &dyn Store, migrations: &[Migration]) -> Result<(), StoreError> {
    let newest = u32::try_from(migrations.len()).unwrap_or(u32::MAX).saturating_add(1);
    loop {
        let stored = store.get(Table::Meta, KEY)?;
        let version = match stored.as_deref() {
            // A store without a version is a new one.
            None => 0,
            Some(bytes) => {
                u32::from_be_bytes(bytes.try_into().map_err(|_| StoreError::Damaged(Table::Meta))?)
            }
        };
        if version == newest {
            return Ok(());
        }
        let (mut batch, next) = match version {
            0 => (Batch::new(), newest),
            v => {
                let step = migrations.get(v as usize - 1).ok_or(StoreError::TooNew(v))?;
                tracing::info!(from = v, "the stored data are brought to the next version");
                (step(store)?, v + 1)
            }
        };
        batch.push(Step::Expect(Table::Meta, KEY.to_vec(), stored));
        batch.push(Step::Put(Table::Meta, KEY.to_vec(), next.to_be_bytes().to_vec()));
        if store.commit(&[batch])?.first() != Some(&Outcome::Done) {
            tracing::warn!("another process changed the version of the data; looking again");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::MemoryStore, *};

    fn upper_case_accounts(store: &dyn Store) -> Result<Batch, StoreError> {
        let accounts = store.scan(Table::Accounts)?;
        let put = |(k, v): (Vec<u8>, Vec<u8>)| Step::Put(Table::Accounts, k, v.to_ascii_uppercase());
        Ok(accounts.into_iter().map(put).collect())
    }

    fn exclaim(store: &dyn Store) -> Result<Batch, StoreError> {
        let accounts = store.scan(Table::Accounts)?;
        let put = |(k, v): (Vec<u8>, Vec<u8>)| Step::Put(Table::Accounts, k, [v, b"!".to_vec()].concat());
        Ok(accounts.into_iter().map(put).collect())
    }

    fn version(store: &dyn Store) -> Option<Vec<u8>> {
        store.get(Table::Meta, KEY).unwrap()
    }

    #[test]
    fn a_new_store_gets_the_current_version() {
        let store = MemoryStore::default();
        migrate(&store).unwrap();
        assert_eq!(version(&store), Some(CURRENT.to_be_bytes().to_vec()));
        migrate(&store).unwrap();
    }

    #[test]
    fn old_data_take_each_step_once_and_newer_data_are_refused() {
        let store = MemoryStore::default();
        migrate_by(&store, &[]).unwrap();
        store.commit(&[vec![Step::Put(Table::Accounts, b"a".to_vec(), b"x".to_vec())]]).unwrap();
        for _ in 0..2 {
            migrate_by(&store, &[upper_case_accounts, exclaim]).unwrap();
            assert_eq!(store.get(Table::Accounts, b"a").unwrap().as_deref(), Some(&b"X!"[..]));
            assert_eq!(version(&store), Some(3u32.to_be_bytes().to_vec()));
        }
        assert!(matches!(migrate_by(&store, &[]), Err(StoreError::TooNew(3))));
    }

    #[test]
    fn a_damaged_version_is_an_error() {
        let store = MemoryStore::default();
        store.commit(&[vec![Step::Put(Table::Meta, KEY.to_vec(), b"one".to_vec())]]).unwrap();
        assert!(matches!(migrate(&store), Err(StoreError::Damaged(Table::Meta))));
    }
}
