//! What a log says, gathered.

use std::collections::BTreeMap;

use deskside_session::{
    Role,
    acts::{How, Log, Person, Proof, Standing, What},
    app::Ending,
    command::Act,
};

use crate::texts::Texts;

/// An agent who was there.
pub(super) struct Helper {
    pub name: String,
    pub verified: Proof,
    /// Milliseconds since 1970.
    pub from: u64,
    /// Was primary at some time.
    pub led: bool,
}

/// From when to when, in milliseconds since 1970.
pub(super) type Period = (u64, u64);

pub(super) struct Facts {
    pub customer: String,
    pub organisation: String,
    pub began: u64,
    pub last: u64,
    pub helpers: Vec<Helper>,
    /// How often, in the order of [`Act`].
    pub allowed: BTreeMap<Act, u32>,
    pub refused: BTreeMap<Act, u32>,
    /// Everything was allowed at some time.
    pub all: bool,
    pub seen: Vec<Period>,
    /// Names of other customers whom the customer let see it.
    pub shown: Vec<String>,
    pub controlled: Vec<Period>,
    /// When files began to go, whether from this computer, how many, and their bytes.
    pub files: Vec<(u64, bool, u32, u64)>,
    /// The customer's program was started again.
    pub resumed: bool,
    pub full: bool,
    pub ending: Option<Ending>,
    /// Entries that both sides signed.
    pub signed: u32,
    /// Entries of which the agent's side says that they are not so.
    pub disputed: u32,
}

impl Facts {
    pub fn of(log: &Log) -> Self {
        let at = |r: Option<&deskside_session::acts::Record>| r.map_or(0, |r| r.entry.at);
        let mut facts = Self {
            customer: String::new(),
            organisation: String::new(),
            began: at(log.records().first()),
            last: last(log),
            helpers: Vec::new(),
            files: Vec::new(),
            allowed: BTreeMap::new(),
            refused: BTreeMap::new(),
            all: false,
            seen: periods(log, |s| !s.viewers.is_empty() && !s.paused),
            shown: Vec::new(),
            controlled: periods(log, |s| s.controller.is_some()),
            resumed: false,
            full: log.standing().full,
            ending: None,
            signed: 0,
            disputed: 0,
        };
        let mut who = BTreeMap::<Person, usize>::new();
        let mut customers = BTreeMap::<Person, String>::new();
        for r in log.records() {
            facts.take(r.entry.who, &r.entry.what, r.entry.at, &mut who);
            facts.shown_to(r.entry.who, &r.entry.what, &mut customers);
            let signer = log.signer(r.entry.serial).map(|s| s.key);
            if let Some(answer) = r.answer.as_ref().filter(|a| Some(a.key) == signer) {
                let count = if answer.signature.is_some() { &mut facts.signed } else { &mut facts.disputed };
                *count += 1;
            }
        }
        facts
    }

    fn shown_to(&mut self, person: Person, what: &What, customers: &mut BTreeMap<Person, String>) {
        match what {
            What::Joined { name, role: Role::Customer, .. } => {
                customers.insert(person, name.clone());
            }
            What::Shown => {
                let name = customers.get(&person).filter(|name| !self.shown.contains(name));
                self.shown.extend(name.cloned());
            }
            _ => {}
        }
    }

