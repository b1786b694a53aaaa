//! Copied and dropped files: announced, fetched, stopped; by their own grants and the direction.

use std::sync::Arc;

use deskside_protocol::socket::Signal;
use deskside_session::{
    ParticipantId,
    acts::What,
    clipboard::Clip,
    command::{Act, Command, RequestId},
    direction::Direction,
    files::{Draft, FilesId, List, Stopped},
    io::{DeviceEvent, FilesNews, Into, Output},
    view::{AskedFiles, Notice},
    wire::Message,
};

use crate::sim::{AGENT, CUSTOMER, World};

pub fn list(name: &str) -> Arc<List> {
    let mut draft = Draft::default();
    let folder = draft.add(None, name, None).unwrap();
    draft.add(Some(&folder), "a.txt", Some(10)).unwrap();
    draft.add(None, "b.txt", Some(20)).unwrap();
    Arc::new(draft.list())
}

fn copy(w: &mut World, at: ParticipantId, key: u32, name: &str) {
    w.device(at, DeviceEvent::CopiedFiles { key, list: list(name) });
    w.run(50);
}

/// What was put on its clipboard.
fn offered(w: &mut World, at: ParticipantId) -> Vec<Arc<List>> {
    let files = |o| if let Output::SetClipboard(Clip::Files(list)) = o { Some(list) } else { None };
    w.take_log(at).into_iter().filter_map(files).collect()
}

/// What is sent and taken, by the sending and the receiving side.
fn begun(w: &mut World, from: ParticipantId, to: ParticipantId) -> Option<(FilesId, u32, FilesId, Into)> {
    let sends = |o| if let Output::SendFiles { id, key, .. } = o { Some((id, key)) } else { None };
    let takes = |o| if let Output::ReceiveFiles { id, into, .. } = o { Some((id, into)) } else { None };
    let (id, key) = w.take_log(from).into_iter().find_map(sends)?;
    let (other, into) = w.take_log(to).into_iter().find_map(takes)?;
    assert_eq!((id.with, other.with, id.fetch, id.sends, other.sends), (to, from, other.fetch, true, false));
    Some((id, key, other, into))
}

fn paste(w: &mut World, from: ParticipantId, to: ParticipantId) -> Option<(FilesId, u32, FilesId, Into)> {
    w.take_log(to);
    w.device(to, DeviceEvent::Paste);
    w.run(50);
    begun(w, from, to)
}

fn stops(w: &mut World, at: ParticipantId) -> Vec<FilesId> {
    let stop = |o| if let Output::StopFiles { id } = o { Some(id) } else { None };
    w.take_log(at).into_iter().filter_map(stop).collect()
}

fn stopped(w: &World, at: ParticipantId) -> Vec<Stopped> {
    let why = |n| if let Notice::FilesStopped { stopped, .. } = n { Some(stopped) } else { None };
    w.notices(at).into_iter().filter_map(why).collect()
}

fn done(w: &mut World, ids: [(ParticipantId, FilesId); 2]) {
    for (at, id) in ids {
        w.device(at, DeviceEvent::Files { id, news: FilesNews::Done });
        w.run(20);
    }
}

fn direct(w: &mut World, direction: Direction) {
    w.command(CUSTOMER, Command::ClipboardDirection { direction });
    w.run(50);
}

