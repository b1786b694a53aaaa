//! Records, notes and phrases through the API.

mod kit;

use std::net::SocketAddr;

use deskside_protocol::{
    ParticipantId,
    api::{Code, Failure},
    records::{LONGEST_NOTES, Notes, Phrases, Said, SessionRecord, Transcript},
    socket::{FromServer, ToServer},
};
use kit::{Answer, Peer, admin, agent, assist, config, join, open, request, start, word};
use serde_json::json;

async fn ask(at: SocketAddr, method: &str, path: &str, token: &str, body: &serde_json::Value) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [("Content-Type", "application/json"), ("Authorization", bearer.as_str())];
    let body = if method == "GET" { String::new() } else { body.to_string() };
    request(at, method, path, &headers, body.as_bytes()).await
}

async fn get(at: SocketAddr, path: &str, token: &str) -> Answer {
    ask(at, "GET", path, token, &json!(null)).await
}

fn error(answer: &Answer) -> (u16, Code) {
    (answer.status, answer.json::<Failure>().error)
}

#[tokio::test]
async fn a_record_stays_with_its_notes() {
    let folder = tempfile::tempdir().unwrap();
    let (server, at) = start(kit::config_on_disk(folder.path())).await;
    let token = admin(&server).await;
    let bob = agent(at, &token, "Bob").await;
    let cem = agent(at, &token, "Cem").await;
    let session = open(at, &token).await;
    let (mut ana, _) = Peer::enter(at, &session.ticket, 1).await;
    let assistant = assist(at, &bob, session.number).await;
    let (mut bob_peer, _) = Peer::enter(at, &assistant.ticket, 2).await;
    let customer = join(at, session.number).await;
    let (mut zoe, _) = Peer::enter(at, &customer.ticket, 3).await;
    ana.say(ToServer::HandOver { word: word(session.number, 1, 1, 2) }).await;
    bob_peer.until(|m| matches!(m, FromServer::HandOver { .. })).await;

    let running: Vec<SessionRecord> = get(at, "/api/v1/sessions", &bob).await.json();
    assert_eq!((running.len(), running[0].number, running[0].ended), (1, session.number, None));
    assert!(get(at, "/api/v1/sessions", &cem).await.json::<Vec<SessionRecord>>().is_empty());
    assert_eq!(get(at, "/api/v1/sessions", "").await.status, 401);

    // Notes: long ones, only newer ones, only by its agents.
    let notes = format!("/api/v1/sessions/{}/notes", session.number.get());
    assert_eq!(get(at, &notes, &token).await.json::<Notes>(), Notes::default());
    let text = "é\n\"".repeat(16_000);
    let saved = ask(at, "PUT", &notes, &token, &json!({"version": 2, "text": text})).await;
    assert_eq!((saved.status, saved.body.as_str()), (200, r#"{"version":2}"#));
    let older = ask(at, "PUT", &notes, &bob, &json!({"version": 1, "text": "older"})).await;
    assert_eq!(error(&older), (409, Code::Outdated));
    assert_eq!(get(at, &notes, &bob).await.json::<Notes>(), Notes { version: 2, text: text.clone() });
    for stranger in [&cem, ""] {
        let status = if stranger.is_empty() { 401 } else { 404 };
        assert_eq!(get(at, &notes, stranger).await.status, status);
        assert_eq!(ask(at, "PUT", &notes, stranger, &json!({"version": 9, "text": ""})).await.status, status);
    }
    let long = "x".repeat(LONGEST_NOTES + 1);
    assert_eq!(
        error(&ask(at, "PUT", &notes, &token, &json!({"version": 9, "text": long})).await),
        (413, Code::TooLarge)
    );
    assert_eq!(error(&ask(at, "PUT", &notes, &token, &json!({"text": 1})).await), (400, Code::BadRequest));

    bob_peer.say(ToServer::End).await;
    zoe.until(|m| matches!(m, FromServer::Ended { .. })).await;
    server.shutdown().await.unwrap();

    let (server, at) = start(kit::config_on_disk(folder.path())).await;
    let newer = open(at, &token).await;
    let (_ana, _) = Peer::enter(at, &newer.ticket, 1).await;
    let all: Vec<SessionRecord> = get(at, "/api/v1/sessions", &token).await.json();
    assert_eq!(
        all.iter().map(|r| r.number).collect::<Vec<_>>(),
        [newer.number, session.number],
        "newest first"
    );
    let record = &all[1];
    assert!(record.ended.is_some() && record.visits.iter().all(|v| v.left.is_some()));
    assert_eq!((record.visits.len(), record.hand_overs[0].to.0), (3, 2));
    assert_eq!(get(at, &notes, &bob).await.json::<Notes>(), Notes { version: 2, text });
    // A last edit after the end.
    assert_eq!(ask(at, "PUT", &notes, &bob, &json!({"version": 3, "text": "done"})).await.status, 200);
    assert_eq!(get(at, &notes, &token).await.json::<Notes>(), Notes { version: 3, text: "done".into() });
    assert_eq!(error(&get(at, "/api/v1/sessions/nonsense/notes", &bob).await), (404, Code::NoSuchSession));
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn phrases_of_the_site_and_of_oneself() {
    let (server, at) = start(config()).await;
    let token = admin(&server).await;
    let bob = agent(at, &token, "Bob").await;
    let (site, mine) = ("/api/v1/phrases", "/api/v1/phrases/mine");
    assert_eq!(get(at, site, &bob).await.json::<Phrases>(), Phrases::default());
    let phrases = json!({"phrases": ["Hello, how can I help?", "x".repeat(1000)]});
    assert_eq!(error(&ask(at, "PUT", site, &bob, &phrases).await), (403, Code::NotAllowed));
    assert_eq!(ask(at, "PUT", site, &token, &phrases).await.status, 200);
    assert_eq!(ask(at, "PUT", mine, &bob, &json!({"phrases": ["Mine."]})).await.status, 200);
    assert_eq!(ask(at, "PUT", mine, &bob, &json!({"phrases": ["Mine, newer."]})).await.status, 200);
    assert_eq!(get(at, site, &bob).await.json::<Phrases>().phrases.len(), 2);
    assert_eq!(get(at, mine, &bob).await.json::<Phrases>().phrases, ["Mine, newer."]);
    assert!(get(at, mine, &token).await.json::<Phrases>().phrases.is_empty());
    let most = json!({"phrases": vec!["é".repeat(1000); 200]});
    assert_eq!(ask(at, "PUT", mine, &bob, &most).await.status, 200);
    assert_eq!(get(at, mine, &bob).await.json::<Phrases>().phrases.len(), 200);
    for bad in [vec!["x".repeat(1001)], vec![String::new()], vec!["x".into(); 201], vec!["\u{1b}[31m".into()]]
    {
        let answer = ask(at, "PUT", mine, &bob, &json!({"phrases": bad})).await;
        assert_eq!(error(&answer), (400, Code::BadRequest));
    }
    let huge = json!({"phrases": vec!["x".repeat(1000); 1100]});
    assert_eq!(error(&ask(at, "PUT", mine, &bob, &huge).await), (413, Code::TooLarge));
    for path in [site, mine] {
        assert_eq!(
            (get(at, path, "").await.status, ask(at, "PUT", path, "", &phrases).await.status),
            (401, 401)
        );
    }
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_site_may_allow_no_phrases() {
    let mut config = config();
    config.chat.phrases = false;
    let (server, at) = start(config).await;
    let token = admin(&server).await;
    for path in ["/api/v1/phrases", "/api/v1/phrases/mine"] {
        assert_eq!(error(&get(at, path, &token).await), (403, Code::NotAllowed));
        let put = ask(at, "PUT", path, &token, &json!({"phrases": ["x"]})).await;
        assert_eq!(error(&put), (403, Code::NotAllowed));
    }
    server.shutdown().await.unwrap();
}

fn said(at: u64, from: u32, text: &str) -> Said {
    Said { at, from: ParticipantId(from), name: "Somebody".into(), text: text.into() }
}

#[tokio::test]
async fn a_chat_is_saved_once_whoever_sends_it_and_stays() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = kit::config_on_disk(folder.path());
    config.chat.kept = true;
    let (server, at) = start(config.clone()).await;
    let token = admin(&server).await;
    let bob = agent(at, &token, "Bob").await;
    let cem = agent(at, &token, "Cem").await;
    let session = open(at, &token).await;
    let (_ana, welcome) = Peer::enter(at, &session.ticket, 1).await;
    assert!(matches!(welcome, FromServer::Welcome { keeps_chat: true, .. }), "{welcome:?}");
    let assistant = assist(at, &bob, session.number).await;
    let (_bob, _) = Peer::enter(at, &assistant.ticket, 2).await;
    let chat = format!("/api/v1/sessions/{}/chat", session.number.get());
    let put =
        async |token: &str, lines: &[Said]| ask(at, "PUT", &chat, token, &json!({"lines": lines})).await;
    let all = [said(1, 1, "Hello"), said(2, 3, "Hello, é"), said(2, 3, "And more"), said(3, 1, "Hello")];
    // Both send what they have, at the same time; each line is there once, in the order of the times.
    let (a, b) = tokio::join!(put(&token, &all[1..]), put(&bob, &all[..3]));
    assert_eq!((a.status, b.status, a.body.as_str()), (200, 200, "null"));
    assert_eq!(put(&bob, &all).await.status, 200);
    let mut sorted = all.to_vec();
    sorted.sort();
    assert_eq!(get(at, &chat, &bob).await.json::<Transcript>().lines, sorted);
    assert_eq!(error(&put(&cem, &all).await), (404, Code::NoSuchSession));
    assert_eq!((get(at, &chat, &cem).await.status, get(at, &chat, "").await.status), (404, 401));
    // What does not fit any more is left out; what is there stays.
    let large = "x".repeat(64 * 1024);
    for n in 0..12 {
        assert_eq!(put(&token, &[said(10 + n, 1, &large)]).await.status, 200);
    }
    let kept = get(at, &chat, &token).await.json::<Transcript>().lines;
    assert!(kept.len() == 4 + 7 && kept[..4] == sorted, "{}", kept.len());
    assert_eq!(ask(at, "PUT", &chat, &token, &json!({"lines": [1]})).await.status, 400);
    server.shutdown().await.unwrap();
    // A restart, on a site that saves no more: what was saved can be read.
    config.chat.kept = false;
    let (server, at) = start(config).await;
    assert_eq!(get(at, &chat, &token).await.json::<Transcript>().lines, kept);
    let refused = ask(at, "PUT", &chat, &token, &json!({"lines": all})).await;
    assert_eq!(error(&refused), (403, Code::NotAllowed));
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_session_that_ends_is_known_all_the_time() {
    let folder = tempfile::tempdir().unwrap();
    let (server, at) = start(kit::config_on_disk(folder.path())).await;
    let token = admin(&server).await;
    for _ in 0..20 {
        let session = open(at, &token).await;
        let (mut ana, _) = Peer::enter(at, &session.ticket, 1).await;
        ana.say(ToServer::End).await;
        let notes = format!("/api/v1/sessions/{}/notes", session.number.get());
        for _ in 0..3 {
            assert_eq!(get(at, &notes, &token).await.status, 200);
            let listed: Vec<SessionRecord> = get(at, "/api/v1/sessions", &token).await.json();
            assert_eq!(listed.iter().filter(|s| s.number == session.number).count(), 1);
        }
    }
    server.shutdown().await.unwrap();
}
