use std::sync::LazyLock;

use super::*;
use crate::wire::MAX_MESSAGE;

const OFFERER: usize = 0;
const ANSWERER: usize = 1;

fn secret(n: u8) -> Option<LinkSecret> {
    Some(LinkSecret::new([n; 16]))
}

/// Made once: deriving a key is the dear part of ten thousand handshakes.
fn identity(side: usize) -> &'static Identity {
    static ALL: LazyLock<[Identity; 2]> = LazyLock::new(|| [1, 2].map(|n| Identity::from_seed([n; 32])));
    &ALL[side]
}

/// Agent (offerer) and customer (answerer) of one connection.
fn facts(agent: Option<LinkSecret>, customer: Option<LinkSecret>) -> [Facts; 2] {
    let session = SessionNumber::new(123_456_789).unwrap();
    let party =
        |side: usize, role| Party { id: ParticipantId(side as u32 + 1), role, key: identity(side).public() };
    let (a, c) = (party(OFFERER, Role::Primary), party(ANSWERER, Role::Customer));
    let binding = |local, remote, offerer| Binding { local: [local; 32], remote: [remote; 32], offerer };
    [
        Facts {
            session,
            me: a,
            words: 0,
            peer: c,
            binding: binding(5, 6, true),
            secret: agent,
            secret_required: false,
            seen: None,
        },
        Facts {
            session,
            me: c,
            words: 2,
            peer: a,
            binding: binding(6, 5, false),
            secret_required: customer.is_some(),
            secret: customer,
            seen: None,
        },
    ]
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Outcome {
    done: [Option<Verified>; 2],
    refused: [Option<Refusal>; 2],
    pins: [Option<(Pin, bool)>; 2],
}

/// A handshake under way: both sides, and message `number` on its way to `to`.
#[derive(Clone)]
struct Flight {
    sides: [Handshake; 2],
    outcome: Outcome,
    number: usize,
    message: Option<(usize, Vec<u8>)>,
}

impl Flight {
    fn new(facts: [Facts; 2], nonces: [u8; 2]) -> Self {
        let [o, a] = facts;
        let (offerer, hello) = Handshake::new(o, [nonces[0]; 32]);
        let (answerer, nothing) = Handshake::new(a, [nonces[1]; 32]);
        assert_eq!(nothing, None);
        let message = hello.map(|m| (ANSWERER, m.encode()));
        Self { sides: [offerer, answerer], outcome: Outcome::default(), number: 1, message }
    }

    /// Delivers the message.
    fn step(&mut self) {
        let Some((to, bytes)) = self.message.take() else { return };
        self.number += 1;
        let answer = match self.sides[to].handle(identity(to), &bytes) {
            Step::Send(m) => Some(m.encode()),
            Step::Done { verified, last, pin, same, .. } => {
                self.outcome.done[to] = Some(verified);
                self.outcome.pins[to] = Some((pin, same));
                last.map(|m| m.encode())
            }
            Step::Refuse { reason, tell } => {
                self.outcome.refused[to] = Some(reason);
                tell.then(|| refused(reason))
            }
        };
        // A side that is done takes a refusal elsewhere, see `session::messages`.
        self.message = answer.map(|b| (1 - to, b)).filter(|(to, _)| self.outcome.done[*to].is_none());
    }

    fn finish(mut self) -> Outcome {
        while self.message.is_some() {
            self.step();
        }
        self.outcome
    }
}

/// Runs a handshake; `touch` gets each message with its number (1 to 4) on its way.
fn run(facts: [Facts; 2], nonces: [u8; 2], mut touch: impl FnMut(usize, Vec<u8>) -> Vec<u8>) -> Outcome {
    let mut f = Flight::new(facts, nonces);
    while let Some((_, bytes)) = &mut f.message {
        *bytes = touch(f.number, std::mem::take(bytes));
        f.step();
    }
    f.outcome
}

fn plain(facts: [Facts; 2]) -> Outcome {
    run(facts, [1, 2], |_, b| b)
}

/// The messages of an undisturbed handshake.
fn messages(facts: [Facts; 2], nonces: [u8; 2]) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    run(facts, nonces, |_, b| {
        all.push(b.clone());
        b
    });
    assert_eq!(all.len(), 4);
    all
}

#[test]
fn by_link_both_prove_the_secret() {
    let got = plain(facts(secret(9), secret(9)));
    assert_eq!(got.done, [Some(Verified::Link), Some(Verified::Link)]);
}

