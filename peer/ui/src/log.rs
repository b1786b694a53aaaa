//! A log of acts in words: what a check of it found, a line for a list, and a page to keep.

mod facts;
mod receipt;

use deskside_session::acts::{Fault, Log, Tail, Wrong};

pub use receipt::receipt;

use crate::texts::Texts;
use facts::Facts;

/// One line about a log: when, which session, who.
pub fn list_line(t: &Texts, log: &Log) -> String {
    let facts = Facts::of(log);
    let number = log.session().to_string();
    let helpers = facts.helpers.iter().map(|h| t.name(&h.name)).collect::<Vec<_>>().join(", ");
    let line = [
        ("when", facts::date(t, facts.began)),
        ("number", number),
        ("name", facts.customer.clone()),
        ("helpers", helpers),
        ("state", state(t, log)),
    ];
    let args: Vec<_> = line.iter().map(|(name, text)| (*name, text.into())).collect();
    t.ta("log-list", &args)
}

fn state(t: &Texts, log: &Log) -> String {
    if log.is_closed() { t.t("log-closed") } else { t.t("log-open") }
}

/// What there is to say of a log whose every line is right.
pub fn summary(t: &Texts, log: &Log) -> Vec<String> {
    let facts = Facts::of(log);
    let number = log.session().to_string();
    let mut lines = vec![
        t.ta("log-right", &[("count", log.len().into()), ("number", (&number).into())]),
        match facts.signed {
            all if all == log.len() => t.t("log-signed-all"),
            some => t.ta("log-signed", &[("count", some.into()), ("all", log.len().into())]),
        },
    ];
    if facts.disputed > 0 {
        lines.push(t.ta("log-disputed", &[("count", facts.disputed.into())]));
    }
    lines.push(if log.is_closed() { t.t("log-whole") } else { t.t("log-no-end") });
    let fingerprint = log.fingerprint();
    lines.push(t.ta("log-fingerprint", &[("fingerprint", (&fingerprint).into())]));
    lines
}

/// Where a log is wrong, and why.
pub fn wrong(t: &Texts, wrong: Wrong) -> String {
    let line = u32::try_from(wrong.line).unwrap_or(u32::MAX);
    let why = match wrong.fault {
        Fault::Malformed => t.t("log-malformed"),
        Fault::TooLong => t.t("log-too-long"),
        Fault::Torn => t.t("log-torn"),
        Fault::Beginning => t.t("log-beginning"),
        Fault::Order { expected, found } => {
            t.ta("log-order", &[("expected", expected.into()), ("found", found.into())])
        }
        Fault::Previous => t.t("log-previous"),
        Fault::Signature => t.t("log-signature"),
        Fault::Answer => t.t("log-answer"),
        Fault::Close => t.t("log-close"),
    };
    t.ta("log-wrong", &[("line", line.into()), ("why", (&why).into())])
}

/// How a log stands beside the other side's copy.
pub fn tail(t: &Texts, tail: Tail) -> String {
    match tail {
        Tail::Other => t.t("log-other"),
        Tail::Differs { serial } => t.ta("log-differs", &[("serial", serial.into())]),
        Tail::Cut { missing } => t.ta("log-cut", &[("count", missing.into())]),
        Tail::EndedBefore { missing } => t.ta("log-ended-before", &[("count", missing.into())]),
        Tail::Whole { more: 0 } => t.t("log-same"),
        Tail::Whole { more } => t.ta("log-more", &[("count", more.into())]),
    }
}

/// In place of an empty list.
pub fn none(t: &Texts) -> String {
    t.t("log-none")
}

pub fn unreadable(t: &Texts, file: &str, detail: &str) -> String {
    t.ta("log-unreadable", &[("file", file.into()), ("detail", detail.into())])
}

pub fn unwritable(t: &Texts, file: &str, detail: &str) -> String {
    t.ta("log-unwritable", &[("file", file.into()), ("detail", detail.into())])
}

pub fn saved(t: &Texts, file: &str) -> String {
    t.ta("log-receipt-saved", &[("file", file.into())])
}
