//! The place of the remote picture: the native surface, and the window's own drawing with its input.

mod samples;

use std::sync::Arc;

use deskside_session::{
    app::{AppCommand, AppView},
    command::Command,
    input::{Button, InputEvent, Key as RemoteKey, NamedKey},
};
use deskside_ui::{App, Language, Options, Scale, Wheel};
use eframe::egui::{self, Key, Modifiers, PointerButton, Pos2, vec2};
use egui_kittest::{Harness, kittest::Queryable as _};
use samples::{Done, ME, Picture, Still, changed, sample};

const WINDOW: u64 = 0x0060_0007;

struct Watching {
    harness: Harness<'static, App>,
    program: Arc<Still>,
    picture: Arc<Picture>,
}

fn watch(view: AppView, native: bool, scale: f32) -> Watching {
    let picture = Picture::new(native);
    let program = Arc::new(Still::with_picture(view, Arc::clone(&picture)));
    let backend = Arc::clone(&program);
    let options = Options { language: Language::English, dark: None };
    let mut harness = Harness::builder()
        .with_size(vec2(1200.0, 780.0))
        .with_pixels_per_point(scale)
        .with_step_dt(0.05)
        .build_eframe(move |cc| {
            App::new(&cc.egui_ctx, backend, &options).expect("words and tokens are there").with_window(WINDOW)
        });
    harness.run_ok();
    Watching { harness, program, picture }
}

impl Watching {
    fn click(&mut self, label: &str) {
        self.harness.get_by_role_and_label(egui::accesskit::Role::Button, label).click();
        self.harness.run_ok();
    }

    fn set(&mut self, view: AppView) {
        self.program.set(view);
        self.harness.run_ok();
    }

    fn put(&self) -> Vec<Done> {
        self.picture.done().into_iter().filter(|d| matches!(d, Done::Put { .. } | Done::Hide)).collect()
    }

    fn inputs(&self) -> Vec<InputEvent> {
        self.program
            .told()
            .into_iter()
            .filter_map(|c| match c {
                AppCommand::Session(Command::Input { event }) => Some(event),
                _ => None,
            })
            .collect()
    }

    fn picture_rect(&self) -> egui::Rect {
        self.harness.get_by_label("Desktop of Ana Ferreira").rect()
    }

    fn pointer(&mut self, pos: Pos2, pressed: Option<bool>) {
        self.harness.event(egui::Event::PointerMoved(pos));
        if let Some(pressed) = pressed {
            let button = PointerButton::Primary;
            self.harness.event(egui::Event::PointerButton {
                pos,
                button,
                pressed,
                modifiers: Modifiers::NONE,
            });
        }
        self.harness.run_ok();
    }
}

#[test]
fn the_surface_is_laid_once_and_in_physical_pixels() {
    for scale in [1.0, 2.0] {
        let mut w = watch(sample("agent-views"), true, scale);
        let done = w.put();
        let last = done.last().copied();
        let Some(Done::Put { parent: WINDOW, x: 0, y, width, height, scale: Scale::Fit }) = last else {
            panic!("{done:?}");
        };
        // The panel at the side takes 336 points; the tools above take their height.
        assert_eq!(f32::from(width), (1200.0 - 336.0) * scale);
        assert!(y > (40.0 * scale) as i32 && f32::from(height) > 600.0 * scale, "{done:?}");
        assert_eq!((y as f32 + f32::from(height)).round(), 780.0 * scale);
        w.harness.run_steps(5);
        assert_eq!(w.put(), [], "laid again without a change");
    }
}

#[test]
fn menus_dialogs_and_pauses_hide_the_surface() {
    let mut w = watch(sample("agent-controls"), true, 1.0);
    assert!(matches!(w.put().last(), Some(Done::Put { .. })));
    w.click("Picture");
    assert_eq!(w.put(), [Done::Hide]);
    w.harness.key_press(Key::Escape);
    w.harness.run_ok();
    assert!(matches!(w.put().as_slice(), [Done::Put { .. }]));
    w.click("End session");
    assert_eq!(w.put(), [Done::Hide]);
    w.click("Stay");
    assert!(matches!(w.put().as_slice(), [Done::Put { .. }]));
    w.set(sample("agent-paused"));
    assert_eq!(w.put(), [Done::Hide]);
    w.set(sample("agent-views"));
    assert!(matches!(w.put().as_slice(), [Done::Put { .. }]));
    w.set(sample("agent-ready"));
    assert_eq!(w.put(), [Done::Hide]);
}

