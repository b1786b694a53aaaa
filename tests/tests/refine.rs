//! Small coloured text is exact at the viewer once it stands still, whatever coder showed it first.

use std::time::{Duration, Instant};

use deskside_session::{
    command::{Act, Coder, Command},
    quality::Sharpness,
};
use deskside_tests::{Display, Net, Probe, Scene, Server, net, until, wait};

/// Pages of coloured text, nine pixels high; each line that is typed turns to the next one.
fn pages(desk: &Display) {
    let script = r#"n=0; while :; do n=$((n+1)); clear
        for i in $(seq 1 60); do for c in 1 2 3 4 5 6; do
            printf '\033[38;5;%dmpage %d line %d the quick ' $(( (i*7+c*31+n) % 230 + 1 )) $n $i
        done; echo; done
        echo $n > page; read -r _; done"#;
    desk.run(
        "xterm",
        &["-u8", "-fn", "6x9", "-title", "pages", "-geometry", "160x62+20+20", "-e", "sh", "-c", script],
    );
    desk.window("pages");
    desk.file_with("page", |t| t == "1\n");
}

/// Turns the page; waits until it is all on the screen.
fn turn(desk: &Display, to: u32) {
    desk.xdotool(&["key", "Return"]);
    desk.file_with("page", |t| t == format!("{to}\n"));
}

/// Pictures that change again and again, as a film does.
fn film(probe: &Probe, side: u16, time: Duration) {
    let end = Instant::now() + time;
    let mut number = 0u32;
    let shown = wait::within(time * 10, || {
        number += 1;
        let pixel = |i: u32| {
            let (x, y) = (i % u32::from(side), i / u32::from(side));
            let grain = (i.wrapping_mul(2_654_435_761) >> 28) + number * 5;
            [(x + grain) as u8, (y * 2 + grain) as u8, (x + y + grain) as u8, 0]
        };
        let pixels: Vec<u8> = (0..u32::from(side) * u32::from(side)).flat_map(pixel).collect();
        probe.draw(0, 0, side, side, &pixels);
        (Instant::now() >= end).then_some(())
    });
    assert!(shown.is_some(), "the film came to no end");
}

/// Waits until the viewer has each pixel; the test's output says how long it took, and nothing hangs on it.
fn exact(scene: &mut Scene, net: Option<&Net>, what: &str) {
    let sent = |net: Option<&Net>| net.map_or(0, Net::sent_by_customer);
    let (since, before) = (Instant::now(), sent(net));
    scene.wait_same_picture();
    let kilobytes = (sent(net) - before) / 1000;
    eprintln!("{what}: exact after {:.2} s, {kilobytes} kB", since.elapsed().as_secs_f64());
}

#[test]
fn small_text_by_h264_becomes_exact() {
    let mut scene = Scene::viewing();
    scene.agent.tell(Command::SetCoder { coder: Coder::H264 });
    scene.agent.wait_session("the coder", |s| s.sharing.as_ref().is_some_and(|s| s.coder == Coder::H264));
    pages(&scene.desk);
    exact(&mut scene, None, "the first page");
    for page in 2..6 {
        turn(&scene.desk, page);
        exact(&mut scene, None, "the next page");
    }
    let now = scene.agent.session().and_then(|s| s.sharing).map(|s| s.coder);
    assert_eq!(now, Some(Coder::H264), "it stays as it was asked for");
}

#[test]
fn at_500_kilobits_text_and_film_are_exact_when_they_stand_still() {
    let desk = Display::start(1280, 800, "us");
    pages(&desk);
    let net = Net::enter();
    let server = Server::at(&format!("{}:0", net::AGENT), &[]);
    let customer = net.customer.clone();
    let mut scene = Scene::with(server, desk, |agent| agent, |start| start.on(&customer));
    net.narrow(500);
    scene.allow(Act::View);
    exact(&mut scene, Some(&net), "the first picture");
    for page in 2..4 {
        turn(&scene.desk, page);
        exact(&mut scene, Some(&net), "the next page");
    }
    let probe = Probe::open(&scene.desk, 1000, 500, 256, 256);
    for sharpness in [Sharpness::Auto, Sharpness::Faster] {
        scene.agent.tell(Command::SetQuality { sharpness: Some(sharpness), colours: None });
        film(&probe, 256, Duration::from_secs(3));
        scene.agent.wait_session("H.264", |s| s.sharing.as_ref().is_some_and(|s| s.coder == Coder::H264));
        exact(&mut scene, Some(&net), "a film that stops");
        until("tiles alone again", || {
            scene.agent.session()?.sharing.filter(|s| s.coder == Coder::Tiles).map(|_| ())
        });
    }
}
