//! What the directory wants kept, as steps of a batch.

use deskside_protocol::SessionNumber;

use super::{
    Batch, Step, Table,
    records::{encode, past_of_key, past_session_key, session_key, word_key},
};
use crate::directory::{ClaimRecord, Output, SessionRecord, WaiterRecord};

/// Adds what an output wants kept; gives back one that wants something else.
pub(crate) fn keep(output: Output, batch: &mut Batch) -> Option<Output> {
    match output {
        Output::Save(record) => batch.push(put_session(&record)),
        Output::SaveWord(number, word) => {
            batch.push(Step::Put(Table::HandOvers, word_key(number, word.serial), encode(&word)));
        }
        Output::Forget(number, words) => forget_session(number, words, batch),
        Output::Past(record) => {
            let key = past_session_key(&record);
            batch.push(Step::Put(Table::Past, key, encode(&record)));
            let of = record.history.accounts.iter().map(|a| past_of_key(a, &record));
            batch.extend(of.map(|key| Step::Put(Table::PastOf, key, Vec::new())));
        }
        Output::SaveQueue(record) => {
            batch.push(Step::Put(Table::Queues, record.name.as_str().into(), encode(&record)));
        }
        Output::ForgetQueue(name) => batch.push(Step::Delete(Table::Queues, name.as_str().into())),
        Output::SaveWaiter(record) => {
            batch.push(Step::Put(Table::Waiting, record.ticket.to_vec(), encode(&record)));
        }
        Output::ForgetWaiter(ticket) => batch.push(Step::Delete(Table::Waiting, ticket.to_vec())),
        Output::Take { waiter, session, claim } => take(&waiter, &session, &claim, batch),
        Output::TakeTransfer { before, after, claim } => {
            let key = session_key(before.number);
            batch.push(Step::Expect(Table::Sessions, key, Some(encode(&before))));
            batch.push(Step::Expect(Table::Claims, claim.ticket.to_vec(), None));
            batch.push(put_session(&after));
            batch.push(Step::Put(Table::Claims, claim.ticket.to_vec(), encode(&claim)));
        }
        Output::Confirm(claim) => {
            batch.push(Step::Expect(Table::Claims, claim.ticket.to_vec(), Some(encode(&claim))));
        }
        Output::ForgetClaim(ticket) => batch.push(Step::Delete(Table::Claims, ticket.to_vec())),
        other @ (Output::Send(..) | Output::Close(..) | Output::Welcome(..) | Output::Waits(..)) => {
            return Some(other);
        }
    }
    None
}

fn put_session(record: &SessionRecord) -> Step {
    Step::Put(Table::Sessions, session_key(record.number), encode(record))
}

fn forget_session(number: SessionNumber, words: usize, batch: &mut Batch) {
    batch.push(Step::Delete(Table::Sessions, session_key(number)));
    let serials = 1..=u32::try_from(words).unwrap_or(u32::MAX);
    batch.extend(serials.map(|serial| Step::Delete(Table::HandOvers, word_key(number, serial))));
}

/// From queue to session: the waiter must be there as the directory knows it, session and claim must be new.
fn take(waiter: &WaiterRecord, session: &SessionRecord, claim: &ClaimRecord, batch: &mut Batch) {
    let (place, claimed) = (waiter.ticket.to_vec(), claim.ticket.to_vec());
    batch.push(Step::Expect(Table::Waiting, place.clone(), Some(encode(waiter))));
    batch.push(Step::Expect(Table::Sessions, session_key(session.number), None));
    batch.push(Step::Expect(Table::Claims, claimed.clone(), None));
    batch.push(Step::Delete(Table::Waiting, place));
    batch.push(put_session(session));
    batch.push(Step::Put(Table::Claims, claimed, encode(claim)));
}
