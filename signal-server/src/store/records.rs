//! Records of accounts and sign-ins, and their keys.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{StoreError, Table};
use crate::directory::{Millis, PastRecord};

/// An agent's or admin's account; its key is the name's comparable form.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccountRecord {
    /// As it is shown.
    pub name: String,
    pub admin: bool,
    pub password: PasswordRecord,
    pub made: Millis,
}

/// Argon2id with the costs it was made with.
#[derive(Clone, Serialize, Deserialize)]
pub struct PasswordRecord {
    pub memory_kib: u32,
    pub iterations: u32,
    pub salt: [u8; 16],
    pub hash: [u8; 32],
}

impl std::fmt::Debug for PasswordRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordRecord(…)")
    }
}

/// A sign-in; its key is the token's hash.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TokenRecord {
    /// Key of the account.
    pub account: String,
    pub ends: Millis,
}

/// Key in [`Table::Meta`] of the hash of the set-up token.
pub(crate) const SETUP: &[u8] = b"setup";
/// Key in [`Table::Meta`] that is there once an admin exists.
pub(crate) const ADMIN: &[u8] = b"admin";

pub(super) fn session_key(number: deskside_protocol::SessionNumber) -> Vec<u8> {
    number.get().to_be_bytes().to_vec()
}

pub(super) fn word_key(number: deskside_protocol::SessionNumber, serial: u32) -> Vec<u8> {
    [number.get().to_be_bytes(), serial.to_be_bytes()].concat()
}

/// The session of a key of [`Table::HandOvers`].
pub(crate) fn word_session(key: &[u8]) -> Result<deskside_protocol::SessionNumber, StoreError> {
    let number = key.first_chunk().map(|b| u32::from_be_bytes(*b)).unwrap_or_default();
    deskside_protocol::SessionNumber::new(number).map_err(|_| StoreError::Damaged(Table::HandOvers))
}

pub(super) fn past_session_key(record: &PastRecord) -> Vec<u8> {
    [&record.opened.to_be_bytes()[..], &record.number.get().to_be_bytes()].concat()
}

/// Beginning of an account's keys in [`Table::PastOf`]; names of accounts have different lengths.
pub(crate) fn past_of(account: &str) -> Vec<u8> {
    blake3::hash(account.as_bytes()).as_bytes().first_chunk::<16>().unwrap_or(&[0; 16]).to_vec()
}

/// Newest first: the time counts down.
pub(super) fn past_of_key(account: &str, record: &PastRecord) -> Vec<u8> {
    let newest_first = (u64::MAX - record.opened).to_be_bytes();
    [past_of(account), newest_first.to_vec(), record.number.get().to_be_bytes().to_vec()].concat()
}

/// When the session of such a key was opened, and its number, as in keys of [`Table::Past`].
pub(crate) fn past_key(row: &[u8]) -> Option<([u8; 8], [u8; 4])> {
    let newest_first = u64::from_be_bytes(row.get(16..24)?.try_into().ok()?);
    Some(((u64::MAX - newest_first).to_be_bytes(), row.get(24..28)?.try_into().ok()?))
}

pub(crate) fn encode<T: Serialize>(record: &T) -> Vec<u8> {
    // Records hold nothing that JSON has no form for.
    serde_json::to_vec(record).unwrap_or_default()
}

pub(crate) fn decode<T: DeserializeOwned>(table: Table, bytes: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(bytes).map_err(|_| StoreError::Damaged(table))
}
