//! Drawing on what is shared.

use deskside_session::{
    ParticipantId, Role,
    command::{Act, Command},
    input::{Button, InputEvent, Key, NamedKey},
    io::{DeviceEvent, Output},
    marks::{Colour, Draw, MAX_ALL_POINTS, MAX_MARKS, MAX_PART, MAX_POINTS, Mark, Pen, Point, Stroke, Tool},
};

use crate::sim::{AGENT, CUSTOMER, Guest, THIRD, World, agent, customer};

const BLUE: Pen = Pen { tool: Tool::Pen, colour: Colour::Blue, width: deskside_session::marks::Width::Thin };

fn pen(tool: Tool) -> Pen {
    Pen { tool, ..BLUE }
}

fn take(w: &mut World, id: ParticipantId, tool: Tool) {
    w.command(id, Command::TakePen { pen: Some(pen(tool)) });
}

fn button(down: bool, at: Point) -> InputEvent {
    InputEvent::Button { button: Button::Left, down, x: at.0, y: at.1 }
}

/// Draws by the mouse from the first point to the last.
fn drag(w: &mut World, id: ParticipantId, points: &[Point]) {
    let (first, last) = (points[0], points[points.len() - 1]);
    w.command(id, Command::Input { event: button(true, first) });
    for &(x, y) in points {
        w.command(id, Command::Input { event: InputEvent::Move { x, y } });
        w.run(8);
    }
    w.command(id, Command::Input { event: button(false, last) });
    w.run(50);
}

fn stroke(n: u32, tool: Tool, points: Vec<Point>) -> Command {
    Command::Draw { draw: Draw::Stroke(Stroke { n, pen: pen(tool), points, text: String::new() }) }
}

fn draw(w: &mut World, id: ParticipantId, draw: Draw) {
    w.command(id, Command::Draw { draw });
    w.run(50);
}

/// What the customer's desktop shows now.
fn shown(w: &World) -> Vec<Mark> {
    let last = w.node(CUSTOMER).log.iter().rev().find_map(|o| match o {
        Output::Marks(m) => Some(m.clone()),
        Output::StopCapture => Some(Vec::new()),
        _ => None,
    });
    last.unwrap_or_default()
}

fn authors(w: &World, at: ParticipantId) -> Vec<ParticipantId> {
    w.view(at).marks.iter().map(|m| m.author).collect()
}

/// Agent, customer who shares, and an assistant who watches.
fn watched() -> World {
    let mut w = World::of(vec![
        agent(),
        customer(),
        Guest { id: THIRD, role: Role::Assistant, name: "Theo", secret: None },
    ]);
    w.until("all secure", World::all_secure);
    w.run(50);
    w.picture();
    w.command(AGENT, Command::Admit { id: THIRD, admitted: true });
    w.allow(Act::View);
    assert!(w.view(THIRD).sharing.is_some());
    w
}

#[test]
fn where_nothing_can_be_drawn_nobody_is_let() {
    let mut w = watched();
    w.device(CUSTOMER, DeviceEvent::CannotDraw);
    w.run(50);
    let theirs = w.view(AGENT).sharing.unwrap();
    let mine = w.view(CUSTOMER).sharing.unwrap();
    assert!(theirs.no_drawing && !theirs.cannot_draw && mine.no_drawing && mine.cannot_draw);
    w.command(CUSTOMER, Command::ForbidDrawing { forbidden: false });
    w.run(50);
    assert!(w.view(AGENT).sharing.unwrap().no_drawing);
}

#[test]
fn what_one_draws_by_the_mouse_all_see_and_the_desktop_shows() {
    let mut w = watched();
    take(&mut w, AGENT, Tool::Pen);
    assert_eq!(w.view(AGENT).pen, Some(BLUE));
    drag(&mut w, AGENT, &[(10, 10), (20, 15), (30, 30)]);
    take(&mut w, THIRD, Tool::Arrow);
    drag(&mut w, THIRD, &[(100, 100), (120, 150), (200, 180)]);
    take(&mut w, CUSTOMER, Tool::Ellipse);
    drag(&mut w, CUSTOMER, &[(300, 300), (9_000, 9_000)]);
    let marks = w.view(CUSTOMER).marks;
    assert_eq!(
        marks.iter().map(|m| (m.id, m.author.0, &*m.name)).collect::<Vec<_>>(),
        [(1, 1, "Ada"), (2, 3, "Theo"), (3, 2, "Carl")]
    );
    assert_eq!(marks[0].points.first(), Some(&(10, 10)));
    assert_eq!(marks[0].points.last(), Some(&(30, 30)));
    assert!(marks[0].points.len() >= 3);
    assert_eq!(marks[1].points, [(100, 100), (200, 180)]);
    assert_eq!(marks[2].points, [(300, 300), (799, 599)], "inside the picture");
    for id in [AGENT, THIRD] {
        assert_eq!(w.view(id).marks, marks);
    }
    assert_eq!(shown(&w), marks);
    // Nothing of it was control.
    assert!(w.injected(CUSTOMER).is_empty());
}

