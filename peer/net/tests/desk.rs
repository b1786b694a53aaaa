//! The desk's client against a small server made here.

use std::time::Duration;

use deskside_net::{DeskEvent, DeskSocket, Loss, Site};
use deskside_protocol::{
    VERSION,
    api::Code,
    desk::{AgentState, Desk, DeskAgent, DeskHello, FromDesk},
};
use futures_util::{SinkExt, StreamExt};
use tokio::{
    net::{TcpListener, TcpStream},
    runtime::Handle,
    sync::mpsc::{Receiver, channel},
    time::timeout,
};
use tokio_tungstenite::{WebSocketStream, accept_async, tungstenite::Message};

const PATIENCE: Duration = Duration::from_secs(20);

async fn accept(listener: &TcpListener) -> WebSocketStream<TcpStream> {
    let (stream, _) = timeout(PATIENCE, listener.accept()).await.expect("in time").expect("a client");
    let mut socket = accept_async(stream).await.expect("a socket");
    let hello = socket.next().await.expect("a message").expect("a sound one");
    let hello: DeskHello = serde_json::from_str(hello.to_text().expect("text")).expect("a hello");
    assert_eq!((hello.version, hello.token.as_str()), (VERSION, "t0"));
    socket
}

async fn next(events: &mut Receiver<DeskEvent>) -> DeskEvent {
    timeout(PATIENCE, events.recv()).await.expect("told in time").expect("a client that lives")
}

async fn say(socket: &mut WebSocketStream<TcpStream>, message: &FromDesk) {
    socket.send(Message::text(serde_json::to_string(message).expect("JSON"))).await.expect("sent");
}

fn desk(name: &str) -> Desk {
    Desk { agents: vec![DeskAgent { name: name.into(), state: AgentState::Free }], ..Desk::default() }
}

#[tokio::test]
async fn the_desk_comes_back_until_the_sign_in_is_over() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    let site = Site::new(&format!("http://{address}"), None).expect("an address");
    let (events, mut inbox) = channel(64);
    let _desk = DeskSocket::start(&Handle::current(), site, "t0".into(), move |event| {
        events.try_send(event).expect("room");
    });

    let mut socket = accept(&listener).await;
    say(&mut socket, &FromDesk::Desk(desk("Ana"))).await;
    assert_eq!(next(&mut inbox).await, DeskEvent::Desk(desk("Ana")));
    for garbage in ["", "{", r#"{"type":"of_the_future"}"#, r#"{"type":"desk"}"#] {
        socket.send(Message::text(garbage)).await.expect("sent");
    }
    say(&mut socket, &FromDesk::Desk(desk("Bob"))).await;
    assert_eq!(next(&mut inbox).await, DeskEvent::Desk(desk("Bob")), "garbage is skipped");

    drop(socket);
    assert_eq!(next(&mut inbox).await, DeskEvent::Down(Loss::Away));
    let mut socket = accept(&listener).await;
    say(&mut socket, &FromDesk::Refused { error: Code::Unavailable }).await;
    let mut socket = accept(&listener).await;
    say(&mut socket, &FromDesk::Desk(desk("Ana"))).await;
    assert_eq!(next(&mut inbox).await, DeskEvent::Desk(desk("Ana")), "it was told once that it is away");
    say(&mut socket, &FromDesk::Refused { error: Code::NotSignedIn }).await;
    assert_eq!(next(&mut inbox).await, DeskEvent::Refused(Code::NotSignedIn));
    assert_eq!(inbox.recv().await, None, "nothing follows");
}
