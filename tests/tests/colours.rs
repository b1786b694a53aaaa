//! D9: fewer colours by either side's choice, and the bytes that they save.

use deskside_session::{
    command::{Act, Command},
    quality::{Colours, Quality, Sharpness},
};
use deskside_tests::{Display, Net, Picture, Probe, Scene, Server, net, until};

const SIDE: u16 = 320;

/// A square like a photograph: soft slopes in all colours, with grain, another one for each number.
fn photograph(number: u32) -> Vec<u8> {
    let side = u32::from(SIDE);
    let mut grain = number.wrapping_mul(2_654_435_761) | 1;
    let mut pixel = |i: u32| {
        grain ^= grain << 13;
        grain ^= grain >> 17;
        grain ^= grain << 5;
        let (x, y) = (i % side, i / side);
        let slope = |v: u32| ((v * 180 / side + number * 7) % 200 + grain % 12) as u8;
        [slope(x), slope(y), slope((x + y) / 2), 0]
    };
    (0..side * side).flat_map(&mut pixel).collect()
}

/// How far the two are apart where they differ most.
fn farthest(a: &Picture, b: &Picture) -> u8 {
    a.rgb.iter().zip(&b.rgb).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0)
}

#[test]
fn fewer_colours_are_fewer_bytes() {
    let desk = Display::start(800, 600, "us");
    let net = Net::enter();
    let server = Server::at(&format!("{}:0", net::AGENT), &[]);
    let customer = net.customer.clone();
    let mut scene = Scene::with(server, desk, |agent| agent, |start| start.on(&customer));
    scene.allow(Act::View);
    scene.wait_same_picture();
    let probe = Probe::open(&scene.desk, 100, 100, SIDE, SIDE);
    let mut bytes = Vec::new();
    for (colours, far, most) in
        [(Colours::Full, 0, usize::MAX), (Colours::Bits16, 9, 65_536), (Colours::Bits8, 30, 256)]
    {
        // The customer chooses one of them, the agent the others.
        let chooser = if colours == Colours::Bits16 { &mut scene.customer } else { &mut scene.agent };
        chooser.tell(Command::SetQuality { sharpness: None, colours: Some(colours) });
        let chosen = Quality { sharpness: Sharpness::Auto, colours };
        for peer in [&scene.agent, &scene.customer] {
            peer.wait_session("the colours", |s| s.sharing.as_ref().is_some_and(|s| s.quality == chosen));
        }
        let mut show = |number| {
            probe.draw(0, 0, SIDE, SIDE, &photograph(number));
            let there = scene.desk.picture();
            let near = |p: &Picture| farthest(p, &there) <= far && p.colours(most.saturating_add(1)) <= most;
            scene.agent.wait_picture(&format!("the photograph {number} in {colours:?}"), near);
        };
        show(0);
        let before = net.sent_by_customer();
        (1..=12).for_each(&mut show);
        bytes.push(net.sent_by_customer() - before);
    }
    eprintln!("bytes with all, 65,536 and 256 colours: {bytes:?}");
    assert!(bytes[1] < bytes[0] * 9 / 10 && bytes[2] < bytes[1] * 9 / 10, "{bytes:?}");
    // And back to every pixel.
    scene.customer.tell(Command::SetQuality { sharpness: None, colours: Some(Colours::Full) });
    scene.wait_same_picture();
    until("that both agree", || {
        let plain =
            |s: deskside_session::view::View| s.sharing.is_some_and(|s| s.quality == Quality::default());
        (plain(scene.agent.session()?) && plain(scene.customer.session()?)).then_some(())
    });
}