#[test]
fn input_is_accepted_only_with_control_and_uncovered() {
    let mut w = watch(sample("agent-views"), true, 1.0);
    let accepts = |w: &Watching| {
        w.picture.done().into_iter().filter(|d| matches!(d, Done::Accept(_))).collect::<Vec<_>>()
    };
    assert_eq!(accepts(&w), [Done::Accept(false)]);
    w.set(sample("agent-controls"));
    assert_eq!(accepts(&w), [Done::Accept(true)]);
    w.click("End session");
    assert_eq!(accepts(&w), [Done::Accept(false)]);
    w.click("Stay");
    assert_eq!(accepts(&w), [Done::Accept(true)]);
    w.set(sample("agent-views"));
    assert_eq!(accepts(&w), [Done::Accept(false)]);
}

#[test]
fn one_to_one_is_scrolled_in_pixels_of_the_picture() {
    let big = changed("agent-views", |v| {
        if let Some(s) = &mut v.sharing {
            (s.width, s.height) = (3840, 2160);
        }
    });
    let mut w = watch(big, true, 1.0);
    w.put();
    w.click("1:1");
    let done = w.put();
    // Its middle is seen, as before; but for the scroll bars.
    let middle = |at: u32, seen: u16, whole: u32| (at * 2 + u32::from(seen)).abs_diff(whole) < 24;
    let Some(Done::Put { width, height, scale: Scale::Zoom { percent: 100, x, y }, .. }) = done.last() else {
        panic!("{done:?}");
    };
    assert!(middle(*x, *width, 3840) && middle(*y, *height, 2160), "{done:?}");
    // A picture smaller than its place needs no scrolling and is laid in the middle, pixel by pixel.
    let small = changed("agent-views", |v| {
        if let Some(s) = &mut v.sharing {
            (s.width, s.height) = (400, 300);
        }
    });
    w.set(small);
    let done = w.put();
    assert!(matches!(done.last(), Some(Done::Put { width: 400, height: 300, x: 200..264, .. })), "{done:?}");
}

#[test]
fn the_wheel_with_control_zooms_about_the_pointer_and_the_keys_about_the_middle() {
    let big = changed("agent-views", |v| {
        if let Some(s) = &mut v.sharing {
            (s.width, s.height) = (3840, 2160);
        }
    });
    let mut w = watch(big, true, 1.0);
    w.click("1:1");
    let scale = |w: &Watching| match w.put().last() {
        Some(Done::Put { scale: Scale::Zoom { percent, x, y }, .. }) => (*percent, *x as i32, *y as i32),
        done => panic!("{done:?}"),
    };
    let (percent, x, y) = scale(&w);
    assert_eq!(percent, 100);
    let near = |(percent, x, y): (u16, i32, i32), wanted: (u16, i32, i32)| {
        assert_eq!(percent, wanted.0);
        // Each step ends at a whole pixel.
        assert!((x - wanted.1).abs() <= 6 && (y - wanted.2).abs() <= 6, "{x} {y}, not {wanted:?}");
    };
    let turn = |w: &mut Watching, dy, zoom| {
        w.picture.turn(Wheel { x: 300, y: 200, dx: 0, dy, zoom });
        w.harness.run_ok();
    };
    // What was under the pointer stays there, at twice its size.
    (0..5).for_each(|_| turn(&mut w, 120, true));
    let at = scale(&w);
    near(at, (200, 2 * (x + 300) - 300, 2 * (y + 200) - 200));
    turn(&mut w, -120, false);
    assert_eq!(scale(&w), (200, at.1, at.2 + 60));
    w.harness.key_press_modifiers(Modifiers::CTRL, Key::Minus);
    w.harness.run_ok();
    w.harness.key_press_modifiers(Modifiers::CTRL, Key::Plus);
    w.harness.run_ok();
    near(scale(&w), (200, at.1, at.2 + 60));
    w.harness.get_by_label("Zoom").click();
    w.harness.run_ok();
    w.harness.get_by_label("25%").click();
    w.harness.run_ok();
    // 960 by 540: lower than its place, and wider.
    let (percent, x, y) = scale(&w);
    assert!(percent == 25 && x > 0 && y == 0, "{percent} {x} {y}");
    w.harness.key_press_modifiers(Modifiers::CTRL, Key::Num0);
    w.harness.run_ok();
    assert!(matches!(w.put().last(), Some(Done::Put { scale: Scale::Fit, .. })));
}

