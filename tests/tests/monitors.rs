//! D1: monitors that are plugged, unplugged, moved and resized while they are shared and controlled.

use deskside_session::{
    command::{Command, Screen},
    input::Button,
    view::{Notice, View},
};
use deskside_tests::{Display, Peer, Probe, Scene, Server, probe::Seen, until, wait};

/// A part of the desktop: left, top, width, height.
type Part = (usize, usize, usize, usize);

/// Two monitors of 800×600 side by side, and an agent in control of all of it.
fn scene() -> Scene {
    let desk = Display::with_monitors();
    desk.xrandr(&["--output", "DUMMY1", "--mode", "800x600", "--right-of", "DUMMY0"]);
    let mut scene = Scene::on(Server::start(), desk);
    scene.take_control();
    scene
}

/// Waits until the viewer shows just this part.
#[track_caller]
fn wait_part(scene: &mut Scene, part: Part) {
    let Scene { agent, desk, .. } = scene;
    let same = || {
        let there = desk.picture().part(part.0, part.1, part.2, part.3);
        let here = agent.try_picture()?;
        (there.width == part.2 && there.height == part.3 && here.different(&there) == 0).then_some(())
    };
    let seen = wait::within(wait::DEADLINE, same);
    assert!(
        seen.is_some(),
        "the viewer never showed {part:?}\n{}\n{}",
        agent.story(),
        scene.customer.story()
    );
    // What the agent does is sent once it says that it sees the new part.
    let size = (part.2 as u16, part.3 as u16);
    agent.wait_session("the size", |s| s.sharing.as_ref().is_some_and(|s| (s.width, s.height) == size));
}

/// A click at a place of the viewer's picture reaches this place of the window.
#[track_caller]
fn click(agent: &mut Peer, probe: &mut Probe, at: (u16, u16), reaches: (i16, i16)) {
    probe.forget();
    let press = Seen::Press { button: 1, x: reaches.0, y: reaches.1 };
    let hit = wait::within(wait::DEADLINE, || {
        agent.click(Button::Left, at.0, at.1);
        let came = wait::within(std::time::Duration::from_secs(1), || {
            probe.seen().iter().any(|s| matches!(s, Seen::Press { .. })).then_some(())
        });
        came?;
        Some(probe.seen().iter().filter(|s| matches!(s, Seen::Press { .. })).all(|s| *s == press))
    });
    assert_eq!(hit, Some(true), "{:?}", probe.seen());
}

fn choose(scene: &mut Scene, i: u32) {
    scene.agent.tell(Command::SetScreen { screen: Screen::Monitor(i) });
}

fn notice(s: &View) -> Option<&Notice> {
    s.notice.as_ref().map(|(_, n)| n)
}

#[track_caller]
fn wait_notice(scene: &Scene, wanted: &Notice) {
    for peer in [&scene.agent, &scene.customer] {
        peer.wait_session("the news", |s| notice(s) == Some(wanted));
    }
}

#[test]
fn the_shared_monitor_is_unplugged_and_comes_back() {
    let mut scene = scene();
    let mut left = Probe::open(&scene.desk, 40, 50, 200, 150);
    let mut right = Probe::open(&scene.desk, 900, 60, 200, 150);
    choose(&mut scene, 1);
    wait_part(&mut scene, (800, 0, 800, 600));
    click(&mut scene.agent, &mut right, (110, 70), (10, 10));

    scene.desk.xrandr(&["--output", "DUMMY1", "--off"]);
    wait_notice(&scene, &Notice::MonitorGone { monitor: "DUMMY1".into(), instead: "DUMMY0".into() });
    wait_part(&mut scene, (0, 0, 800, 600));
    let s = scene.agent.session().and_then(|s| s.sharing).expect("it goes on");
    assert_eq!((s.trouble, s.monitors.len(), s.gone.as_deref()), (None, 1, Some("DUMMY1")));
    click(&mut scene.agent, &mut left, (45, 56), (5, 6));
    // The picture lives.
    left.fill(0, 0, 200, 150, 0x00ff_8000);
    wait_part(&mut scene, (0, 0, 800, 600));

    scene.desk.xrandr(&["--output", "DUMMY1", "--mode", "640x480", "--right-of", "DUMMY0"]);
    wait_notice(&scene, &Notice::MonitorBack { monitor: "DUMMY1".into() });
    wait_part(&mut scene, (800, 0, 640, 480));
    click(&mut scene.agent, &mut right, (120, 80), (20, 20));
}