#[test]
fn by_number_both_see_the_same_code() {
    let got = plain(facts(secret(9), None));
    let Some(Verified::Code { code }) = got.done[0].clone() else { panic!("{got:?}") };
    assert_eq!(got.done[0], got.done[1]);
    assert!(code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()));
    let other = run(facts(secret(9), None), [1, 3], |_, b| b);
    assert_ne!(other.done[0], got.done[0], "the code follows from both nonces");
}

#[test]
fn an_earlier_code_goes_on_to_count_only_if_both_show_it() {
    let first = plain(facts(secret(9), None));
    let Some((pin, false)) = first.pins[0] else { panic!("{first:?}") };
    assert_eq!(first.pins[0], first.pins[1]);
    for (mine, theirs, same) in
        [(Some(pin), Some(pin), true), (Some(pin), None, false), (Some(pin), Some([0; 32]), false)]
    {
        let mut f = facts(secret(9), None);
        (f[0].seen, f[1].seen) = (mine, theirs);
        let got = run(f, [3, 4], |_, b| b);
        assert_eq!(got.pins.map(|p| p.map(|p| p.1)), [Some(same); 2]);
        assert_eq!(got.done[0], got.done[1]);
    }
}

#[test]
fn a_wrong_or_missing_secret_is_refused() {
    let wrong = plain(facts(secret(9), secret(8)));
    assert_eq!(wrong.done, [None, None]);
    assert_eq!(wrong.refused, [Some(Refusal::Secret); 2]);
    let missing = plain(facts(None, secret(9)));
    assert_eq!(missing.done, [None, None]);
    assert_eq!(missing.refused, [Some(Refusal::Secret); 2]);
}

#[test]
fn other_fingerprints_other_key_other_session() {
    let mut f = facts(secret(9), None);
    f[1].binding.remote = [66; 32];
    assert_eq!(plain(f).refused[1], Some(Refusal::Signature));
    let mut f = facts(secret(9), None);
    f[1].peer.key = Identity::from_seed([66; 32]).public();
    assert_eq!(plain(f).refused[1], Some(Refusal::Key));
    let mut f = facts(secret(9), None);
    f[1].session = SessionNumber::new(987_654_321).unwrap();
    assert_eq!(plain(f).refused[1], Some(Refusal::Garbage));
    let mut f = facts(secret(9), None);
    f[1].peer.role = Role::Customer;
    assert_eq!(plain(f).refused[1], Some(Refusal::Garbage), "an agent where a customer was announced");
}

#[test]
fn who_has_not_heard_of_a_hand_over_still_gets_through() {
    let mut f = facts(secret(9), None);
    f[1].peer.role = Role::Assistant;
    let mut flight = Flight::new(f, [1, 2]);
    let mut claims = Vec::new();
    while let Some((to, bytes)) = flight.message.clone() {
        let mut copy = flight.sides[to].clone();
        if let Step::Done { claim, .. } = copy.handle(identity(to), &bytes) {
            claims.push((to, claim.role, claim.words));
        }
        flight.step();
    }
    assert_eq!(claims, [(ANSWERER, Role::Primary, 0), (OFFERER, Role::Customer, 2)]);
    assert!(flight.outcome.done.iter().all(Option::is_some));
}

#[test]
fn another_version_is_told_to_both() {
    let got = run(facts(secret(9), None), [1, 2], |n, b| match n {
        1 => br#"{"type":"hello","version":7,"all":"else"}"#.to_vec(),
        _ => b,
    });
    assert_eq!(got.refused, [Some(Refusal::Version { theirs: 1 }), Some(Refusal::Version { theirs: 7 })]);
    let got = run(facts(secret(9), None), [1, 2], |n, b| match n {
        2 => br#"{"type":"welcome","version":2}"#.to_vec(),
        _ => b,
    });
    assert_eq!(got.refused, [Some(Refusal::Version { theirs: 2 }), Some(Refusal::Version { theirs: 1 })]);
}

#[test]
fn replays_reflections_and_a_changed_nonce() {
    let old = messages(facts(secret(9), secret(9)), [3, 4]);
    for replayed in 1..=4 {
        let got =
            run(
                facts(secret(9), secret(9)),
                [1, 2],
                |n, b| {
                    if n == replayed { old[n - 1].clone() } else { b }
                },
            );
        assert!(got.done[OFFERER].is_none(), "message {replayed}: {got:?}");
        assert!(got.refused != [None, None]);
    }
    let mut last = Vec::new();
    for reflected in 2..=4 {
        let got = run(facts(secret(9), secret(9)), [1, 2], |n, b| {
            let back = std::mem::replace(&mut last, b.clone());
            if n == reflected { back } else { b }
        });
        let to = if reflected % 2 == 0 { OFFERER } else { ANSWERER };
        assert_eq!((&got.done[to], got.refused[to]), (&None, Some(Refusal::Garbage)), "{reflected}");
    }
}

