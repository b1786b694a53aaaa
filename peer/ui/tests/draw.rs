//! Drawing: its tools, its key, and what the sharer can do.

mod samples;
mod shown;

use deskside_session::{
    app::{AppCommand, AppOnly},
    command::Command,
    input::InputEvent,
    marks::{Colour, Draw, Pen, Tool, Width},
};
use deskside_ui::Language;
use eframe::egui::{Key, Modifiers, accesskit::Role as Access};
use samples::{Done, Picture, Still, sample};
use shown::{open, show};

fn last(told: Vec<AppCommand>) -> Option<Command> {
    told.into_iter().rev().find_map(|c| match c {
        AppCommand::Session(Command::Input { .. }) => None,
        AppCommand::Session(command) => Some(command),
        AppCommand::App(_) => None,
    })
}

#[test]
fn the_button_and_the_key_take_the_pen_and_put_it_away() {
    let mut w = show(sample("agent-views"));
    w.must_not("Highlighter");
    w.click("Draw");
    assert_eq!(last(w.told()), Some(Command::TakePen { pen: Some(Pen::default()) }));
    w.set(sample("agent-draws"));
    w.must("Highlighter");
    let chord = Modifiers::CTRL | Modifiers::SHIFT;
    w.harness.key_press_modifiers(chord, Key::F);
    w.harness.run_ok();
    assert_eq!(last(w.told()), Some(Command::TakePen { pen: None }));
    // The next time it is the same pen.
    w.set(sample("agent-views"));
    w.harness.key_press_modifiers(chord, Key::F);
    w.harness.run_ok();
    let pen = Pen { tool: Tool::Arrow, colour: Colour::Blue, width: Width::Thick };
    assert_eq!(last(w.told()), Some(Command::TakePen { pen: Some(pen) }));
}

#[test]
fn tools_colours_and_widths_change_one_thing_each() {
    let mut w = show(sample("agent-draws"));
    let pen = Pen { tool: Tool::Arrow, colour: Colour::Blue, width: Width::Thick };
    for (button, pen) in [
        ("Rectangle", Pen { tool: Tool::Rectangle, ..pen }),
        ("Eraser", Pen { tool: Tool::Eraser, ..pen }),
        ("Violet", Pen { colour: Colour::Violet, ..pen }),
        ("Thin", Pen { width: Width::Thin, ..pen }),
    ] {
        w.click(button);
        assert_eq!(last(w.told()), Some(Command::TakePen { pen: Some(pen) }), "{button}");
    }
    w.click("Undo");
    assert_eq!(last(w.told()), Some(Command::Draw { draw: Draw::Undo }));
    w.click("Clear everything that is drawn");
    assert_eq!(last(w.told()), Some(Command::Draw { draw: Draw::Clear }));
    w.click("Save the picture with what is drawn on it");
    assert!(w.told().contains(&AppCommand::App(AppOnly::Screenshot { path: None })));
}

#[test]
fn who_may_not_draw_takes_no_pen() {
    let mut w = show(sample("agent-no-drawing"));
    w.click("Draw");
    w.harness.key_press_modifiers(Modifiers::CTRL | Modifiers::SHIFT, Key::F);
    w.harness.run_ok();
    assert!(!w.told().iter().any(|c| matches!(c, AppCommand::Session(Command::TakePen { pen: Some(_) }))));
}

#[test]
fn who_draws_has_the_pointer_over_the_picture_and_keeps_the_keyboard() {
    for (native, view, accepts, keys) in [
        (true, "agent-views", false, false),
        (true, "agent-controls", true, true),
        (true, "agent-draws", true, false),
        (false, "agent-draws", true, false),
    ] {
        let picture = Picture::new(native);
        let program = Still::with_picture(sample(view), std::sync::Arc::clone(&picture));
        let mut w = open(program, Language::English, Some(7));
        let done = picture.done();
        assert!(
            done.contains(&Done::Accept(accepts)) && done.contains(&Done::Keys(keys)),
            "{view}: {done:?}"
        );
        if !native {
            let at = w.harness.ctx.content_rect().center();
            w.harness.hover_at(at);
            w.harness.drag_at(at);
            w.harness.key_press(Key::Enter);
            w.harness.run_ok();
            let inputs: Vec<_> = w.told().into_iter().collect();
            let is = |f: fn(&InputEvent) -> bool| {
                inputs.iter().any(|c| matches!(c, AppCommand::Session(Command::Input { event }) if f(event)))
            };
            assert!(is(|e| matches!(e, InputEvent::Button { down: true, .. })), "{inputs:?}");
            assert!(!is(|e| matches!(e, InputEvent::Key { .. })), "{inputs:?}");
        }
    }
}

#[test]
fn the_sharer_clears_and_forbids() {
    let mut w = show(sample("customer-views"));
    w.must_not("Clear the drawings");
    w.click("More for my screen");
    w.choose(Access::MenuItem, "No drawing on my screen");
    assert_eq!(last(w.told()), Some(Command::ForbidDrawing { forbidden: true }));
    w.set(sample("customer-drawn"));
    w.must("Clear the drawings");
    w.must_not("Text: click, then write; Enter ends it");
    w.click("Arrow");
    let pen = Pen { tool: Tool::Arrow, ..Pen::default() };
    assert_eq!(last(w.told()), Some(Command::TakePen { pen: Some(pen) }));
    w.click("Stop drawing");
    assert_eq!(last(w.told()), Some(Command::TakePen { pen: None }));
}
