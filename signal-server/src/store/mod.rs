//! What must survive a restart: a small ordered key-value store with atomic, conditional batches.

mod keeper;
mod long;
mod memory;
mod records;
mod sled;
mod steps;
mod version;

#[cfg(test)]
mod contract;

pub use keeper::{Keeper, Saved, Unavailable};
pub use long::Long;
pub use memory::MemoryStore;
pub(crate) use records::{ADMIN, SETUP, decode, encode, past_key, past_of, word_session};
pub use records::{AccountRecord, PasswordRecord, TokenRecord};
pub use sled::SledStore;
pub(crate) use steps::keep;
pub use version::{CURRENT, Migration, migrate};

/// The tables; the number is part of the stored format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Table {
    /// Version of the data, set-up token, whether an admin exists.
    Meta = 1,
    Accounts = 2,
    /// Sign-in tokens, by hash.
    Tokens = 3,
    Sessions = 4,
    /// Hand-overs, by session and serial.
    HandOvers = 5,
    Queues = 6,
    /// Customers in queues, by the hash of their ticket.
    Waiting = 7,
    /// What was given for claims, by the hash of the ticket.
    Claims = 8,
    /// Sessions that are over, by when they were opened and number.
    Past = 9,
    /// Which of them an account was in, newest first; see `past_of`.
    PastOf = 10,
    /// As the sessions, long.
    Notes = 11,
    /// By account, long; the site's have an empty key.
    Phrases = 12,
    /// What was said to all, as the notes.
    Chat = 13,
}

/// One step of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The batch is dropped unless the value is this one now (`None`: there is none).
    Expect(Table, Vec<u8>, Option<Vec<u8>>),
    Put(Table, Vec<u8>, Vec<u8>),
    Delete(Table, Vec<u8>),
}

/// Keys and values, in the order of keys.
pub type Rows = Vec<(Vec<u8>, Vec<u8>)>;

/// Steps that take effect together or not at all.
pub type Batch = Vec<Step>;

/// What became of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// An [`Step::Expect`] did not hold; nothing of this batch was written.
    Conflict,
}

/// The store does not work. After one, nothing more is answered from it: the program ends and is restarted.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the store failed: {0}")]
    Engine(String),
    #[error("the store failed: {0}")]
    Io(#[from] std::io::Error),
    #[error("the store holds a record that cannot be read, in {0:?}")]
    Damaged(Table),
    #[error("the store holds something else than this program put there: does another one write to it?")]
    Conflict,
    #[error("the data are of version {0}, this program knows up to {CURRENT}: take a newer one")]
    TooNew(u32),
}

/// An engine. The same contract test runs on each.
pub trait Store: Send + Sync + 'static {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// All of one table, ordered by key.
    fn scan(&self, table: Table) -> Result<Rows, StoreError>;

    /// The first rows of one table whose key begins so, ordered by key; the keys are whole.
    fn first(&self, table: Table, prefix: &[u8], most: usize) -> Result<Rows, StoreError>;

    /// Runs the batches one after another, each on what the earlier ones left. When it returns, they are on
    /// the disk.
    fn commit(&self, batches: &[Batch]) -> Result<Vec<Outcome>, StoreError>;
}