#[test]
fn text_is_written_by_the_keyboard_in_either_form() {
    let mut w = World::with(Act::View);
    take(&mut w, AGENT, Tool::Text);
    let key = |key, down| InputEvent::Key { key, down };
    drag(&mut w, AGENT, &[(50, 60)]);
    assert!(w.view(AGENT).marks.is_empty(), "nothing before the first letter");
    for c in "Icxi".chars() {
        w.send(key(Key::Char(c), true));
        w.send(key(Key::Char(c), false));
    }
    for _ in 0..2 {
        w.send(key(Key::Named(NamedKey::Backspace), true));
    }
    w.send(InputEvent::Text { text: "i !\n".into() });
    w.send(key(Key::Named(NamedKey::Enter), true));
    w.send(InputEvent::Text { text: "not this".into() });
    w.run(50);
    let marks = w.view(AGENT).marks;
    assert_eq!((marks.len(), &*marks[0].text, &marks[0].points[..]), (1, "Ici !", &[(50, 60)][..]));
}

#[test]
fn undo_erase_and_clear_take_ones_own_or_all() {
    let mut w = watched();
    for (id, y) in [(AGENT, 100), (THIRD, 200), (CUSTOMER, 300), (THIRD, 400)] {
        take(&mut w, id, Tool::Line);
        drag(&mut w, id, &[(10, y), (200, y)]);
    }
    assert_eq!(authors(&w, AGENT), [AGENT, THIRD, CUSTOMER, THIRD]);
    draw(&mut w, AGENT, Draw::Undo);
    assert_eq!(authors(&w, THIRD), [THIRD, CUSTOMER, THIRD]);
    // An assistant erases its own only, by the mouse too.
    let third = w.view(THIRD).marks[1].id;
    draw(&mut w, THIRD, Draw::Erase { id: third });
    take(&mut w, THIRD, Tool::Eraser);
    drag(&mut w, THIRD, &[(100, 302), (100, 202)]);
    assert_eq!(authors(&w, AGENT), [CUSTOMER, THIRD]);
    draw(&mut w, THIRD, Draw::Clear);
    assert_eq!(authors(&w, AGENT), [CUSTOMER]);
    // The primary agent and the sharer take all.
    take(&mut w, AGENT, Tool::Eraser);
    drag(&mut w, AGENT, &[(100, 298)]);
    assert!(w.view(AGENT).marks.is_empty() && shown(&w).is_empty());
    for id in [AGENT, THIRD] {
        take(&mut w, id, Tool::Rectangle);
        drag(&mut w, id, &[(10, 10), (200, 200)]);
    }
    draw(&mut w, CUSTOMER, Draw::Clear);
    for id in w.ids() {
        assert!(w.view(id).marks.is_empty());
    }
}

#[test]
fn a_pointer_is_one_mark_that_goes_by_itself() {
    let mut w = watched();
    take(&mut w, THIRD, Tool::Pointer);
    for x in [10, 20, 30] {
        w.command(THIRD, Command::Input { event: InputEvent::Move { x, y: 5 } });
        w.run(20);
    }
    for id in w.ids() {
        let marks = w.view(id).marks;
        assert_eq!((marks.len(), &*marks[0].name, &marks[0].points[..]), (1, "Theo", &[(30, 5)][..]));
    }
    // It stays while it moves, and is not undone.
    for x in 100..104 {
        w.run(1_500);
        w.command(THIRD, Command::Input { event: InputEvent::Move { x, y: 5 } });
        w.command(THIRD, Command::Draw { draw: Draw::Undo });
    }
    w.run(50);
    assert_eq!(shown(&w).len(), 1);
    w.run(3_000);
    assert!(shown(&w).is_empty() && w.view(AGENT).marks.is_empty());
}