#[test]
fn copied_files_are_announced_and_fetched_when_they_are_pasted() {
    let mut w = World::with(Act::CopiedFiles);
    for (from, to) in [(AGENT, CUSTOMER), (CUSTOMER, AGENT)] {
        w.take_log(to);
        copy(&mut w, from, 7, "folder");
        assert_eq!(offered(&mut w, to), [list("folder")]);
        assert!(w.view(to).files.is_empty(), "nothing goes before it is pasted");
        let (id, key, other, into) = paste(&mut w, from, to).unwrap();
        assert_eq!((key, into), (7, Into::Clipboard));
        assert_eq!(paste(&mut w, from, to), None, "it is under way");
        w.device(to, DeviceEvent::Files { id: other, news: FilesNews::Moved(12) });
        let shown = &w.view(to).files[0];
        assert_eq!((shown.name.as_str(), shown.files, shown.bytes, shown.done), ("folder", 2, 30, 12));
        done(&mut w, [(to, other), (from, id)]);
        assert!(w.view(to).files.is_empty() && w.view(from).files.is_empty());
        assert!(matches!(w.notice(to), Some(Notice::FilesMoved { sent: false, files: 2, .. })));
        assert_eq!(paste(&mut w, from, to), None, "it is here");
    }
    let log = w.node(CUSTOMER).session.logs().next().unwrap();
    let entries: Vec<_> =
        log.records().iter().filter(|r| matches!(r.entry.what, What::Files { .. })).collect();
    let whats: Vec<_> = entries.iter().map(|r| r.entry.what.clone()).collect();
    let files = |sent| What::Files { sent, files: 2, bytes: 30 };
    assert_eq!(whats, [files(false), files(true)]);
}

#[test]
fn signals_of_the_transfer_go_over_the_proven_channel() {
    let mut w = World::with(Act::CopiedFiles);
    copy(&mut w, AGENT, 1, "x");
    let (id, _, other, _) = paste(&mut w, AGENT, CUSTOMER).unwrap();
    w.device(AGENT, DeviceEvent::Files { id, news: FilesNews::Signal(Signal::Offer { sdp: "v=0".into() }) });
    w.run(20);
    let signal = Output::FilesSignal { id: other, signal: Signal::Offer { sdp: "v=0".into() } };
    assert!(w.take_log(CUSTOMER).contains(&signal));
    // For none that runs.
    let m = br#"{"type":"files_signal","fetch":9,"sends":true,"signal":{"kind":"renew"}}"#;
    w.forge(AGENT, CUSTOMER, m.to_vec());
    assert!(!w.take_log(CUSTOMER).iter().any(|o| matches!(o, Output::FilesSignal { .. })));
}

