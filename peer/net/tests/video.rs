//! The screen's track over loopback.

mod pair;

use bytes::{BufMut, Bytes, BytesMut};
use deskside_net::LinkEvent;
use pair::{End, Told, open};

/// An access unit as an encoder makes it: parameter sets before a key frame, and one slice.
fn access_unit(n: u8, key: bool, size: usize) -> Bytes {
    let mut unit = BytesMut::new();
    if key {
        unit.put_slice(&[0, 0, 0, 1, 0x67, 0x42, 0xe0, 0x1f, 9, 0, 0, 0, 1, 0x68, 0xce, 7]);
    }
    unit.put_slice(&[0, 0, 0, 1, if key { 0x65 } else { 0x41 }, 0x80 | n]);
    unit.extend((0..size).map(|at| (at % 200) as u8 + 2));
    unit.freeze()
}

async fn video(end: &mut End) -> Bytes {
    end.until(|told| match told {
        Told::Video(unit) => Some(unit),
        _ => None,
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn access_units_arrive_as_they_were_in_both_directions() {
    let (mut a, mut b) = open().await;
    for n in 0..40u8 {
        let unit = access_unit(n, n == 0, 100 + usize::from(n) * 900);
        a.link.send_video(unit.clone(), u64::from(n) * 33_333);
        assert_eq!(video(&mut b).await, unit, "unit {n}");
        b.link.send_video(unit.clone(), u64::from(n) * 33_333);
        assert_eq!(video(&mut a).await, unit, "unit {n}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_key_frame_arrives_whole() {
    let (a, mut b) = open().await;
    let unit = access_unit(1, true, 190_000);
    a.link.send_video(unit.clone(), 0);
    assert_eq!(video(&mut b).await, unit);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asks_for_a_key_frame_and_tells_what_the_line_carries() {
    let (mut a, mut b) = open().await;
    a.link.send_video(access_unit(0, true, 5000), 0);
    video(&mut b).await;
    b.link.request_key_frame();
    a.until(|told| matches!(told, Told::Event(LinkEvent::KeyFrameWanted)).then_some(())).await;
    let mut n = 0u8;
    let mut at = 0;
    loop {
        n = (n + 1) % 100;
        at += 33_333;
        a.link.send_video(access_unit(n, false, 3000), at);
        video(&mut b).await;
        if let Told::Event(LinkEvent::Bitrate(bits)) = a.next_or(std::time::Duration::from_millis(10)).await {
            assert!((50_000..=50_000_000).contains(&bits), "{bits}");
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_in_the_middle_asks_for_a_key_frame() {
    let (mut a, mut b) = open().await;
    for n in 1..4u8 {
        a.link.send_video(access_unit(n, false, 3000), u64::from(n) * 33_333);
    }
    a.until(|told| matches!(told, Told::Event(LinkEvent::KeyFrameWanted)).then_some(())).await;
    let key = access_unit(9, true, 3000);
    a.link.send_video(key.clone(), 200_000);
    assert_eq!(video(&mut b).await, key, "nothing before the key frame");
}
