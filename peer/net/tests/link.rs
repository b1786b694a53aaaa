//! Two links over loopback.

mod pair;

use bytes::Bytes;
use deskside_net::{Channel, LinkEvent, SendError};
use deskside_protocol::socket::Signal;
use pair::{End, PATIENCE, Told, carry, config, end, open, pair};
use proptest::prelude::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn opens_and_carries_each_channel_both_ways() {
    let (mut a, mut b) = open().await;
    for (from, to) in [(0, 1), (1, 0)] {
        let ends = [&mut a, &mut b];
        let sender = ends[from].link.clone();
        let receiver = &mut *ends.into_iter().nth(to).expect("two ends");
        sender.send(Channel::Control, Bytes::from_static(b"control")).expect("open");
        assert_eq!(receiver.control().await, "control");
        sender.send(Channel::Pointer, Bytes::from_static(b"pointer")).expect("open");
        let pointer = receiver.until(|told| match told {
            Told::Event(LinkEvent::Pointer(message)) => Some(message),
            _ => None,
        });
        assert_eq!(pointer.await, "pointer");
        sender.send(Channel::Picture, Bytes::from_static(b"picture")).expect("open");
        let picture = receiver.until(|told| match told {
            Told::Picture(message) => Some(message),
            _ => None,
        });
        assert_eq!(picture.await, "picture");
    }
}

/// The side that knows first that it is open may overtake the other one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_that_is_sent_at_once() {
    for _ in 0..20 {
        let (mut a, mut b) = pair(config(true), config(false));
        for_each_at_once(&mut a, &mut b).await;
    }
}

