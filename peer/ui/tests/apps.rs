//! The shared applications at the viewer.

mod samples;
mod shown;

use deskside_session::{
    app::AppCommand,
    command::Command,
    input::{Button, InputEvent},
    programs::Area,
};
use deskside_ui::Language;
use eframe::egui::{self, Modifiers, PointerButton};
use egui_kittest::kittest::Queryable as _;
use samples::{Done, Picture, Still, sample};
use shown::{Shown, open};

const WINDOW: u64 = 0x2a;

fn watching(name: &str, native: bool) -> (Shown, std::sync::Arc<Picture>) {
    let picture = Picture::new(native);
    let program = Still::with_picture(sample(name), picture.clone());
    let mut s = open(program, Language::English, Some(WINDOW));
    s.harness.set_size(egui::vec2(1400.0, 900.0));
    s.harness.run_ok();
    (s, picture)
}

fn crops(picture: &Picture) -> Vec<Option<Area>> {
    let crop = |d| if let Done::Crop(part) = d { Some(part) } else { None };
    picture.done().into_iter().filter_map(crop).collect()
}

const LETTER: Area = Area { x: 110, y: 80, width: 560, height: 380 };

#[test]
fn one_is_shown_alone_and_all_again() {
    let (mut s, picture) = watching("agent-apps", true);
    assert_eq!(crops(&picture), []);
    s.click("Letter to the insurance.odt");
    assert_eq!(crops(&picture), [Some(LETTER)]);
    s.click("Printer settings");
    s.must("Minimised");
    s.click("All");
    s.must_not("Minimised");
    assert_eq!(crops(&picture), [None]);
    s.click("Old accounts");
    s.must("Closed");
}

#[test]
fn the_only_one_is_shown_alone_from_the_start() {
    let (mut s, picture) = watching("agent-app", true);
    assert_eq!(crops(&picture), [Some(LETTER)]);
    s.click("All");
    assert_eq!(crops(&picture), [None]);
}

#[test]
fn a_click_into_a_part_is_one_in_the_picture() {
    let (mut s, _) = watching("agent-apps", false);
    s.click("Letter to the insurance.odt");
    let rect = s.harness.get_by_label("Desktop of Ana Ferreira").rect();
    s.told();
    let pos = rect.center();
    s.harness.event(egui::Event::PointerMoved(pos));
    for pressed in [true, false] {
        let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
        s.harness.event(egui::Event::PointerButton { pos, button, pressed, modifiers });
        s.harness.run_ok();
    }
    let button = |c| match c {
        AppCommand::Session(Command::Input { event: InputEvent::Button { button, x, y, .. } }) => {
            Some((button, x, y))
        }
        _ => None,
    };
    let told: Vec<_> = s.told().into_iter().filter_map(button).collect();
    assert_eq!(told, [(Button::Left, 390, 270); 2], "the middle of the letter");
}

#[test]
fn windows_of_their_own_open_for_each_and_close() {
    let (mut s, _) = watching("agent-apps", true);
    s.click("Each in its own window");
    s.must_not("Each in its own window");
    s.must("Letter to the insurance.odt - Ana Ferreira - Deskside");
    // The one that is minimised says so in its window; the one that is closed gets none.
    s.must("Printer settings - Ana Ferreira - Deskside");
    s.must("Minimised");
    s.must_not("Old accounts - Ana Ferreira - Deskside");
    // They end with the sharing of them.
    let mut one = sample("agent-app");
    samples::apps::sharing(&mut one, |s| s.programs[0].id = 9);
    s.set(one);
    s.must_not("Printer settings - Ana Ferreira - Deskside");
}
