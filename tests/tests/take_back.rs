//! C3: the own mouse takes control back; one key stops everything.

use std::time::Duration;

use deskside_session::{
    command::{Act, Command},
    input::Button,
    view::Notice,
};
use deskside_tests::{Probe, Scene, until, wait};

#[test]
fn the_own_mouse_takes_control_back_and_the_picture_goes_on() {
    let mut scene = Scene::controlling();
    // A hand that still moves right after the answer takes nothing back, so it may take a while.
    let mut x = 600;
    until("control is taken back", || {
        x += 25;
        scene.desk.move_mouse(600 + x % 300, 400);
        let taken = |s: deskside_session::view::View| s.grants.iter().all(|g| g.act != Act::Control);
        wait::within(Duration::from_millis(200), || scene.customer.session().filter(|s| taken(s.clone())))
    });
    scene.customer.wait_session("why", |s| s.notice.as_ref().is_some_and(|(_, n)| *n == Notice::TakenBack));
    let s = scene.agent.wait_session("no control", |s| s.grants.iter().all(|g| g.act != Act::Control));
    assert!(s.sharing.is_some_and(|s| s.controller.is_none()));
    scene.wait_same_picture();

    let mut probe = Probe::open(&scene.desk, 100, 100, 200, 200);
    scene.agent.click(Button::Left, 150, 150);
    scene.agent.tell(Command::Chat { to: None, text: "behind it".into() });
    scene.customer.wait_session("the chat", |s| !s.chat.is_empty());
    assert!(!probe.seen().iter().any(|s| matches!(s, deskside_tests::probe::Seen::Press { .. })));
}

#[test]
fn the_agents_own_input_does_not_take_it_back() {
    let mut scene = Scene::controlling();
    for step in 0..60u16 {
        scene.agent.click(Button::Left, 300 + step * 10, 300 + step * 3);
        scene.agent.type_keys("abc");
    }
    scene.agent.tell(Command::Chat { to: None, text: "behind it".into() });
    scene.customer.wait_session("the chat", |s| !s.chat.is_empty());
    scene.customer.never("control taken back", Duration::from_secs(2), |s| {
        s.grants.iter().all(|g| g.act != Act::Control)
    });
}

#[test]
fn three_times_escape_stops_everything() {
    let mut scene = Scene::controlling();
    scene.desk.xdotool(&["key", "--delay", "60", "Escape", "Escape", "Escape"]);
    scene.agent.wait_session("the end of sharing", |s| s.grants.is_empty() && s.sharing.is_none());
    scene.customer.wait_session("nothing shared", |s| s.grants.is_empty() && s.sharing.is_none());
    assert!(scene.agent.try_picture().is_none());
}
