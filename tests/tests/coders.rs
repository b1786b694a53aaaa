//! Both coders, when one of them is asked for.

use deskside_session::command::{Act, Coder, Command};
use deskside_tests::{Scene, until, wait};

#[test]
fn h264_shows_the_same_well_enough() {
    let mut scene = Scene::joined();
    scene.desk.terminal("texts", "100x30+30+40", "seq 100000 100700 | column -c 90; cat");
    scene.allow(Act::View);
    scene.agent.tell(Command::SetCoder { coder: Coder::H264 });
    scene.agent.wait_session("the coder", |s| s.sharing.as_ref().is_some_and(|s| s.coder == Coder::H264));
    let mut best = 0.0_f64;
    let alike = wait::within(wait::DEADLINE, || {
        let there = scene.desk.picture();
        let here = scene.agent.try_picture()?;
        best = best.max(here.ssim(&there));
        (best > 0.95).then_some(())
    });
    assert!(alike.is_some(), "at best {best}\n{}", scene.agent.story());

    // What changes is seen, and text that scrolled by is right in the end.
    scene.desk.xdotool(&["type", "typed under the other coder\n"]);
    until("the change", || {
        let (there, here) = (scene.desk.picture(), scene.agent.try_picture()?);
        (here.part(30, 40, 620, 480).ssim(&there.part(30, 40, 620, 480)) > 0.95).then_some(())
    });
}

#[test]
fn from_one_to_the_other_and_back() {
    let mut scene = Scene::viewing();
    scene.desk.terminal("texts", "80x24+30+40", "seq 1 200; cat");
    for coder in [Coder::H264, Coder::Tiles, Coder::H264, Coder::Auto] {
        scene.agent.tell(Command::SetCoder { coder });
        if coder == Coder::H264 {
            scene.agent.wait_session("the coder", |s| s.sharing.as_ref().is_some_and(|s| s.coder == coder));
            until("a picture", || {
                let (there, here) = (scene.desk.picture(), scene.agent.try_picture()?);
                (here.ssim(&there) > 0.9).then_some(())
            });
        } else {
            // Lossless again, in every pixel.
            scene
                .agent
                .wait_session("the coder", |s| s.sharing.as_ref().is_some_and(|s| s.coder == Coder::Tiles));
            scene.wait_same_picture();
        }
    }
}