#[test]
fn a_monitor_that_another_one_displaces_stays_shared() {
    let mut scene = scene();
    let mut right = Probe::open(&scene.desk, 900, 60, 200, 150);
    choose(&mut scene, 1);
    wait_part(&mut scene, (800, 0, 800, 600));
    // It moves below: the same size, elsewhere.
    scene.desk.xrandr(&["--output", "DUMMY1", "--pos", "0x600"]);
    let mut below = Probe::open(&scene.desk, 300, 700, 100, 100);
    wait_part(&mut scene, (0, 600, 800, 600));
    click(&mut scene.agent, &mut below, (301, 102), (1, 2));
    right.forget();
    // The other one goes, with the first place in the list.
    scene.desk.xrandr(&["--output", "DUMMY0", "--off"]);
    until("one monitor", || {
        let s = scene.agent.session()?.sharing?;
        (s.monitors.len() == 1 && s.screen == Screen::Monitor(0)).then_some(())
    });
    let s = scene.agent.session().and_then(|s| s.sharing).expect("it goes on");
    assert_eq!((s.gone, s.trouble), (None, None));
    // xrandr moves what is left to the top of the desktop.
    wait_part(&mut scene, (0, 0, 800, 600));
}

#[test]
fn all_of_them_follow_what_is_plugged_and_resized() {
    let mut scene = scene();
    let mut third = Probe::open(&scene.desk, 1700, 100, 200, 150);
    scene.desk.xrandr(&["--output", "DUMMY2", "--mode", "800x600", "--right-of", "DUMMY1"]);
    wait_part(&mut scene, (0, 0, 2400, 600));
    third.fill(0, 0, 200, 150, 0x0000_80ff);
    wait_part(&mut scene, (0, 0, 2400, 600));
    click(&mut scene.agent, &mut third, (1710, 115), (10, 15));
    let s = scene.agent.session().and_then(|s| s.sharing).expect("it goes on");
    assert_eq!((s.monitors.len(), s.screen), (3, Screen::All));

    // One gets smaller, and the one beside it moves.
    scene.desk.xrandr(&["--output", "DUMMY1", "--mode", "640x480", "--output", "DUMMY2", "--pos", "1440x0"]);
    wait_part(&mut scene, (0, 0, 2240, 600));
    click(&mut scene.agent, &mut third, (1720, 120), (20, 20));

    // All but one are switched off, with the pointer where nothing is any more.
    scene.desk.xrandr(&["--output", "DUMMY2", "--off", "--output", "DUMMY1", "--off"]);
    wait_part(&mut scene, (0, 0, 800, 600));
    let mut left = Probe::open(&scene.desk, 40, 50, 200, 150);
    click(&mut scene.agent, &mut left, (45, 56), (5, 6));
    // The screen's corner, which is nearer than the pointer was.
    scene.desk.xrandr(&["--output", "DUMMY0", "--mode", "640x480"]);
    wait_part(&mut scene, (0, 0, 640, 480));
    click(&mut scene.agent, &mut left, (46, 57), (6, 7));
    assert!(!scene.desk.something_held());
}

#[test]
fn word_of_monitors_without_a_change_does_not_begin_the_picture_anew() {
    let mut scene = scene();
    choose(&mut scene, 0);
    wait_part(&mut scene, (0, 0, 800, 600));
    let sharing = |peer: &Peer| peer.session().and_then(|s| s.sharing);
    let before = sharing(&scene.customer);
    let begun = || scene.customer.log().matches("another part of the desktop is shared").count();
    let times = begun();
    assert!(times > 0, "it is said each time");
    // The same again, and a change of another monitor.
    scene.desk.xrandr(&["--output", "DUMMY0", "--mode", "800x600"]);
    scene.desk.xrandr(&["--output", "DUMMY1", "--mode", "640x480"]);
    let news = |s: &View| s.sharing.as_ref().is_some_and(|s| s.monitors[1].width == 640);
    scene.agent.wait_session("the other monitor's size", news);
    assert_eq!(begun(), times, "{}", scene.customer.story());
    let after = sharing(&scene.customer).expect("it goes on");
    let before = before.expect("it was there");
    assert_eq!((after.screen, after.width, after.height), (before.screen, before.width, before.height));
}
