//! Two links over loopback.

mod pair;

use bytes::Bytes;
use deskside_net::{Channel, LinkEvent, SendError};
use pair::{Told, open};

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
