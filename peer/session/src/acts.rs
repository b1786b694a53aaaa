//! The log of acts: every consent, refusal and act of a session, as a chain of signed entries that both sides
//! hold. Described in `docs/log-of-acts.md`.

mod entry;
mod file;
mod log;
mod standing;

pub use entry::{Cause, Entry, How, Proof, What};
pub use file::{Fault, Tail, Wrong, whole_lines};
pub use log::{Answer, Log, Record};
pub use standing::Standing;

pub use crate::roles::Person;

/// Most entries of a log.
pub const MAX_ENTRIES: u32 = 10_000;
/// Those of them that are kept for endings.
pub(crate) const RESERVED: u32 = 1_000;
/// Longest entry, in bytes.
pub const MAX_ENTRY: usize = 2048;
/// Most bytes of all entries together.
pub const MAX_LOG: usize = 8 * 1024 * 1024;
/// Most entries under way to one agent.
pub(crate) const WINDOW: u32 = 32;
/// Most logs that an agent keeps in one session: one for each customer.
pub(crate) const MAX_LOGS: usize = 32;
