//! C4: what was said to all stays with the session's record if the site says so, and everybody is told; stored phrases
//! only if the site allows them.

use deskside_protocol::records::Transcript;
use deskside_session::{
    app::{AppOnly, NotesState, Screen},
    command::Command,
    view::View,
};
use deskside_tests::{Peer, Server, peer::Line, scene::secure, server::AGENT, until};

struct Call {
    server: Server,
    token: String,
    number: String,
    agent: Peer,
    customer: Peer,
}

fn call(settings: &[(&str, &str)]) -> Call {
    let server = Server::with(settings);
    let agent = Peer::agent(&server, None);
    let number = agent.wait_session("a session", |_| true).number.get().to_string();
    let customer = Peer::customer(&server, None, &number);
    for peer in [&agent, &customer] {
        peer.wait_session("a secure session", secure);
    }
    let token = server.sign_in().token;
    Call { server, token, number, agent, customer }
}

fn say(peer: &mut Peer, text: &str) {
    peer.tell(Command::Chat { to: None, text: text.into() });
}

impl Call {
    /// What the server has.
    fn saved(&self) -> Vec<String> {
        let path = format!("/api/v1/sessions/{}/chat", self.number);
        let chat: Transcript = self.server.call(&self.token, "GET", &path, None::<&()>);
        chat.lines.into_iter().map(|l| l.text).collect()
    }

    fn wait_saved(&self, texts: &[&str]) {
        let mut wanted = texts.to_vec();
        wanted.sort_unstable();
        until("the chat at the server", || {
            let mut saved = self.saved();
            saved.sort_unstable();
            (saved == wanted).then_some(())
        });
    }
}

fn arrived(text: &str) -> impl Fn(&View) -> bool {
    move |s| s.chat.iter().any(|l| l.text == text)
}

#[test]
fn a_chat_is_saved_where_the_site_says_so_and_everybody_reads_that() {
    let mut c = call(&[("chat.kept", "true")]);
    for peer in [&c.agent, &c.customer] {
        peer.wait_session("that the chat is kept", |s| s.chat_kept);
    }
    say(&mut c.agent, "What can I do for you?");
    let me = c.agent.session().expect("a session").me;
    c.customer.tell(Command::Chat { to: Some(me), text: "Between us: it was me.".into() });
    say(&mut c.customer, "The printer is jammed.");
    c.wait_saved(&["What can I do for you?", "The printer is jammed."]);
    // The agent's program dies with a line that only it has, and the server is away.
    c.server.kill();
    say(&mut c.agent, "One moment.");
    c.customer.wait_session("the line", arrived("One moment."));
    c.agent.kill();
    c.server.start_again();
    c.agent = c.agent.again(&c.server, None).sign_in(AGENT).start();
    c.agent.wait_session("a secure session", secure);
    c.token = c.server.sign_in().token;
    c.wait_saved(&["What can I do for you?", "The printer is jammed.", "One moment."]);
    // The last words, right before the end.
    say(&mut c.agent, "Good-bye.");
    c.agent.tell(Command::End);
    c.agent.wait("the end", |v| matches!(v.screen, Screen::Ended { .. }));
    c.wait_saved(&["What can I do for you?", "The printer is jammed.", "One moment.", "Good-bye."]);
}

#[test]
fn by_itself_a_site_saves_nothing() {
    let mut c = call(&[]);
    say(&mut c.agent, "Not for the record.");
    c.customer.wait_session("the line", arrived("Not for the record."));
    assert!([&c.agent, &c.customer].iter().all(|p| p.session().is_some_and(|s| !s.chat_kept)));
    c.agent.tell(Command::End);
    c.agent.wait("the end", |v| matches!(v.screen, Screen::Ended { .. }));
    c.agent.close_input();
    assert!(c.agent.wait_exit().success());
    assert!(c.saved().is_empty());
}

#[test]
fn a_site_may_allow_no_phrases() {
    let mut c = call(&[("chat.phrases", "false")]);
    // They were asked for before the notes, and are answered by the same server.
    c.agent.tell(AppOnly::Notes { text: "Asked later than the phrases".into() });
    c.agent.wait("the notes", |v| match &v.screen {
        Screen::Session { notes: Some(n), .. } => n.state == NotesState::Saved && !n.text.is_empty(),
        _ => false,
    });
    let view = c.agent.view().expect("a view");
    assert_eq!((view.phrases, view.problem), (None, None));
    c.agent.tell(AppOnly::Phrases { mine: vec!["Hello.".into()] });
    c.agent.wait_line("that there are none", 0, |l| {
        matches!(l, Line::Error { detail } if detail.contains("phrases")).then_some(())
    });
    let c = call(&[]);
    c.agent.wait("phrases", |v| v.phrases.is_some());
}
