//! No log holds a password, a token, typed text, chat, clipboard text or a link's secret.

use deskside_session::{
    command::{Act, Command},
    input::Button,
};
use deskside_tests::{Display, Scene, Server, peer::Start, scene::secure, server::PASSWORD};

const CHAT: &str = "canary-of-the-chat";
const TYPED: &str = "canaryofthekeys";
const COPIED: &str = "canary-of-the-clipboard";
const WRONG_PASSWORD: &str = "canary-of-a-wrong-password";

#[test]
fn logs_at_their_loudest_hold_no_secret() {
    let server = Server::with(&[("log.filter", "trace")]);
    let desk = Display::start(800, 600, "us");
    let loud = |s: Start| s.env("RUST_LOG", "trace").env("DESKSIDE_LOG", "trace");
    let mut wrong = loud(Start::new("wrong", server.url(), None))
        .env("DESKSIDE_PASSWORD", WRONG_PASSWORD)
        .arg("agent")
        .arg("--name")
        .arg("nobody")
        .start();
    assert_eq!(wrong.wait_exit().code(), Some(6));

    let agent = loud(Start::new("agent", server.url(), Some(&desk)).agent()).start();
    let link = agent.wait_session("a link", |s| s.link.is_some()).link.expect("a link");
    let customer = loud(Start::new("customer", server.url(), Some(&desk)).join(&link)).start();
    customer.wait_session("the agent", secure);
    let mut scene = Scene { agent, customer, server, desk };
    scene.wait_secure();
    scene.take_control();
    scene.allow(Act::Clipboard);
    scene.agent.tell(Command::Chat { to: None, text: CHAT.into() });
    scene.customer.wait_session("the chat", |s| !s.chat.is_empty());
    scene.desk.terminal("typing", "60x10+50+50", "cat > typed");
    scene.wait_hands();
    scene.agent.click(Button::Left, 120, 120);
    scene.agent.type_keys(&format!("{TYPED}\n"));
    scene.wait_file("typed", &format!("{TYPED}\n"));
    scene.desk.copy(COPIED);
    scene.agent.tell(Command::End);
    assert!(scene.customer.wait_exit().success());

    let token = scene.server.sign_in().token;
    let secret = link.split_once('#').expect("a fragment").1;
    let setup = scene.server.setup_token.clone();
    let logs = [
        ("server", scene.server.log()),
        ("agent", scene.agent.log()),
        ("customer", scene.customer.log()),
        ("refused agent", wrong.log()),
    ];
    // Who was refused has hardly anything to log.
    assert!(logs[..3].iter().all(|(_, log)| log.len() > 500), "the logs were read");
    for (who, log) in &logs {
        for canary in [CHAT, TYPED, COPIED, WRONG_PASSWORD, PASSWORD, secret, &setup, &token] {
            if let Some(line) = log.lines().find(|l| l.contains(canary)) {
                panic!("the {who}'s log holds {canary}: {line}");
            }
        }
    }
}