#[test]
fn only_who_sees_the_sharing_now_draws() {
    let mut w = watched();
    w.command(CUSTOMER, Command::Exclude { id: THIRD, excluded: true });
    w.run(50);
    take(&mut w, THIRD, Tool::Pen);
    assert_eq!(w.view(THIRD).pen, None);
    let line = br#"{"type":"draw","draw":{"stroke":{"n":1,"tool":"pen","points":[[1,2]]}}}"#;
    w.forge(THIRD, CUSTOMER, line.to_vec());
    assert!(w.view(CUSTOMER).marks.is_empty());
    w.forge(AGENT, CUSTOMER, line.to_vec());
    assert_eq!(authors(&w, CUSTOMER), [AGENT]);
    w.run(50);
    assert!(w.view(THIRD).marks.is_empty(), "who does not see is not told");
    w.forge(THIRD, CUSTOMER, br#"{"type":"draw","draw":"clear"}"#.to_vec());
    assert_eq!(authors(&w, CUSTOMER), [AGENT]);
    // Nor while the picture is paused, but what is there can be taken away.
    w.command(CUSTOMER, Command::Pause { paused: true });
    w.command(AGENT, stroke(9, Tool::Pen, vec![(5, 5)]));
    w.run(50);
    assert_eq!(authors(&w, CUSTOMER), [AGENT]);
    draw(&mut w, AGENT, Draw::Undo);
    assert!(authors(&w, CUSTOMER).is_empty());
}

#[test]
fn while_a_question_is_open_nothing_is_drawn_and_the_desktop_shows_no_marks() {
    let mut w = World::with(Act::View);
    w.command(AGENT, stroke(1, Tool::Line, vec![(1, 1), (90, 90)]));
    w.run(50);
    assert_eq!(shown(&w).len(), 1);
    w.ask(Act::Control);
    assert!(w.prompt().is_some() && shown(&w).is_empty());
    w.command(AGENT, stroke(2, Tool::Line, vec![(1, 1), (50, 90)]));
    w.run(50);
    assert!(shown(&w).is_empty());
    w.answer(false, false);
    assert_eq!(shown(&w).len(), 1);
    assert_eq!(w.view(AGENT).marks.len(), 1);
}

#[test]
fn the_customer_forbids_drawing_for_the_whole_session() {
    let mut w = watched();
    take(&mut w, AGENT, Tool::Pen);
    drag(&mut w, AGENT, &[(10, 10), (20, 20)]);
    w.command(AGENT, Command::ForbidDrawing { forbidden: true });
    w.run(50);
    assert_eq!(authors(&w, AGENT), [AGENT], "only the sharer forbids");
    w.command(CUSTOMER, Command::ForbidDrawing { forbidden: true });
    w.run(50);
    for id in w.ids() {
        let v = w.view(id);
        assert!(v.marks.is_empty() && v.pen.is_none() && v.sharing.unwrap().no_drawing, "{id:?}");
    }
    take(&mut w, AGENT, Tool::Pen);
    assert_eq!(w.view(AGENT).pen, None);
    w.forge(
        AGENT,
        CUSTOMER,
        br#"{"type":"draw","draw":{"stroke":{"tool":"pen","points":[[1,2]]}}}"#.to_vec(),
    );
    w.command(CUSTOMER, stroke(1, Tool::Pen, vec![(1, 1)]));
    assert!(w.view(CUSTOMER).marks.is_empty());
    // The next sharing, and a program that comes back, know it too.
    w.command(CUSTOMER, Command::StopSharing);
    w.run(5_000);
    w.allow(Act::View);
    assert!(w.view(AGENT).sharing.unwrap().no_drawing);
    w.crash(CUSTOMER);
    w.until("all secure", World::all_secure);
    w.until("it is shared again", |w| w.view(AGENT).sharing.is_some());
    assert!(w.view(AGENT).sharing.unwrap().no_drawing);
    w.command(CUSTOMER, Command::ForbidDrawing { forbidden: false });
    w.picture();
    w.run(50);
    take(&mut w, AGENT, Tool::Pen);
    drag(&mut w, AGENT, &[(10, 10), (20, 20)]);
    assert_eq!(authors(&w, CUSTOMER), [AGENT]);
}

#[test]
fn all_ends_with_the_sharing_and_with_another_picture() {
    let mut w = watched();
    let line = |w: &mut World| {
        take(w, AGENT, Tool::Line);
        drag(w, AGENT, &[(1, 1), (50, 50)]);
        assert_eq!(authors(w, THIRD), [AGENT]);
    };
    line(&mut w);
    w.device(CUSTOMER, DeviceEvent::PictureSize { width: 800, height: 601 });
    w.run(50);
    assert!(authors(&w, THIRD).is_empty());
    line(&mut w);
    w.device(CUSTOMER, DeviceEvent::Area(2));
    w.run(50);
    assert!(authors(&w, THIRD).is_empty());
    line(&mut w);
    w.command(CUSTOMER, Command::StopSharing);
    w.run(50);
    for id in w.ids() {
        let v = w.view(id);
        assert!(v.marks.is_empty() && v.pen.is_none() && v.sharing.is_none(), "{id:?}");
    }
    w.run(5_000);
    w.allow(Act::View);
    assert!(authors(&w, AGENT).is_empty() && shown(&w).is_empty());
}

#[test]
fn who_comes_back_is_told_all_marks_anew() {
    let mut w = World::with(Act::View);
    take(&mut w, AGENT, Tool::Pen);
    drag(&mut w, AGENT, &[(10, 10), (20, 20), (40, 40)]);
    let before = w.view(AGENT).marks;
    w.cut(AGENT, CUSTOMER);
    assert!(shown(&w).is_empty(), "nobody sees it now");
    w.command(CUSTOMER, stroke(1, Tool::Line, vec![(5, 5), (9, 9)]));
    w.until("back", |w| w.secure(AGENT, CUSTOMER));
    w.run(100);
    assert_eq!(w.view(AGENT).marks, w.view(CUSTOMER).marks);
    assert_eq!((w.view(AGENT).marks.len(), &w.view(AGENT).marks[0]), (2, &before[0]));
    assert_eq!(shown(&w).len(), 2);
}

#[test]
fn one_key_switches_between_drawing_and_controlling_and_nothing_stays_held() {
    let mut w = World::with(Act::Control);
    w.take_log(CUSTOMER);
    let key = |key, down| InputEvent::Key { key, down };
    let (control, shift) = (Key::Named(NamedKey::ControlLeft), Key::Named(NamedKey::ShiftLeft));
    let chord = [(control, true), (shift, true), (Key::Char('F'), true)];
    let up = [(Key::Char('F'), false), (shift, false), (control, false)];
    for (k, down) in chord.into_iter().chain(up) {
        w.send(key(k, down));
    }
    assert_eq!(w.view(AGENT).pen, Some(Pen::default()));
    drag(&mut w, AGENT, &[(10, 10), (20, 20)]);
    w.send(key(Key::Char('x'), true));
    w.run(100);
    let held = w.injected(CUSTOMER).into_iter().fold(Vec::new(), |mut held, e| {
        match e {
            InputEvent::Key { key, down: true } => held.push(key),
            InputEvent::Key { key, down: false } => held.retain(|k| *k != key),
            InputEvent::Button { .. } => panic!("{e:?}"),
            _ => {}
        }
        held
    });
    assert_eq!(held, [], "let go over there, and nothing new");
    assert_eq!(authors(&w, CUSTOMER), [AGENT]);
    for (k, down) in chord.into_iter().chain(up) {
        w.send(key(k, down));
    }
    assert_eq!(w.view(AGENT).pen, None);
    w.send(key(Key::Char('x'), true));
    w.run(50);
    assert!(w.injected(CUSTOMER).contains(&key(Key::Char('x'), true)));
}

#[test]
fn a_flood_stays_within_its_bounds() {
    let mut w = watched();
    w.run(50);
    for n in 0..300 {
        w.forge(
            AGENT,
            CUSTOMER,
            format!(
                r#"{{"type":"draw","draw":{{"stroke":{{"n":{n},"tool":"line","points":[[1,1],[{n},9]]}}}}}}"#
            )
            .into_bytes(),
        );
    }
    let marks = w.view(CUSTOMER).marks;
    assert_eq!(marks.len(), MAX_MARKS);
    assert_eq!(marks.last().unwrap().points[1], (299, 9), "the oldest go");
    // Who has none does not push away those of others.
    w.command(THIRD, stroke(1, Tool::Line, vec![(5, 5), (9, 9)]));
    w.run(50);
    assert!(!authors(&w, CUSTOMER).contains(&THIRD));
    draw(&mut w, AGENT, Draw::Clear);
    for n in 0..100 {
        for _ in 0..10 {
            w.command(AGENT, stroke(n, Tool::Pen, vec![(5, 5); MAX_PART]));
        }
        w.run(20);
    }
    let marks = w.view(CUSTOMER).marks;
    assert!(marks.iter().all(|m| m.points.len() <= MAX_POINTS));
    assert!(marks.iter().map(|m| m.points.len()).sum::<usize>() <= MAX_ALL_POINTS);
    w.run(200);
    assert_eq!(w.view(THIRD).marks, marks);
}

#[test]
fn what_a_sharer_says_of_marks_is_bounded_at_the_viewer() {
    let mut w = World::with(Act::View);
    let mark = |id: u32, keep: usize, points: usize| {
        let points = vec!["[1,1]"; points].join(",");
        format!(
            concat!(
                r#"{{"type":"marks","mark":{{"id":{id},"author":2,"name":"C","tool":"pen","#,
                r#""points":[{points}]}},"keep":{keep}}}"#
            ),
            id = id,
            points = points,
            keep = keep
        )
        .into_bytes()
    };
    w.forge(CUSTOMER, AGENT, mark(7, 5, 1));
    assert!(w.view(AGENT).marks.is_empty(), "there is nothing that could stay");
    w.forge(CUSTOMER, AGENT, mark(7, 0, 10));
    w.forge(CUSTOMER, AGENT, mark(7, 4, 2));
    assert_eq!(w.view(AGENT).marks[0].points.len(), 6);
    for _ in 0..30 {
        let n = w.view(AGENT).marks[0].points.len();
        w.forge(CUSTOMER, AGENT, mark(7, n, 100));
    }
    assert!(w.view(AGENT).marks[0].points.len() <= MAX_POINTS);
    for id in 100..1_000 {
        w.forge(CUSTOMER, AGENT, mark(id, 0, 100));
    }
    let marks = w.view(AGENT).marks;
    assert!(
        marks.len() <= MAX_MARKS && marks.iter().map(|m| m.points.len()).sum::<usize>() <= MAX_ALL_POINTS
    );
    w.forge(CUSTOMER, AGENT, br#"{"type":"marks","gone":[7,99999]}"#.to_vec());
    assert!(w.view(AGENT).marks.iter().all(|m| m.id != 7));
}

#[test]
fn an_agents_own_desktop_is_drawn_on_by_the_same_rules() {
    let mut w = World::with(Act::Show);
    w.device(AGENT, DeviceEvent::PictureSize { width: 640, height: 480 });
    w.run(50);
    take(&mut w, CUSTOMER, Tool::Line);
    drag(&mut w, CUSTOMER, &[(5, 5), (9_000, 9)]);
    take(&mut w, AGENT, Tool::Line);
    drag(&mut w, AGENT, &[(5, 50), (60, 90)]);
    let marks = w.view(AGENT).marks;
    assert_eq!(authors(&w, CUSTOMER), [CUSTOMER, AGENT]);
    assert_eq!((&w.view(CUSTOMER).marks, marks[0].points[1]), (&marks, (639, 9)));
    let out = w.take_log(AGENT);
    assert!(out.iter().any(|o| matches!(o, Output::Marks(m) if m.len() == 2)));
    draw(&mut w, CUSTOMER, Draw::Clear);
    assert_eq!(authors(&w, AGENT), [AGENT], "a customer clears its own only");
    w.command(AGENT, Command::ForbidDrawing { forbidden: true });
    w.run(50);
    assert!(w.view(CUSTOMER).sharing.unwrap().no_drawing && authors(&w, CUSTOMER).is_empty());
}

#[test]
fn the_sharers_own_mouse_draws_only_while_it_holds_a_pen_and_nobody_asks() {
    let mut w = World::with(Act::View);
    let here = |w: &World| {
        let last = w.node(CUSTOMER).log.iter().rev().find_map(|o| match o {
            Output::DrawHere(on) => Some(*on),
            Output::StopCapture => Some(false),
            _ => None,
        });
        last.unwrap_or_default()
    };
    take(&mut w, AGENT, Tool::Pen);
    w.run(50);
    assert!(!here(&w));
    take(&mut w, CUSTOMER, Tool::Pen);
    assert!(here(&w));
    w.ask(Act::Control);
    assert!(!here(&w));
    w.answer(false, false);
    assert!(here(&w));
    w.command(CUSTOMER, Command::Pause { paused: true });
    assert!(!here(&w));
    w.command(CUSTOMER, Command::Pause { paused: false });
    assert!(here(&w));
    w.command(CUSTOMER, Command::TakePen { pen: None });
    assert!(!here(&w));
    take(&mut w, CUSTOMER, Tool::Pen);
    w.command(CUSTOMER, Command::StopSharing);
    assert!(!here(&w) && w.view(CUSTOMER).pen.is_none());
}