#[test]
fn without_a_surface_the_wheel_zooms_and_scrolls_and_the_pointer_is_mapped_there() {
    let mut w = watch(sample("agent-views"), false, 1.0);
    w.click("1:1");
    let at = w.picture_rect().min + vec2(300.0, 200.0);
    w.pointer(at, None);
    let wheel = |w: &mut Watching, delta, modifiers| {
        let (unit, phase, source) =
            (egui::MouseWheelUnit::Line, egui::TouchPhase::Move, egui::MouseWheelSource::Wheel);
        w.harness.event(egui::Event::MouseWheel { unit, delta, phase, modifiers, source });
        w.harness.run_ok();
    };
    let place = |w: &mut Watching, at| {
        w.pointer(at + vec2(5.0, 0.0), None);
        w.inputs();
        w.pointer(at, None);
        match w.inputs().last() {
            Some(InputEvent::Move { x, y }) => (i32::from(*x), i32::from(*y)),
            input => panic!("{input:?}"),
        }
    };
    w.set(sample("agent-controls"));
    let (x, y) = place(&mut w, at);
    w.set(sample("agent-views"));
    (0..5).for_each(|_| wheel(&mut w, vec2(0.0, 1.0), Modifiers::CTRL));
    w.set(sample("agent-controls"));
    let now = place(&mut w, at);
    assert!((now.0 - x).abs() <= 3 && (now.1 - y).abs() <= 3, "{now:?}, not {x} {y}");
    assert_eq!(place(&mut w, at + vec2(40.0, 20.0)), (now.0 + 20, now.1 + 10));
    w.pointer(at, None);
    w.inputs();
    // Under control the wheel is the other computer's, but with Control before the keys are.
    wheel(&mut w, vec2(0.0, 1.0), Modifiers::NONE);
    assert_eq!(w.inputs(), [InputEvent::Wheel { dx: 0, dy: 120 }]);
    wheel(&mut w, vec2(0.0, -1.0), Modifiers::CTRL);
    assert_eq!(w.inputs(), []);
    let smaller = place(&mut w, at + vec2(70.0, 0.0)).0 - place(&mut w, at).0;
    assert!((39..=41).contains(&smaller), "175 percent, not {smaller}");
}

#[test]
fn grabbing_keys_is_passed_on() {
    let mut w = watch(sample("agent-controls"), true, 1.0);
    w.picture.done();
    w.click("Keys");
    let done = w.picture.done();
    assert!(done.contains(&Done::Grab(true)) && done.contains(&Done::Keyboard), "{done:?}");
    // What the window does by itself takes the keyboard from nobody.
    w.click("Keys");
    assert!(w.picture.done().contains(&Done::Grab(false)));
    assert!(!w.picture.done().contains(&Done::Keyboard));
    // The key does the same, while there is control.
    let key = |w: &mut Watching| {
        w.harness.key_press_modifiers(Modifiers::CTRL | Modifiers::SHIFT, Key::G);
        w.harness.run_ok();
        w.picture.done()
    };
    assert!(key(&mut w).contains(&Done::Keyboard));
    w.set(sample("agent-views"));
    w.picture.done();
    assert!(!key(&mut w).contains(&Done::Keyboard));
    w.set(sample("agent-controls"));
    w.picture.done();
    assert!(key(&mut w).contains(&Done::Keyboard));
    w.set(sample("agent-ready"));
    assert!(w.picture.done().contains(&Done::Grab(false)));
}

#[test]
fn full_screen_comes_and_goes_by_f11() {
    let mut w = watch(sample("agent-views"), true, 1.0);
    w.harness.key_press(Key::F11);
    w.harness.run_ok();
    let wide = w.put();
    assert!(matches!(wide.last(), Some(Done::Put { width: 1200, .. })), "{wide:?}");
    w.harness.get_by_label("Leave full screen");
    w.harness.key_press(Key::F11);
    w.harness.run_ok();
    assert!(matches!(w.put().last(), Some(Done::Put { width: 864, .. })));
}

#[test]
fn without_a_surface_the_pointer_is_mapped_to_pixels_of_the_picture() {
    let mut w = watch(sample("agent-controls"), false, 1.0);
    let area = w.picture_rect();
    w.pointer(area.center(), Some(true));
    w.pointer(area.center(), Some(false));
    let down = |down| InputEvent::Button { button: Button::Left, down, x: 640, y: 400 };
    let inputs = w.inputs();
    assert_eq!(inputs.last(), Some(&down(false)), "{inputs:?}");
    assert!(inputs.contains(&down(true)) && inputs.contains(&InputEvent::Move { x: 640, y: 400 }));
    // Beside the picture, in the dark stripe above it, nothing is pressed.
    w.pointer(area.center_top() + vec2(0.0, 4.0), Some(true));
    assert!(!w.inputs().iter().any(|i| matches!(i, InputEvent::Button { .. })));
}

