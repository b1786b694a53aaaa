//! D12: the tab on the frame around what is shared stops it, for the person at that computer alone.

use std::time::Duration;

use deskside_session::{
    command::{Act, Command},
    input::{Button, InputEvent},
};
use deskside_tests::{Display, Scene, Server, until, wait};

/// In the folded tab: the middle of its place left of the corner.
const TAB: (u16, u16) = (1100, 5);

#[test]
fn the_person_stops_at_the_tab_and_remote_clicks_there_do_nothing() {
    let desk = Display::start(1280, 800, "us");
    let mut scene = Scene::with(Server::start(), desk, |agent| agent, |customer| customer.windows());
    scene.agent.tell(Command::Ask { act: Act::Control });
    scene.customer.answer(Act::Control, true);
    scene.desk.window("Deskside: sharing");
    let pixel = |scene: &Scene, x, y| {
        let p = scene.desk.picture();
        (p.pixel(x, y), p.pixel(1, 400))
    };
    until("the folded tab", || {
        let ((tab, frame), (below, _)) = (pixel(&scene, 1100, 6), pixel(&scene, 1100, 9));
        (tab == frame && below != frame).then_some(())
    });

    // Right after an answer input is held back: until the pointer follows, and the tab unfolds.
    let mut x = TAB.0;
    until("unfolded under the agent's pointer", || {
        x = TAB.0 + (x + 1) % 8;
        scene.agent.input(InputEvent::Move { x, y: TAB.1 });
        let (ground, frame) = pixel(&scene, 1150, 15);
        (ground == frame).then_some(())
    });
    for _ in 0..2 {
        scene.agent.click(Button::Left, TAB.0, TAB.1);
        let shares = |s: &deskside_session::view::View| s.sharing.is_some();
        scene.customer.never("stopped by the agent's click", Duration::from_millis(700), |s| !shares(s));
    }

    scene.desk.xdotool(&["mousemove", "1096", "6"]);
    until("stopped", || {
        scene.desk.xdotool(&["click", "1"]);
        let over = || scene.customer.session().filter(|s| s.sharing.is_none());
        wait::within(Duration::from_millis(300), over)
    });
    scene.agent.wait_session("the end of sharing", |s| s.sharing.is_none());
    until("the tab is gone", || {
        let ((tab, _), (below, _)) = (pixel(&scene, 1100, 2), pixel(&scene, 1100, 40));
        (tab == below).then_some(())
    });
}
