//! D1: the agent sees what is on the customer's screen, and only when allowed.

use std::time::Duration;

use deskside_session::command::{Act, Command};
use deskside_tests::{Display, Probe, Scene, Server, until, wait};

/// A terminal full of text, colours and a drawing.
fn fill(desk: &Display) {
    desk.terminal(
        "texts",
        "80x24+30+40",
        r#"for i in 1 2 3 4 5 6 7 8 9; do printf '\033[3%dmline %d: the quick brown fox 0123456789 éàç\033[0m\n' $i $i; done; cat"#,
    );
    until("text on the screen", || (desk.picture().colours(6) >= 6).then_some(()));
}

#[test]
fn the_viewer_shows_each_pixel_and_what_changes() {
    let mut scene = Scene::joined();
    fill(&scene.desk);
    scene.allow(Act::View);
    let picture = scene.wait_same_picture();
    assert_eq!((picture.width, picture.height), (1280, 800));
    assert!(picture.colours(6) >= 6, "the text's colours are there");
    let sharing = scene.agent.wait_session("the size", |s| s.sharing.as_ref().is_some_and(|s| s.width > 0));
    let sharing = sharing.sharing.expect("a sharing");
    assert_eq!((sharing.width, sharing.height), (1280, 800));
    assert_eq!(sharing.monitors.len(), 1);
    scene.customer.wait_session("who sees", |s| s.sharing.as_ref().is_some_and(|s| s.viewers.len() == 1));

    // Typed text, a moved window, a scrolled one.
    scene.desk.xdotool(&["type", "typed while it is watched\n"]);
    scene.wait_same_picture();
    let window = scene.desk.window("texts").to_string();
    scene.desk.xdotool(&["windowmove", &window, "333", "222"]);
    scene.wait_same_picture();
    scene.desk.terminal("scrolling", "60x20+700+300", "seq 1 2000; cat");
    scene.wait_same_picture();
}

#[test]
fn screens_of_odd_sizes() {
    for (width, height) in [(1023, 767), (641, 479)] {
        let mut scene = Scene::on(Server::start(), Display::start(width, height, "us"));
        let probe = Probe::open(&scene.desk, 0, 0, width, height);
        probe.fill(width as i16 - 3, height as i16 - 5, 3, 5, 0x00ff_8000);
        scene.allow(Act::View);
        let picture = scene.wait_same_picture();
        assert_eq!(picture.pixel(width as usize - 1, height as usize - 1), [255, 128, 0]);
    }
}

#[test]
fn nothing_is_seen_before_it_is_allowed_or_after_it_is_stopped() {
    let mut scene = Scene::joined();
    assert!(scene.agent.try_picture().is_none());
    scene.agent.tell(Command::Ask { act: Act::View });
    scene.customer.wait_session("a prompt", |s| s.prompt.is_some());
    assert!(scene.agent.try_picture().is_none(), "the question alone shows nothing");
    scene.customer.answer(Act::View, true);
    scene.wait_same_picture();
    scene.customer.tell(Command::StopSharing);
    scene.agent.wait_session("the end of sharing", |s| s.sharing.is_none() && s.grants.is_empty());
    assert!(scene.agent.try_picture().is_none());
}

#[test]
fn a_pause_holds_the_picture() {
    let mut scene = Scene::viewing();
    let before = scene.wait_same_picture();
    scene.customer.tell(Command::Pause { paused: true });
    scene.agent.wait_session("the pause", |s| s.sharing.as_ref().is_some_and(|s| s.paused));
    let probe = Probe::open(&scene.desk, 100, 100, 300, 300);
    probe.fill(0, 0, 300, 300, 0x00ff_0000);
    let agent = &mut scene.agent;
    wait::never("a changed picture while paused", Duration::from_secs(2), || {
        agent.try_picture().filter(|p| *p != before)
    });
    scene.customer.tell(Command::Pause { paused: false });
    scene.wait_same_picture();
}