async fn for_each_at_once(a: &mut End, b: &mut End) {
    let first = async |end: &mut End| {
        end.opened().await;
        end.link.send(Channel::Control, Bytes::from_static(b"at once")).expect("open");
        assert_eq!(end.control().await, "at once");
    };
    tokio::join!(first(a), first(b));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keeps_the_order_of_control_messages() {
    let (a, mut b) = open().await;
    for n in 0..5000u32 {
        a.link.send(Channel::Control, Bytes::copy_from_slice(&n.to_be_bytes())).expect("room");
    }
    for n in 0..5000u32 {
        assert_eq!(b.control().await, n.to_be_bytes()[..]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn says_when_too_much_waits_and_delivers_the_rest() {
    let (a, mut b) = open().await;
    let message = Bytes::from(vec![7; 60 * 1024]);
    let mut sent = 0;
    while sent < 1000 {
        match a.link.send(Channel::Picture, message.clone()) {
            Ok(()) => sent += 1,
            Err(SendError::Full) => break,
            Err(error) => panic!("{error}"),
        }
    }
    assert!((68..1000).contains(&sent), "{sent} messages of 60 KiB for 4 MiB");
    assert!(a.link.queued(Channel::Picture) > 0);
    // Control must pass beside it.
    a.link.send(Channel::Control, Bytes::from_static(b"still here")).expect("own bound");
    let mut pictures = 0;
    let mut control = false;
    b.until(|told| {
        match told {
            Told::Picture(picture) if picture == message => pictures += 1,
            Told::Event(LinkEvent::Control(_)) => control = true,
            _ => {}
        }
        (pictures == sent && control).then_some(())
    })
    .await;
    assert_eq!(a.link.send(Channel::Control, Bytes::from(vec![0; 300 * 1024])), Err(SendError::TooLarge));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_is_noticed_by_the_other_side() {
    let (a, mut b) = open().await;
    a.link.close();
    assert_eq!(a.link.send(Channel::Control, Bytes::from_static(b"late")), Err(SendError::Closed));
    b.closed().await;
    assert_eq!(b.link.send(Channel::Control, Bytes::from_static(b"late")), Err(SendError::Closed));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_finds_a_new_path_and_keeps_the_channels() {
    let (mut a, mut b) = open().await;
    for asks in [0, 1] {
        let offers = a.signaled.lock().expect("a lock").iter().filter(|s| is_offer(s)).count();
        [&a, &b][asks].link.restart();
        let state = a.until(|told| match told {
            Told::Event(LinkEvent::State { up: true, relayed }) => Some(relayed),
            _ => None,
        });
        assert_eq!(state.await, Some(false));
        assert_eq!(a.signaled.lock().expect("a lock").iter().filter(|s| is_offer(s)).count(), offers + 1);
        a.link.send(Channel::Control, Bytes::from_static(b"there")).expect("still open");
        assert_eq!(b.control().await, "there");
        b.link.send(Channel::Control, Bytes::from_static(b"and back")).expect("still open");
        assert_eq!(a.control().await, "and back");
    }
}

fn is_offer(signal: &Signal) -> bool {
    matches!(signal, Signal::Offer { .. })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_offer_lost_on_the_way_is_asked_for_again() {
    let (mut a, from_a) = end(config(true));
    let (mut b, from_b) = end(config(false));
    let mut lost = 0;
    carry(from_a, a.signaled.clone(), &b.link, move |signal| {
        lost += 1;
        if lost <= 3 { Vec::new() } else { vec![signal] }
    });
    carry(from_b, b.signaled.clone(), &a.link, |signal| vec![signal]);
    a.opened().await;
    b.opened().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answerer_made_anew_is_found_by_the_one_that_waits() {
    let (mut a, from_a) = end(config(true));
    let (first, _) = end(config(false));
    let (mut b, from_b) = end(config(false));
    let mut first_signals = 0;
    let first = first.link;
    let b_link = std::sync::Arc::downgrade(&b.link);
    // The first answerer gets the offer and dies; the second one hears all that follows.
    carry(from_a, a.signaled.clone(), &b.link, move |signal| {
        first_signals += 1;
        if first_signals == 1 {
            first.signal(signal);
            return Vec::new();
        }
        let _ = &b_link;
        vec![signal]
    });
    carry(from_b, b.signaled.clone(), &a.link, |signal| vec![signal]);
    a.opened().await;
    b.opened().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_link_ends_when_the_other_side_was_made_anew() {
    let (mut a, _b) = open().await;
    let (c, mut from_c) = end(config(true));
    let offer = tokio::time::timeout(PATIENCE, from_c.recv()).await.expect("in time").expect("an offer");
    a.link.signal(offer);
    a.closed().await;
    drop(c);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_fingerprint_does_not_connect() {
    let (mut a, from_a) = end(config(true));
    let (b, from_b) = end(config(false));
    carry(from_a, a.signaled.clone(), &b.link, |signal| vec![signal]);
    carry(from_b, b.signaled.clone(), &a.link, |signal| match signal {
        Signal::Answer { sdp } => {
            let (head, tail) = sdp.split_once("a=fingerprint:sha-256 ").expect("a fingerprint");
            let digit = if tail.starts_with('0') { "1" } else { "0" };
            let sdp = format!("{head}a=fingerprint:sha-256 {digit}{}", &tail[1..]);
            vec![Signal::Answer { sdp }]
        }
        signal => vec![signal],
    });
    a.until(|told| match told {
        Told::Event(LinkEvent::Open { .. }) => panic!("opened with a certificate that was not promised"),
        told => matches!(told, Told::Event(LinkEvent::Closed)).then_some(()),
    })
    .await;
}

fn garbage(offer: &str) -> impl Strategy<Value = Signal> + use<'_> {
    let sdp = prop_oneof![
        ".{0,200}",
        // A real one with a piece cut out or doubled.
        (0..offer.len(), 0..offer.len()).prop_map(move |(a, b)| {
            let (a, b) = (a.min(b), a.max(b));
            format!("{}{}", &offer[..a], &offer[b..])
        }),
        (0..offer.len(), "[a-z0-9:= \r\n]{0,20}")
            .prop_map(move |(at, noise)| { format!("{}{noise}{}", &offer[..at], &offer[at..]) }),
    ];
    let candidate = prop_oneof![
        ".{0,80}",
        "candidate:[0-9]{1,12} (1|[0-9]{1,5}) (udp|tcp|x) (0|[0-9]{1,12}) (127\\.0\\.0\\.1|::1|x\\.local|[0-9.]{1,9}) [0-9]{1,6} typ (host|srflx|relay|y)( tcptype (active|passive|z))?",
    ];
    let with = move |candidate: String| format!("{offer}a={candidate}\r\n");
    let sdp = prop_oneof![4 => sdp, 1 => candidate.clone().prop_map(with)];
    prop_oneof![
        sdp.clone().prop_map(|sdp| Signal::Offer { sdp }),
        sdp.prop_map(|sdp| Signal::Answer { sdp }),
        (candidate, prop::option::of("[0-9a-z]{0,3}"), prop::option::of(any::<u16>()))
            .prop_map(|(candidate, mid, mline)| Signal::Candidate { candidate, mid, mline }),
        Just(Signal::Renew),
        Just(Signal::Unknown),
    ]
}

/// After any garbage a link still answers an honest offer; a task that panicked would not.
#[test]
fn garbage_signaling_leaves_the_link_alive() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let real = runtime.block_on(async {
        let (_a, mut from_a) = end(config(true));
        match tokio::time::timeout(PATIENCE, from_a.recv()).await.expect("in time") {
            Some(Signal::Offer { sdp }) => sdp,
            other => panic!("{other:?} is no offer"),
        }
    });
    let cases = ProptestConfig { cases: 24, max_shrink_iters: 4, ..ProptestConfig::default() };
    proptest!(cases, |(signals in prop::collection::vec(garbage(&real), 1..12))| {
        runtime.block_on(async {
            let (mut b, mut from_b) = end(config(false));
            for signal in signals {
                b.link.signal(signal);
            }
            // Asking for an offer comes out when all that was worked through; answers to garbage before it.
            b.link.restart();
            while tokio::time::timeout(PATIENCE, from_b.recv()).await.expect("alive") != Some(Signal::Renew) {}
            let (mut a, from_a) = end(config(true));
            carry(from_a, a.signaled.clone(), &b.link, |signal| vec![signal]);
            carry(from_b, b.signaled.clone(), &a.link, |signal| vec![signal]);
            a.opened().await;
            b.opened().await;
        });
    });
}