#[test]
fn without_a_surface_one_to_one_maps_pixel_by_pixel() {
    let mut w = watch(sample("agent-controls"), false, 1.0);
    w.click("1:1");
    let area = w.picture_rect();
    w.inputs();
    w.pointer(area.min + vec2(100.5, 50.5), None);
    w.pointer(area.min + vec2(121.5, 63.5), None);
    let inputs = w.inputs();
    let [InputEvent::Move { x, y }, InputEvent::Move { x: x1, y: y1 }] = inputs[..] else {
        panic!("{inputs:?}")
    };
    assert_eq!((x1 - x, y1 - y), (21, 13));
}

#[test]
fn without_a_surface_keys_and_text_go_to_the_other_computer() {
    let mut w = watch(sample("agent-controls"), false, 1.0);
    let at = w.picture_rect().center();
    w.pointer(at, Some(true));
    w.pointer(at, Some(false));
    w.inputs();
    w.harness.event(egui::Event::Text("é".into()));
    w.harness.key_press(Key::Tab);
    w.harness.key_press(Key::Escape);
    w.harness.run_ok();
    let named = |key, down| InputEvent::Key { key: RemoteKey::Named(key), down };
    assert_eq!(
        w.inputs(),
        [
            InputEvent::Text { text: "é".into() },
            named(NamedKey::Tab, true),
            named(NamedKey::Tab, false),
            named(NamedKey::Escape, true),
            named(NamedKey::Escape, false),
        ]
    );
    w.harness.key_press_modifiers(Modifiers::CTRL, Key::S);
    w.harness.run_ok();
    let inputs = w.inputs();
    let char = |down| InputEvent::Key { key: RemoteKey::Char('s'), down };
    assert_eq!(inputs.first(), Some(&named(NamedKey::ControlLeft, true)), "{inputs:?}");
    assert!(inputs.contains(&char(true)) && inputs.contains(&char(false)));
}

#[test]
fn what_is_held_is_released_when_control_ends() {
    let mut w = watch(sample("agent-controls"), false, 1.0);
    let at = w.picture_rect().center();
    w.pointer(at, Some(true));
    w.harness.key_down(Key::ArrowLeft);
    w.harness.run_ok();
    w.inputs();
    w.set(sample("agent-views"));
    let inputs = w.inputs();
    assert!(
        inputs.contains(&InputEvent::Key { key: RemoteKey::Named(NamedKey::Left), down: false }),
        "{inputs:?}"
    );
    assert!(inputs.contains(&InputEvent::Button { button: Button::Left, down: false, x: 640, y: 400 }));
}

#[test]
fn without_control_nothing_is_sent() {
    let mut w = watch(sample("agent-views"), false, 1.0);
    let at = w.picture_rect().center();
    w.pointer(at, Some(true));
    w.pointer(at, Some(false));
    w.harness.event(egui::Event::Text("x".into()));
    w.harness.run_ok();
    assert_eq!(w.inputs(), []);
}

#[test]
fn another_agents_control_is_named() {
    let view = changed("agent-views", |v| {
        if let Some(s) = &mut v.sharing {
            s.controller = Some(samples::OTHER);
        }
        assert_eq!(v.me, ME);
    });
    let w = watch(view, true, 1.0);
    w.harness.get_by_label("Ana Ferreira controls");
}

#[test]
fn in_full_screen_the_tools_go_and_come_back_at_the_upper_edge() {
    let mut w = watch(sample("agent-views"), true, 1.0);
    w.harness.key_press(Key::F11);
    w.harness.run_ok();
    w.harness.get_by_label("Leave full screen");
    let later = |w: &mut Watching, seconds: f64| {
        let time = w.harness.ctx.input(|i| i.time) + seconds;
        w.harness.input_mut().time = Some(time);
        w.harness.step();
        w.harness.input_mut().time = None;
        w.harness.step();
    };
    later(&mut w, 4.0);
    assert!(w.harness.query_by_label("Leave full screen").is_none());
    let Some(Done::Put { y, .. }) = w.put().last().copied() else { panic!("the picture is gone") };
    assert_eq!(y, 3, "no edge is left for the pointer");
    w.harness.event(egui::Event::PointerMoved(Pos2::new(600.0, 1.0)));
    w.harness.step();
    w.harness.get_by_label("Leave full screen");
    w.harness.event(egui::Event::PointerMoved(Pos2::new(600.0, 40.0)));
    later(&mut w, 0.3);
    w.harness.get_by_label("Leave full screen");
    w.harness.event(egui::Event::PointerMoved(Pos2::new(600.0, 400.0)));
    later(&mut w, 1.0);
    assert!(w.harness.query_by_label("Leave full screen").is_none());
    w.harness.key_press(Key::F11);
    w.harness.run_ok();
    w.harness.get_by_label("Full screen");
}
