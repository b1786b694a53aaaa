//! Two links over a real relay, coturn, which there is not for Windows.
#![cfg(unix)]

mod pair;

use bytes::Bytes;
use deskside_net::{Channel, LinkEvent};
use deskside_protocol::socket::Signal;
use pair::{Told, pair, relayed, turn::Turn};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn goes_over_a_relay_and_nowhere_else() {
    let turn = Turn::start();
    for _ in 0..10 {
        // The path is slow enough for one side to be ahead.
        let (mut a, mut b) = pair(relayed(true, &turn.server), relayed(false, &turn.server));
        a.opened().await;
        a.link.send(Channel::Control, Bytes::from_static(b"at once")).expect("open");
        assert_eq!(b.control().await, "at once");
    }
    let (mut a, mut b) = pair(relayed(true, &turn.server), relayed(false, &turn.server));
    let mut relay = None;
    a.until(|told| match told {
        Told::Event(LinkEvent::State { up: true, relayed }) => {
            relay = relayed;
            None
        }
        Told::Event(LinkEvent::Open { .. }) => Some(()),
        _ => None,
    })
    .await;
    b.opened().await;
    assert_eq!(relay, Some(true));
    for n in 0..200u32 {
        a.link.send(Channel::Control, Bytes::copy_from_slice(&n.to_be_bytes())).expect("open");
        assert_eq!(b.control().await, n.to_be_bytes()[..]);
        b.link.send(Channel::Control, Bytes::copy_from_slice(&n.to_be_bytes())).expect("open");
        assert_eq!(a.control().await, n.to_be_bytes()[..]);
    }
    for _ in 0..40 {
        a.link.send(Channel::Picture, Bytes::from(vec![3; 60 * 1024])).expect("room");
    }
    let mut pictures = 0;
    b.until(|told| {
        pictures += usize::from(matches!(told, Told::Picture(_)));
        (pictures == 40).then_some(())
    })
    .await;
    for signal in a.signaled.lock().expect("a lock").iter() {
        if let Signal::Candidate { candidate, .. } = signal {
            assert!(candidate.is_empty() || candidate.contains("typ relay"), "an own address: {candidate}");
        }
    }
}
