//! The customer's side of asking: one prompt at a time, a short queue, silence is no.

use std::{collections::VecDeque, time::Duration};

use crate::{
    ParticipantId,
    command::{Act, RequestId},
    identity::PublicKey,
    time::Now,
    wire::Outcome,
};

/// After this long without an answer, the answer is no.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// Remote input is dropped while a prompt is open and this long after.
pub const HOLD_INPUT: Duration = Duration::from_millis(500);
/// Nobody is asked for the same thing again this soon after a refusal.
pub const PAUSE_AFTER_REFUSAL: Duration = Duration::from_secs(3);
/// The person's hand still moves this long after a prompt was answered: that takes nothing back.
pub const HAND_REST: Duration = Duration::from_millis(1500);
/// Who used the own mouse or keyboard this recently is asked before control is given, whatever was
/// allowed in general.
pub const OWN_QUIET: Duration = Duration::from_secs(3);
/// Most requests that wait behind the open prompt.
pub const MAX_WAITING: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    pub from: ParticipantId,
    pub person: PublicKey,
    /// As the asking side counts.
    pub request: RequestId,
    pub act: Act,
}

pub(crate) struct Open {
    pub ask: Ask,
    /// As this side counts its prompts: a late answer never fits another prompt.
    pub prompt: RequestId,
    pub deadline: Now,
}

#[derive(Default)]
pub(crate) struct Consent {
    pub open: Option<Open>,
    waiting: VecDeque<Ask>,
    prompts: u32,
    closed: Option<Now>,
    own_input: Option<Now>,
    refused: Vec<(PublicKey, Act, Now)>,
}

/// All that decides what becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    /// The primary agent asks whom it helps.
    pub primary: bool,
    pub granted: bool,
    pub allow_all: bool,
    pub control: bool,
    pub own_quiet: bool,
    pub pending: Pending,
    pub refused_lately: bool,
    pub prompt_open: bool,
    pub waiting: usize,
}

/// Whether the same is being asked already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pending {
    No,
    /// The very same request, sent again.
    SameRequest,
    SameAct,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Answer(Outcome),
    /// Grant it without a question.
    Grant,
    Show,
    Wait,
    Ignore,
}

/// What becomes of a request.
pub(crate) fn judge(c: Case) -> Verdict {
    match c {
        Case { primary: false, .. } => Verdict::Answer(Outcome::NotPermitted),
        Case { pending: Pending::SameRequest, .. } => Verdict::Ignore,
        Case { granted: true, .. } => Verdict::Answer(Outcome::Allowed),
        Case { pending: Pending::SameAct, .. } => Verdict::Answer(Outcome::TooMany),
        Case { allow_all: true, control: false, .. } => Verdict::Grant,
        Case { allow_all: true, own_quiet: true, .. } => Verdict::Grant,
        Case { refused_lately: true, .. } => Verdict::Answer(Outcome::TooMany),
        Case { prompt_open: false, .. } => Verdict::Show,
        Case { waiting, .. } if waiting < MAX_WAITING => Verdict::Wait,
        _ => Verdict::Answer(Outcome::TooMany),
    }
}

impl Consent {
    pub(crate) fn case(&self, now: Now, ask: &Ask) -> Case {
        let pending = if self.asks().any(|a| (a.from, a.request) == (ask.from, ask.request)) {
            Pending::SameRequest
        } else if self.asks().any(|a| (a.person, a.act) == (ask.person, ask.act)) {
            Pending::SameAct
        } else {
            Pending::No
        };
        Case {
            primary: true,
            granted: false,
            allow_all: false,
            control: ask.act == Act::Control,
            own_quiet: self.own_input.is_none_or(|t| now.since(t) >= OWN_QUIET),
            pending,
            refused_lately: self
                .refused
                .iter()
                .any(|(p, a, t)| (*p, *a) == (ask.person, ask.act) && now.since(*t) < PAUSE_AFTER_REFUSAL),
            prompt_open: self.open.is_some(),
            waiting: self.waiting.len(),
        }
    }