#[test]
fn the_grant_for_texts_is_none_for_files() {
    let mut w = World::with(Act::Clipboard);
    copy(&mut w, AGENT, 1, "x");
    copy(&mut w, CUSTOMER, 1, "y");
    assert!(offered(&mut w, CUSTOMER).is_empty() && offered(&mut w, AGENT).is_empty());
    let list = list("x").encode().replace('"', "\\\"");
    w.forge(
        AGENT,
        CUSTOMER,
        format!(r#"{{"type":"clipboard_files","transfer":1,"part":0,"last":true,"list":"{list}"}}"#)
            .into_bytes(),
    );
    assert!(offered(&mut w, CUSTOMER).is_empty());
    w.device(CUSTOMER, DeviceEvent::Paste);
    w.forge(AGENT, CUSTOMER, br#"{"type":"fetch_files","fetch":1,"offer":1}"#.to_vec());
    w.run(50);
    assert!(
        !w.take_log(CUSTOMER)
            .iter()
            .any(|o| matches!(o, Output::SendFiles { .. } | Output::ReceiveFiles { .. }))
    );
    // And the other way round.
    let mut w = World::with(Act::CopiedFiles);
    w.device(AGENT, DeviceEvent::Clipboard("text".into()));
    w.run(50);
    assert!(!w.take_log(CUSTOMER).iter().any(|o| matches!(o, Output::SetClipboard(_))));
}

#[test]
fn files_go_only_the_way_that_the_customer_chose() {
    let mut w = World::with(Act::CopiedFiles);
    direct(&mut w, Direction::ToAgent);
    copy(&mut w, AGENT, 1, "x");
    assert!(offered(&mut w, CUSTOMER).is_empty());
    copy(&mut w, CUSTOMER, 1, "y");
    assert_eq!(offered(&mut w, AGENT).len(), 1);
    // The direction turns between announcing and pasting.
    direct(&mut w, Direction::ToCustomer);
    assert!(w.take_log(AGENT).contains(&Output::NoPaste { forget: true }));
    assert_eq!(paste(&mut w, CUSTOMER, AGENT), None);
    w.forge(AGENT, CUSTOMER, br#"{"type":"fetch_files","fetch":1,"offer":1}"#.to_vec());
    assert!(!w.take_log(CUSTOMER).iter().any(|o| matches!(o, Output::SendFiles { .. })));
}

#[test]
fn what_may_not_go_on_is_stopped_on_both_sides_at_once() {
    let ends: [fn(&mut World); 3] = [
        |w| w.command(CUSTOMER, Command::ClipboardDirection { direction: Direction::Off }),
        |w| w.command(CUSTOMER, Command::Revoke { act: Some(Act::CopiedFiles) }),
        |w| w.command(CUSTOMER, Command::StopSharing),
    ];
    for end in ends {
        for (from, to) in [(AGENT, CUSTOMER), (CUSTOMER, AGENT)] {
            let mut w = World::with(Act::CopiedFiles);
            copy(&mut w, from, 1, "x");
            let (id, _, other, _) = paste(&mut w, from, to).unwrap();
            end(&mut w);
            let own = if from == CUSTOMER { id } else { other };
            assert_eq!(stops(&mut w, CUSTOMER), [own], "before the other side hears of it");
            w.run(50);
            assert_eq!(stops(&mut w, AGENT).len(), 1);
            assert_eq!(
                (stopped(&w, from), stopped(&w, to)),
                (vec![Stopped::NotAllowed], vec![Stopped::NotAllowed])
            );
            assert!(w.view(from).files.is_empty() && w.view(to).files.is_empty());
        }
    }
}

#[test]
fn only_what_was_offered_last_is_sent_and_each_number_once() {
    let mut w = World::with(Act::CopiedFiles);
    copy(&mut w, CUSTOMER, 1, "first");
    copy(&mut w, CUSTOMER, 2, "second");
    let fetch = |w: &mut World, fetch: u32, offer: u32| {
        let m = format!(r#"{{"type":"fetch_files","fetch":{fetch},"offer":{offer}}}"#);
        w.forge(AGENT, CUSTOMER, m.into_bytes());
        let key = |o| if let Output::SendFiles { key, .. } = o { Some(key) } else { None };
        w.take_log(CUSTOMER).into_iter().find_map(key)
    };
    assert_eq!(fetch(&mut w, 1, 1), None, "replaced");
    assert_eq!(fetch(&mut w, 2, 9), None, "never offered");
    assert_eq!(fetch(&mut w, 3, 2), Some(2));
    assert_eq!(fetch(&mut w, 3, 2), None, "the same again");
    assert_eq!(fetch(&mut w, 2, 2), None, "an old number");
    for n in 4..7 {
        assert_eq!(fetch(&mut w, n, 2), Some(2));
    }
    assert_eq!(fetch(&mut w, 7, 2), None, "too many at once");
    w.device(CUSTOMER, DeviceEvent::Clipboard("text".into()));
    assert_eq!(fetch(&mut w, 8, 2), None, "something else was copied");
}

#[test]
fn a_failure_is_told_in_words_and_pasting_again_tries_again() {
    let mut w = World::with(Act::CopiedFiles);
    copy(&mut w, AGENT, 1, "x");
    let (id, ..) = paste(&mut w, AGENT, CUSTOMER).unwrap();
    let changed = Stopped::Changed { entry: 1 };
    w.device(AGENT, DeviceEvent::Files { id, news: FilesNews::Stopped(changed) });
    w.run(50);
    assert!(w.take_log(CUSTOMER).contains(&Output::NoPaste { forget: false }));
    for at in [AGENT, CUSTOMER] {
        let entry = |n| if let Notice::FilesStopped { entry, .. } = n { entry } else { None };
        assert_eq!(w.notice(at).and_then(entry).as_deref(), Some("x/a.txt"));
    }
    assert!(paste(&mut w, AGENT, CUSTOMER).is_some());
}

#[test]
fn either_person_can_stop_it() {
    for by in [AGENT, CUSTOMER] {
        let mut w = World::with(Act::CopiedFiles);
        copy(&mut w, AGENT, 1, "x");
        let (id, _, other, _) = paste(&mut w, AGENT, CUSTOMER).unwrap();
        w.command(by, Command::StopFiles { id: if by == AGENT { id } else { other } });
        w.run(50);
        assert_eq!((stops(&mut w, AGENT), stops(&mut w, CUSTOMER)), (vec![id], vec![other]));
        assert_eq!(stopped(&w, CUSTOMER), [Stopped::Cancelled]);
        assert!(w.acts(AGENT).contains(&Act::CopiedFiles), "the grant stays");
    }
}

#[test]
fn a_lost_connection_ends_transfers_and_offers() {
    let mut w = World::with(Act::CopiedFiles);
    copy(&mut w, AGENT, 1, "x");
    paste(&mut w, AGENT, CUSTOMER).unwrap();
    w.cut(AGENT, CUSTOMER);
    assert_eq!((stops(&mut w, AGENT).len(), stops(&mut w, CUSTOMER).len()), (1, 1));
    assert_eq!((stopped(&w, AGENT), stopped(&w, CUSTOMER)), (vec![Stopped::Lost], vec![Stopped::Lost]));
    w.until("secure", |w| w.secure(AGENT, CUSTOMER));
    w.run(500);
    assert_eq!(paste(&mut w, AGENT, CUSTOMER), None);
    copy(&mut w, AGENT, 2, "x");
    assert_eq!(paste(&mut w, AGENT, CUSTOMER).unwrap().1, 2);
}

#[test]
fn lists_that_lie_set_nothing() {
    let mut w = World::with(Act::CopiedFiles);
    for list in [
        r#"{\"entries\":[{\"path\":\"../x\",\"size\":1}]}"#,
        "garbage",
        r#"{\"entries\":[{\"path\":\"/etc\"}]}"#,
    ] {
        let m = format!(r#"{{"type":"clipboard_files","transfer":1,"part":0,"last":true,"list":"{list}"}}"#);
        w.forge(AGENT, CUSTOMER, m.into_bytes());
        assert!(offered(&mut w, CUSTOMER).is_empty(), "{list}");
    }
    assert!(w.secure(AGENT, CUSTOMER));
}

// ---- dropped on the picture ----

fn drop_files(w: &mut World) {
    w.device(AGENT, DeviceEvent::DroppedFiles { key: 3, list: list("report") });
    w.run(100);
}

#[test]
fn dropped_files_are_asked_about_by_name_and_go_to_the_downloads() {
    let mut w = World::call();
    drop_files(&mut w);
    let prompt = w.view(CUSTOMER).prompt.unwrap();
    let names = vec!["report/".to_owned(), "b.txt".into()];
    assert_eq!(
        (prompt.act, prompt.files),
        (Act::SendFiles, Some(AskedFiles { names, more: 0, files: 2, bytes: 30 }))
    );
    assert_eq!(w.view(AGENT).asked, Some(Act::SendFiles));
    w.answer(true, false);
    let (id, key, other, into) = begun(&mut w, AGENT, CUSTOMER).unwrap();
    assert_eq!((key, into), (3, Into::Downloads));
    assert_eq!(w.acts(CUSTOMER), [Act::SendFiles]);
    done(&mut w, [(CUSTOMER, other), (AGENT, id)]);
    assert!(w.acts(CUSTOMER).is_empty() && w.acts(AGENT).is_empty(), "the leave was for these files");
    let shown = w.view(CUSTOMER).files;
    assert!(shown.len() == 1 && shown[0].over, "{shown:?}");
    w.command(CUSTOMER, Command::StopFiles { id: other });
    assert!(w.view(CUSTOMER).files.is_empty() && w.view(AGENT).files.is_empty());
    assert_eq!(w.notices(AGENT).iter().filter(|n| matches!(n, Notice::Revoked { .. })).count(), 0);
}

#[test]
fn refused_files_do_not_go_and_other_files_are_asked_about_anew() {
    let mut w = World::call();
    drop_files(&mut w);
    w.answer(false, false);
    assert_eq!(begun(&mut w, AGENT, CUSTOMER), None);
    w.run(5_000);
    drop_files(&mut w);
    w.answer(true, false);
    let (id, _, other, _) = begun(&mut w, AGENT, CUSTOMER).unwrap();
    w.device(AGENT, DeviceEvent::DroppedFiles { key: 4, list: list("other") });
    w.run(100);
    assert_eq!(w.notice(AGENT), Some(Notice::FilesNotOffered), "one at a time");
    assert!(w.view(CUSTOMER).prompt.is_none());
    done(&mut w, [(CUSTOMER, other), (AGENT, id)]);
    drop_files(&mut w);
    assert!(w.view(CUSTOMER).prompt.is_some());
    w.command(AGENT, Command::CancelAsk);
    w.run(50);
    assert!(w.view(CUSTOMER).prompt.is_none());
}

#[test]
fn what_is_allowed_in_general_goes_without_a_question() {
    let mut w = World::call();
    w.command(CUSTOMER, Command::AllowAll);
    drop_files(&mut w);
    assert!(w.view(CUSTOMER).prompt.is_none());
    let (_, _, other, _) = begun(&mut w, AGENT, CUSTOMER).unwrap();
    w.command(CUSTOMER, Command::Revoke { act: Some(Act::SendFiles) });
    w.run(50);
    assert_eq!((stops(&mut w, CUSTOMER), stops(&mut w, AGENT).len()), (vec![other], 1));
}

#[test]
fn files_without_names_are_not_asked_about() {
    let mut w = World::call();
    w.command(AGENT, Command::Ask { act: Act::SendFiles });
    w.forge(AGENT, CUSTOMER, br#"{"type":"ask","request":1,"act":"send_files"}"#.to_vec());
    w.forge(
        AGENT,
        CUSTOMER,
        br#"{"type":"offer_files","request":2,"part":0,"last":true,"list":"{}"}"#.to_vec(),
    );
    w.forge(
        AGENT,
        CUSTOMER,
        br#"{"type":"offer_files","request":3,"part":1,"last":true,"list":""}"#.to_vec(),
    );
    w.run(50);
    assert!(w.view(CUSTOMER).prompt.is_none());
    assert_eq!(w.view(CUSTOMER).others.len(), 1);
}

#[test]
fn golden_messages_of_files() {
    let request = RequestId(3);
    let list = || "{}".to_owned();
    let table = [
        (
            Message::ClipboardFiles { transfer: 1, part: 0, last: true, list: list() },
            r#"{"type":"clipboard_files","transfer":1,"part":0,"last":true,"list":"{}"}"#,
        ),
        (
            Message::OfferFiles { request, part: 0, last: true, list: list() },
            r#"{"type":"offer_files","request":3,"part":0,"last":true,"list":"{}"}"#,
        ),
        (Message::OfferAck { request }, r#"{"type":"offer_ack","request":3}"#),
        (
            Message::FetchFiles { fetch: 1, offer: 2, asked: false },
            r#"{"type":"fetch_files","fetch":1,"offer":2}"#,
        ),
        (
            Message::FetchFiles { fetch: 2, offer: 3, asked: true },
            r#"{"type":"fetch_files","fetch":2,"offer":3,"asked":true}"#,
        ),
        (
            Message::FilesSignal { fetch: 1, sends: true, signal: Signal::Offer { sdp: "v=0".into() } },
            r#"{"type":"files_signal","fetch":1,"sends":true,"signal":{"kind":"offer","sdp":"v=0"}}"#,
        ),
        (
            Message::StopFiles { fetch: 1, sends: false, stopped: Stopped::DiskFull },
            r#"{"type":"stop_files","fetch":1,"sends":false,"stopped":{"why":"disk_full"}}"#,
        ),
        (
            Message::StopFiles { fetch: 1, sends: true, stopped: Stopped::Changed { entry: 4 } },
            r#"{"type":"stop_files","fetch":1,"sends":true,"stopped":{"why":"changed","entry":4}}"#,
        ),
    ];
    for (message, bytes) in table {
        assert_eq!(message.encode(), bytes.as_bytes(), "{bytes}");
        assert_eq!(Message::decode(bytes.as_bytes()), Ok(message));
    }
    let later = br#"{"type":"stop_files","fetch":1,"sends":true,"stopped":{"why":"eclipse"}}"#;
    let other = Message::StopFiles { fetch: 1, sends: true, stopped: Stopped::Other };
    assert_eq!(Message::decode(later), Ok(other));
}