#[test]
fn garbage_and_oversize() {
    let huge = vec![b' '; MAX_MESSAGE + 1];
    let deep = "[".repeat(MAX_MESSAGE);
    for bad in [&b""[..], b"{", b"null", b"\xff\xfe", &huge, deep.as_bytes(), br#"{"type":"chat"}"#] {
        for n in 1..=4 {
            let got = run(facts(None, None), [1, 2], |i, b| if i == n { bad.to_vec() } else { b });
            let to = if n % 2 == 0 { OFFERER } else { ANSWERER };
            assert_eq!((&got.done[to], got.refused[to]), (&None, Some(Refusal::Garbage)));
        }
    }
}

#[test]
fn somebody_in_the_middle_with_own_keys_shows_two_codes() {
    // The server announces the middle's key to both: both sides finish, with different codes.
    let middle = Identity::from_seed([50; 32]).public();
    let codes: Vec<_> = (0..20)
        .map(|n| {
            let mut to_agent = facts(secret(9), None);
            to_agent[0].peer.key = middle;
            to_agent[1].me.key = middle;
            let mut to_customer = facts(secret(9), None);
            to_customer[0].me.key = middle;
            to_customer[1].peer.key = middle;
            let code = |f: [Facts; 2], a, b| {
                let proofs = Handshake::new(f[0].clone(), [a; 32]).0;
                let proofs =
                    proofs.proofs([b; 32], Theirs { claim: claim(Role::Primary, 0, false), seen: None });
                proofs.code()
            };
            (code(to_agent, n, 100), code(to_customer, 100, n))
        })
        .collect();
    assert!(codes.iter().filter(|(a, b)| a == b).count() <= 1, "{codes:?}");
}

/// A small generator; the same run each time.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % n as u64) as usize
    }
}

fn mutate(random: &mut Random, bytes: &[u8]) -> Vec<u8> {
    let mut b = bytes.to_vec();
    for _ in 0..=random.below(3) {
        let i = random.below(b.len());
        match random.below(5) {
            0 => b[i] ^= 1 << random.below(8),
            1 => b[i] = random.below(256) as u8,
            2 => drop(b.remove(i)),
            3 => b.insert(i, b"0aA_-\",:{}"[random.below(10)]),
            // Another letter of the alphabet that keys, nonces and signatures are written in.
            _ => b[i] = b"ABCDEFabcdef0123456789-_"[random.below(24)],
        }
    }
    b
}

/// 10,000 handshakes with a changed message or a changed binding: whoever got the change is never
/// proven, and the offerer, who is last, never is.
#[test]
fn no_mutated_handshake_is_ever_proven() {
    let mut random = Random(7);
    // Each of the four messages, by link and by number, just before it arrives.
    let mut flights = Vec::new();
    for customer in [secret(9), None] {
        let mut f = Flight::new(facts(secret(9), customer), [1, 2]);
        for _ in 0..4 {
            flights.push(f.clone());
            f.step();
        }
        assert!(f.outcome.done.iter().all(Option::is_some));
    }
    let mut tried = 0;
    while tried < 8_000 {
        let mut f = flights[tried % flights.len()].clone();
        let (n, (to, bytes)) = (f.number, f.message.clone().unwrap());
        let changed = mutate(&mut random, &bytes);
        if Wire::decode(&changed) == Wire::decode(&bytes) {
            continue;
        }
        tried += 1;
        f.message = Some((to, changed));
        let got = f.finish();
        assert_eq!(got.done[OFFERER], None, "message {n}");
        assert_eq!(got.done[to], None, "message {n}");
        assert!(got.refused[to].is_some() || got.refused[1 - to].is_some());
    }
    let same = facts(secret(9), secret(9));
    for _ in 0..2_000 {
        let mut f = same.clone();
        let (side, byte, bit) = (random.below(2), random.below(32), 1 << random.below(8));
        let b = &mut f[side].binding;
        if random.below(2) == 0 {
            b.local[byte] ^= bit
        } else {
            b.remote[byte] ^= bit
        }
        let got = plain(f);
        assert_eq!(got.done, [None, None]);
        assert_eq!(got.refused[ANSWERER], Some(Refusal::Signature));
    }
}
