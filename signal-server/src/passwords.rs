//! Argon2id with 64 MiB and three passes, by a bounded number of workers.

use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::{secrets, store::PasswordRecord};

const MEMORY_KIB: u32 = 64 * 1024;
const ITERATIONS: u32 = 3;
/// Requests that may wait for a worker; the next ones are told to come again.
const WAITING: usize = 64;

/// Longest password, in bytes; longer ones are refused before any work.
pub const LONGEST: usize = 1024;

/// Why no password was hashed or checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are being checked")]
pub struct Busy;

/// The workers.
pub struct Passwords {
    places: Semaphore,
    workers: Arc<Semaphore>,
    /// Checked when the account does not exist, so that the answer takes as long.
    dummy: PasswordRecord,
}

impl Passwords {
    pub fn new(workers: usize) -> Result<Self, secrets::NoRandomness> {
        Self::with_queue(workers, WAITING)
    }

    fn with_queue(workers: usize, waiting: usize) -> Result<Self, secrets::NoRandomness> {
        let dummy = PasswordRecord {
            memory_kib: MEMORY_KIB,
            iterations: ITERATIONS,
            salt: secrets::random()?,
            hash: secrets::random()?,
        };
        let workers = workers.max(1);
        Ok(Self {
            places: Semaphore::new(workers + waiting),
            workers: Arc::new(Semaphore::new(workers)),
            dummy,
        })
    }

    /// Makes the record of a new password.
    pub async fn make(&self, password: String) -> Result<PasswordRecord, Busy> {
        let salt = secrets::random().map_err(|_| Busy)?;
        let hash = self.run(password, MEMORY_KIB, ITERATIONS, salt).await?;
        Ok(PasswordRecord { memory_kib: MEMORY_KIB, iterations: ITERATIONS, salt, hash })
    }

    /// Whether it is the password. Without a record the work is done all the same and the answer is no.
    pub async fn check(&self, password: String, record: Option<&PasswordRecord>) -> Result<bool, Busy> {
        let r = record.unwrap_or(&self.dummy);
        let hash = self.run(password, r.memory_kib, r.iterations, r.salt).await?;
        let same = blake3::Hash::from(hash) == blake3::Hash::from(r.hash);
        Ok(same && record.is_some())
    }

    async fn run(
        &self,
        password: String,
        memory: u32,
        passes: u32,
        salt: [u8; 16],
    ) -> Result<[u8; 32], Busy> {
        let _place = self.places.try_acquire().map_err(|_| Busy)?;
        let worker = Arc::clone(&self.workers).acquire_owned().await.map_err(|_| Busy)?;
        let work = move || {
            // Held in here: the memory is in use until the work is done, also when nobody waits any more.
            let _worker = worker;
            let params = Params::new(memory, passes, 1, Some(32)).ok()?;
            let mut hash = [0; 32];
            let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            argon.hash_password_into(password.as_bytes(), &salt, &mut hash).ok()?;
            Some(hash)
        };
        tokio::task::spawn_blocking(work).await.ok().flatten().ok_or(Busy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_right_password_and_no_other() {
        let passwords = Passwords::new(2).unwrap();
        let record = passwords.make("correct horse".into()).await.unwrap();
        assert!(passwords.check("correct horse".into(), Some(&record)).await.unwrap());
        assert!(!passwords.check("correct horsf".into(), Some(&record)).await.unwrap());
        assert!(!passwords.check("correct horse".into(), None).await.unwrap());
    }

    #[tokio::test]
    async fn a_burst_is_bounded() {
        let passwords = Arc::new(Passwords::with_queue(1, 2).unwrap());
        let tries: Vec<_> = (0..10)
            .map(|_| {
                let passwords = Arc::clone(&passwords);
                tokio::spawn(async move { passwords.check("x".into(), None).await })
            })
            .collect();
        let mut busy = 0;
        for one in tries {
            busy += usize::from(one.await.unwrap() == Err(Busy));
        }
        assert_eq!(busy, 7);
    }
}
