//! What everyone saw, and the checker over it.

use std::collections::{HashMap, HashSet};

use deskside_protocol::SessionNumber;

/// An agent was given a customer.
#[derive(Clone, Debug)]
pub struct Given {
    pub agent: usize,
    pub claim: String,
    pub number: SessionNumber,
    pub ticket: String,
}

/// Customers are named by their tickets.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Who was told to be in the queue.
    pub entered: Vec<String>,
    /// Tries to enter whose answer was lost: at most so many more are in the queue.
    pub unanswered: usize,
    pub given: Vec<Given>,
    /// What customers heard by themselves while it went on.
    pub heard: Vec<(String, SessionNumber)>,
    /// Where they are in the end.
    pub found: Vec<(String, SessionNumber)>,
}

/// Says what is wrong, if anything is.
pub fn check(history: &History) -> Result<(), String> {
    let mut given = HashSet::new();
    let (mut claims, mut tickets) = (HashSet::new(), HashSet::new());
    for one in &history.given {
        if !given.insert(one.number) {
            return Err(format!(
                "session {} was given to two claims, one of agent {}",
                one.number, one.agent
            ));
        }
        if !claims.insert(&one.claim) || !tickets.insert(&one.ticket) {
            return Err(format!("a claim of agent {} was answered as two", one.agent));
        }
    }
    let found: HashMap<&str, SessionNumber> = history.found.iter().map(|(t, n)| (t.as_str(), *n)).collect();
    let mut taken = HashSet::new();
    for customer in &history.entered {
        let Some(number) = found.get(customer.as_str()) else {
            return Err("a customer is lost: told to wait, and in no session".into());
        };
        if !given.contains(number) {
            return Err(format!("a customer is lost: in session {number}, which no agent was given"));
        }
        if !taken.insert(number) {
            return Err(format!("two customers are in session {number}"));
        }
    }
    for (customer, number) in &history.heard {
        if found.get(customer.as_str()) != Some(number) {
            return Err(format!("a customer was given twice: in session {number}, and in another one"));
        }
    }
    let strangers = given.len() - taken.len();
    if strangers > history.unanswered {
        return Err(format!("{strangers} sessions without a customer, {} can be", history.unanswered));
    }
    Ok(())
}

/// Two customers, each with an agent.
fn right() -> History {
    let number = |n: u32| SessionNumber::new(100_000_000 + n).unwrap();
    let given = |n: u32| Given {
        agent: 0,
        claim: format!("claim {n}"),
        number: number(n),
        ticket: format!("ticket of agent {n}"),
    };
    History {
        entered: vec!["zoe".into(), "max".into()],
        unanswered: 0,
        given: vec![given(1), given(2)],
        heard: vec![("zoe".into(), number(1))],
        found: vec![("zoe".into(), number(1)), ("max".into(), number(2))],
    }
}

#[test]
fn the_checker_sees_each_fault() {
    check(&right()).unwrap();
    type Fault = fn(&mut History);
    let faults: [(&str, Fault); 8] = [
        ("lost", |h| _ = h.found.pop()),
        ("no agent was given", |h| _ = h.given.pop()),
        ("two customers", |h| h.found[1].1 = h.found[0].1),
        ("given to two claims", |h| h.given[1].number = h.given[0].number),
        ("answered as two", |h| h.given[1].claim = h.given[0].claim.clone()),
        ("answered as two", |h| h.given[1].ticket = h.given[0].ticket.clone()),
        ("given twice", |h| h.heard[0].1 = h.found[1].1),
        ("without a customer", |h| _ = h.entered.pop()),
    ];
    for (part, fault) in faults {
        let mut history = right();
        fault(&mut history);
        let wrong = check(&history).unwrap_err();
        assert!(wrong.contains(part), "{part}: {wrong}");
    }
    let mut one_more = right();
    one_more.entered.pop();
    one_more.unanswered = 1;
    check(&one_more).unwrap();
}