    fn take(&mut self, person: Person, what: &What, at: u64, who: &mut BTreeMap<Person, usize>) {
        match what {
            What::Began { organisation, name, .. } => {
                self.organisation.clone_from(organisation);
                self.customer.clone_from(name);
            }
            What::Joined { name, role, verified } if *role != Role::Customer => {
                // Who comes back after the customer's program was started again is there already.
                who.entry(person).or_insert_with(|| {
                    let helper = Helper { name: name.clone(), verified: *verified, from: at, led: false };
                    self.helpers.push(helper);
                    self.helpers.len() - 1
                });
            }
            What::Primary { .. } => {
                if let Some(h) = who.get(&person).and_then(|i| self.helpers.get_mut(*i)) {
                    h.led = true;
                }
            }
            What::Allowed { act, how: How::Answered | How::General } => {
                *self.allowed.entry(*act).or_default() += 1;
            }
            What::Refused { act } | What::NoAnswer { act } => *self.refused.entry(*act).or_default() += 1,
            What::AllAllowed { .. } => self.all = true,
            What::Files { sent, files, bytes } => self.files.push((at, *sent, *files, *bytes)),
            What::Resumed => self.resumed = true,
            What::Over { ending } => self.ending = Some(*ending),
            _ => {}
        }
    }
}

/// When something stood; what stands at the last entry stood until the end.
fn periods(log: &Log, stands: impl Fn(&Standing) -> bool) -> Vec<Period> {
    let mut all = Vec::new();
    let mut standing = Standing::default();
    let mut since = None;
    for r in log.records() {
        standing.apply(r.entry.who, &r.entry.what);
        match (since, stands(&standing)) {
            (None, true) => since = Some(r.entry.at),
            (Some(from), false) => {
                all.push((from, r.entry.at));
                since = None;
            }
            _ => {}
        }
    }
    all.extend(since.map(|from| (from, last(log))));
    all
}

/// When it ends: with the last entry, or when an agent closed its copy.
fn last(log: &Log) -> u64 {
    let entry = log.records().last().map_or(0, |r| r.entry.at);
    log.closed_at().map_or(entry, |closed| closed.max(entry))
}

/// Day and time in Coordinated Universal Time.
pub(super) fn date(t: &Texts, unix_ms: u64) -> String {
    let seconds = unix_ms / 1000;
    let (year, month, day) = civil(seconds / 86_400);
    let (hour, minute) = (seconds / 3600 % 24, seconds / 60 % 60);
    let two = |n: u64| format!("{n:02}");
    let parts = [
        ("year", year.to_string()),
        ("month", two(month)),
        ("day", two(day)),
        ("hour", two(hour)),
        ("minute", two(minute)),
    ];
    let args: Vec<_> = parts.iter().map(|(name, text)| (*name, text.into())).collect();
    t.ta("log-date", &args)
}

/// Year, month and day of so many days after 1970-01-01, by counting years that begin in March.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + u64::from(month <= 2), month, day)
}

/// Hours, minutes and seconds together.
pub(super) fn duration(t: &Texts, periods: &[Period]) -> String {
    let ms: u64 = periods.iter().map(|(from, to)| to.saturating_sub(*from)).fold(0, u64::saturating_add);
    let seconds = u32::try_from(ms.div_ceil(1000)).unwrap_or(u32::MAX);
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    t.ta("log-duration", &[("minutes", minutes.into()), ("seconds", seconds.into())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Language;

    #[test]
    fn days_as_people_write_them() {
        let days = |n: u64| civil(n);
        assert_eq!(days(0), (1970, 1, 1));
        assert_eq!(days(11_016), (2000, 2, 29));
        assert_eq!(days(11_017), (2000, 3, 1));
        assert_eq!(days(20_782), (2026, 11, 25));
        assert_eq!(days(47_540), (2100, 2, 28));
        assert_eq!(days(47_541), (2100, 3, 1), "no leap year");
        let t = Texts::new(Language::English).unwrap();
        assert_eq!(date(&t, 20_782 * 86_400_000 + 9 * 3_600_000 + 5 * 60_000), "2026-11-25, 09:05 UTC");
    }

    #[test]
    fn times_are_added_up_and_rounded_up() {
        let t = Texts::new(Language::English).unwrap();
        assert_eq!(duration(&t, &[(0, 500), (1_000, 61_400)]), "1 min 1 s");
        assert_eq!(duration(&t, &[(5, 2)]), "0 min 0 s", "a clock that was set back");
    }
}