    /// All that wait for an answer.
    pub(crate) fn asks(&self) -> impl Iterator<Item = &Ask> {
        self.open.iter().map(|o| &o.ask).chain(&self.waiting)
    }

    pub(crate) fn show(&mut self, now: Now, ask: Ask) {
        self.prompts = self.prompts.wrapping_add(1);
        let prompt = RequestId(self.prompts);
        self.open = Some(Open { ask, prompt, deadline: now + ANSWER_WITHIN });
    }

    pub(crate) fn wait(&mut self, ask: Ask) {
        self.waiting.push_back(ask);
    }

    /// Closes the open prompt and shows the next one.
    pub(crate) fn close(&mut self, now: Now) -> Option<Ask> {
        let open = self.open.take()?;
        self.closed = Some(now);
        if let Some(next) = self.waiting.pop_front() {
            self.show(now, next);
        }
        Some(open.ask)
    }

    /// A request was withdrawn, or its sender left.
    pub(crate) fn withdraw(&mut self, now: Now, which: impl Fn(&Ask) -> bool) {
        self.waiting.retain(|a| !which(a));
        if self.open.as_ref().is_some_and(|o| which(&o.ask)) {
            self.close(now);
        }
    }

    /// Takes all requests that fit, closing the prompt if it is among them.
    pub(crate) fn drain(&mut self, now: Now, which: impl Fn(&Ask) -> bool) -> Vec<Ask> {
        let (mut taken, kept): (Vec<_>, Vec<_>) = self.waiting.drain(..).partition(|a| which(a));
        self.waiting = kept.into();
        if self.open.as_ref().is_some_and(|o| which(&o.ask)) {
            taken.extend(self.close(now));
        }
        taken
    }

    pub(crate) fn note_refusal(&mut self, now: Now, ask: &Ask) {
        self.refused.retain(|(_, _, t)| now.since(*t) < PAUSE_AFTER_REFUSAL);
        self.refused.push((ask.person, ask.act, now));
    }

    /// Whether remote input must be dropped now.
    pub(crate) fn holds_input(&self, now: Now) -> bool {
        self.open.is_some() || self.closed.is_some_and(|t| now.since(t) < HOLD_INPUT)
    }

    /// The person at this computer did something. Whether it counts as taking control back.
    pub(crate) fn own_input(&mut self, now: Now) -> bool {
        self.own_input = Some(now);
        self.open.is_none() && self.closed.is_none_or(|t| now.since(t) >= HAND_REST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_as_a_table() {
        let plain = Case {
            primary: true,
            granted: false,
            allow_all: false,
            control: false,
            own_quiet: true,
            pending: Pending::No,
            refused_lately: false,
            prompt_open: false,
            waiting: 0,
        };
        let answer = |o| Verdict::Answer(o);
        let table = [
            (plain, Verdict::Show),
            (Case { primary: false, allow_all: true, ..plain }, answer(Outcome::NotPermitted)),
            (Case { granted: true, refused_lately: true, ..plain }, answer(Outcome::Allowed)),
            (Case { pending: Pending::SameRequest, granted: true, ..plain }, Verdict::Ignore),
            (Case { pending: Pending::SameAct, prompt_open: true, ..plain }, answer(Outcome::TooMany)),
            (Case { allow_all: true, own_quiet: false, ..plain }, Verdict::Grant),
            (Case { allow_all: true, control: true, ..plain }, Verdict::Grant),
            (Case { allow_all: true, control: true, own_quiet: false, ..plain }, Verdict::Show),
            (Case { refused_lately: true, ..plain }, answer(Outcome::TooMany)),
            (Case { prompt_open: true, ..plain }, Verdict::Wait),
            (Case { prompt_open: true, waiting: 2, ..plain }, Verdict::Wait),
            (Case { prompt_open: true, waiting: 3, ..plain }, answer(Outcome::TooMany)),
        ];
        for (case, verdict) in table {
            assert_eq!(judge(case), verdict, "{case:?}");
        }
    }
}
