//! C5, S10: notes are saved while they are typed, survive a crash, and can be edited after the end.

use deskside_protocol::records::Notes;
use deskside_session::{
    SessionNumber,
    app::{AppOnly, AppView, NotesState, NotesView, Screen},
    command::Command,
};
use deskside_tests::{Peer, Server, peer::Start, server::AGENT, until};

fn notes(view: &AppView) -> Option<&NotesView> {
    match &view.screen {
        Screen::Session { notes, .. } | Screen::Ended { notes, .. } => notes.as_ref(),
        _ => None,
    }
}

#[track_caller]
fn wait_notes(peer: &Peer, text: &str, state: Option<NotesState>) {
    peer.wait("the notes", |v| {
        notes(v).is_some_and(|n| n.text == text && state.is_none_or(|state| n.state == state))
    });
}

fn note(peer: &mut Peer, text: &str) {
    peer.tell(AppOnly::Notes { text: text.into() });
}

#[track_caller]
fn wait_saved(server: &Server, number: SessionNumber, text: &str) {
    let token = server.sign_in().token;
    until("the notes at the server", || {
        let path = format!("/api/v1/sessions/{}/notes", number.get());
        let saved: Notes = server.call(&token, "GET", &path, None::<&()>);
        (saved.text == text).then_some(())
    });
}

/// An agent in a session, its notes loaded.
fn agent(server: &Server) -> (Peer, SessionNumber) {
    let agent = Peer::agent(server, None);
    wait_notes(&agent, "", Some(NotesState::Saved));
    let number = agent.session().expect("a session").number;
    (agent, number)
}

#[test]
fn what_is_typed_is_at_the_server_soon_and_after_the_end_too() {
    let server = Server::start();
    let (mut agent, number) = agent(&server);
    for end in 1..="Printer is jammed".len() {
        note(&mut agent, &"Printer is jammed"[..end]);
    }
    wait_notes(&agent, "Printer is jammed", Some(NotesState::Saved));
    wait_saved(&server, number, "Printer is jammed");
    agent.tell(Command::End);
    agent.wait("the end", |v| matches!(v.screen, Screen::Ended { .. }));
    wait_notes(&agent, "Printer is jammed", None);
    note(&mut agent, "Printer is jammed\nSolved");
    // Who goes on at once loses nothing.
    agent.tell(AppOnly::Home);
    agent.wait("the agent's home", |v| matches!(v.screen, Screen::AgentHome { .. }));
    wait_saved(&server, number, "Printer is jammed\nSolved");
    note(&mut agent, "No session is shown");
    agent.wait_line("that there is none", 0, |l| {
        matches!(l, deskside_tests::peer::Line::Error { detail } if detail.contains("notes")).then_some(())
    });
}

#[test]
fn a_killed_program_loses_nothing_even_without_the_server() {
    let mut server = Server::start();
    let (mut agent, number) = agent(&server);
    server.kill();
    note(&mut agent, "Typed while the server was away");
    wait_notes(&agent, "Typed while the server was away", Some(NotesState::Saving));
    agent.kill();
    server.start_again();
    let agent = agent.again(&server, None).sign_in(AGENT).start();
    agent.wait_session("the same session", |s| s.number == number);
    wait_notes(&agent, "Typed while the server was away", Some(NotesState::Saved));
    wait_saved(&server, number, "Typed while the server was away");
    let left = std::fs::read_dir(agent.home().join("notes")).expect("its folder").count();
    assert_eq!(left, 0, "what the server has is not kept here");
}

#[test]
fn the_last_edit_of_a_killed_program_is_sent_at_the_next_sign_in() {
    let server = Server::start();
    let (mut agent, number) = agent(&server);
    agent.tell(Command::End);
    agent.wait("the end", |v| matches!(v.screen, Screen::Ended { .. }));
    note(&mut agent, "One last word");
    wait_notes(&agent, "One last word", None);
    agent.kill();
    let agent = agent.again(&server, None).sign_in(AGENT).start();
    agent.wait("the agent's home", |v| matches!(v.screen, Screen::AgentHome { .. }));
    wait_saved(&server, number, "One last word");
}

#[test]
fn who_quits_at_once_loses_nothing() {
    let server = Server::start();
    let (mut agent, number) = agent(&server);
    note(&mut agent, "In a hurry");
    agent.tell(AppOnly::Quit);
    agent.wait_exit();
    wait_saved(&server, number, "In a hurry");
}

#[test]
fn two_agents_lose_no_line_of_each_other() {
    let server = Server::start();
    server.add_agent("Bob");
    let (mut ada, number) = agent(&server);
    note(&mut ada, "From Ada");
    wait_notes(&ada, "From Ada", Some(NotesState::Saved));
    let _customer = Peer::customer(&server, None, &number.to_string());
    ada.wait_session("the customer", deskside_tests::scene::secure);
    let mut bob = Start::new("bob", server.url(), None).sign_in("Bob").start();
    bob.wait("the agent's home", |v| matches!(v.screen, Screen::AgentHome { busy: false, .. }));
    bob.tell(AppOnly::Assist { target: number.to_string() });
    wait_notes(&bob, "From Ada", Some(NotesState::Saved));
    note(&mut bob, "From Ada\nFrom Bob");
    wait_notes(&bob, "From Ada\nFrom Bob", Some(NotesState::Saved));
    // Ada did not see Bob's line.
    note(&mut ada, "From Ada\nMore of Ada");
    wait_notes(&ada, "From Ada\nMore of Ada\nFrom Bob", Some(NotesState::Saved));
    wait_saved(&server, number, "From Ada\nMore of Ada\nFrom Bob");
}

#[test]
fn notes_that_are_too_long_are_not_taken() {
    let server = Server::start();
    let (mut agent, number) = agent(&server);
    let longest = "é".repeat(32 * 1024);
    note(&mut agent, &longest);
    wait_notes(&agent, &longest, Some(NotesState::Saved));
    note(&mut agent, &format!("{longest}!"));
    wait_notes(&agent, &longest, Some(NotesState::TooLong));
    note(&mut agent, "Shorter");
    wait_saved(&server, number, "Shorter");
}
