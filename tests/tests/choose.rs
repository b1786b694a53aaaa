//! D4, D5, D7: what is offered to share: an installed program, one own application of an agent, and the window from
//! which a customer came.

use std::path::Path;

use deskside_session::{
    app::{AppOnly, AppView},
    choosing::StartState,
    command::{Act, Command},
    hiding::Program,
    input::InputEvent,
    view::View,
};
use deskside_tests::{Display, Peer, Picture, Probe, Scene, Server, peer::Start, scene::secure, until, wait};
use x11rb::{
    connection::Connection as _,
    protocol::xproto::{AtomEnum, ConnectionExt as _, PropMode},
    wrapper::ConnectionExt as _,
};

/// Nothing else has these colours.
const SECRET: [u8; 3] = [0xff, 0x00, 0xfe];
const ICON: [u8; 3] = [0x13, 0xe7, 0x57];

fn shows(picture: &Picture, colour: [u8; 3]) -> bool {
    picture.rgb.chunks_exact(3).any(|p| p == colour)
}

/// Where this colour is most to the left of the highest line that has it.
fn find(picture: &Picture, colour: [u8; 3]) -> Option<(i16, i16)> {
    let at = picture.rgb.chunks_exact(3).position(|p| p == colour)?;
    Some(((at % picture.width) as i16, (at / picture.width) as i16))
}

fn install(data: &Path, id: &str, lines: &str) {
    let folder = data.join("applications");
    std::fs::create_dir_all(&folder).expect("a folder");
    let text = format!("[Desktop Entry]\nType=Application\n{lines}\n");
    std::fs::write(folder.join(id), text).expect("an entry");
}

/// A terminal as an installed program, and some that cannot be started.
fn installed(data: &Path) {
    let font = "-misc-fixed-medium-r-normal--14-*-*-*-*-*-iso10646-1";
    let writes = "sh -c \"env > environment; cat > typed\"";
    let exec = format!(
        "xterm -u8 -fn {font} -title \"my \\\\\"editor\\\\\"\" -geometry 60x20+300+200 -e {writes} %U"
    );
    let folder = data.display();
    install(data, "editor.desktop", &format!("Name=Editor\nName[fr]=Éditeur\nPath={folder}\nExec={exec}"));
    install(data, "bad.desktop", "Name=Bad\nExec=false");
    install(data, "gone.desktop", "Name=Gone\nExec=/no/such/program");
    install(data, "shut.desktop", "Name=Shut\nExec=\"xterm");
    std::fs::write(data.join("applications/large.desktop"), vec![b'#'; 1 << 20]).expect("a large file");
    std::os::unix::fs::symlink("loop.desktop", data.join("applications/loop.desktop")).expect("a link");
}

fn with_data(start: Start, data: &Path) -> Start {
    let data = data.to_str().expect("a plain path");
    start.env("XDG_DATA_HOME", data).env("XDG_DATA_DIRS", "/nowhere")
}

fn state(view: &AppView) -> Option<&StartState> {
    view.choosing.started.as_ref().map(|s| &s.state)
}

fn names(view: &AppView) -> Vec<&str> {
    view.choosing.installed.iter().flatten().map(|p| p.name.as_str()).collect()
}

fn one(s: &View, program: Program) -> bool {
    s.sharing.as_ref().is_some_and(|s| matches!(s.programs.as_slice(), [p] if p.state == program))
}

fn refused(peer: &mut Peer, command: AppOnly) -> String {
    let from = peer.printed();
    peer.tell(command);
    peer.wait_line("an error", from, |l| match l {
        deskside_tests::peer::Line::Error { detail } => Some(detail),
        _ => None,
    })
}

#[test]
fn a_program_is_started_in_the_question_and_it_alone_is_shared() {
    let data = tempfile::tempdir().expect("a folder");
    installed(data.path());
    let desk = Display::start(1280, 800, "us");
    let set = |s: Start| with_data(s, data.path()).env("DESKSIDE_LANG", "fr");
    let mut scene = Scene::with(Server::start(), desk, |agent| agent, set);
    let probe = Probe::open(&scene.desk, 0, 0, 280, 800);
    probe.fill(0, 0, 280, 800, 0x00ff_00fe);
    until("the secret", || shows(&scene.desk.picture(), SECRET).then_some(()));
    scene.customer.tell(AppOnly::ListPrograms);
    let listed = scene.customer.wait("the programs", |v| v.choosing.installed.is_some());
    assert_eq!(names(&listed), ["Bad", "Éditeur"]);

    scene.agent.tell(Command::Ask { act: Act::View });
    scene.customer.wait_session("a question", |s| s.prompt.is_some());
    for id in ["gone.desktop", "../editor.desktop", "bad.desktop"] {
        scene.customer.tell(AppOnly::StartProgram { id: id.into() });
        let failed = |v: &AppView| {
            let of = v.choosing.started.as_ref().is_some_and(|s| s.id == id);
            of && matches!(state(v), Some(StartState::Failed { .. }))
        };
        scene.customer.wait("that it failed", failed);
    }
    scene.customer.tell(AppOnly::StartProgram { id: "editor.desktop".into() });
    let shown = |v: &AppView| matches!(state(v), Some(StartState::Shown { window }) if window.title == "my \"editor\"");
    scene.customer.wait("its window", shown);
    scene.customer.answer(Act::View, true);
    let seen = scene.agent.wait_picture("the program", |p| p.width == 1280 && p.colours(3) > 1);
    assert!(!shows(&seen, SECRET), "only the program is seen");
    scene.agent.wait_session("that it is one program", |s| one(s, Program::Shown));

    // The program goes on when this one ends.
    scene.customer.tell(AppOnly::Quit);
    scene.agent.wait_session("the end", |s| s.sharing.is_none());
    assert!(scene.desk.find_window("my \"editor\"").is_some());
}

#[test]
fn without_a_session_no_program_is_started() {
    let data = tempfile::tempdir().expect("a folder");
    installed(data.path());
    let (server, desk) = (Server::start(), Display::start(800, 600, "us"));
    let start = AppOnly::StartProgram { id: "editor.desktop".into() };
    let mut alone =
        with_data(Start::new("alone", server.url(), Some(&desk)).sign_in("Ana"), data.path()).start();
    assert!(refused(&mut alone, start).contains("no session"));
    assert!(desk.find_window("editor").is_none());
}

#[test]
fn an_agent_shows_one_application_of_its_own_and_nothing_else_for_one_moment() {
    let data = tempfile::tempdir().expect("a folder");
    installed(data.path());
    let server = Server::start();
    let (office, desk) = (Display::start(1024, 700, "us"), Display::start(800, 600, "us"));
    let mut probe = Probe::open(&office, 0, 0, 280, 700);
    probe.fill(0, 0, 280, 700, 0x00ff_00fe);
    until("the secret", || shows(&office.picture(), SECRET).then_some(()));
    let mut agent = with_data(Start::new("agent", server.url(), Some(&office)).agent(), data.path()).start();
    let number = agent.wait_session("a number", |_| true).number.to_string();
    let mut customer = Peer::customer(&server, Some(&desk), &number);
    agent.wait_session("the customer", secure);
    customer.wait_session("the agent", secure);
    agent.tell(AppOnly::StartProgram { id: "editor.desktop".into() });
    agent.wait("its window", |v| matches!(state(v), Some(StartState::Shown { .. })));
    // What the agent was given to sign in is not for programs that it starts.
    let environment = data.path().join("environment");
    let read = || std::fs::read_to_string(&environment).unwrap_or_default();
    until("the program's environment", || read().contains("DISPLAY=").then_some(()));
    assert!(!read().contains("DESKSIDE"), "{}", read());

    agent.tell(Command::Ask { act: Act::Show });
    customer.answer(Act::Show, true);
    // The first picture of all is of the program alone.
    let first = wait::within(wait::DEADLINE, || customer.try_picture()).expect("a picture");
    assert!(!shows(&first, SECRET), "nothing else is seen at first");
    customer.wait_session("one program", |s| one(s, Program::Shown));
    let seen = customer.wait_picture("the program", |p| p.width == 1024 && p.colours(3) > 1);
    assert!(!shows(&seen, SECRET), "nothing else is seen");

    // The customer types there, and reaches nothing else.
    let to = customer.session().expect("a session").me;
    agent.tell(Command::GiveControl { to });
    customer.wait_session("control", |s| s.sharing.as_ref().is_some_and(|x| x.controller == Some(s.me)));
    let typed = data.path().join("typed");
    until("the pointer in the program", || {
        customer.input(InputEvent::Move { x: 500, y: 350 });
        customer.input(InputEvent::Move { x: 510, y: 350 });
        (office.pointer() == (510, 350)).then_some(())
    });
    customer.type_keys("only here\n");
    until("what was typed", || (std::fs::read_to_string(&typed).ok()? == "only here\n").then_some(()));
    probe.forget();
    customer.click(deskside_session::input::Button::Left, 20, 20);
    customer.type_keys("after\n");
    until("what was typed", || (std::fs::read_to_string(&typed).ok()? == "only here\nafter\n").then_some(()));
    assert_eq!(probe.seen(), [], "nothing reached what is not shown");
}

#[test]
fn the_window_from_which_a_customer_came_is_shared_by_one_click() {
    let server = Server::start();
    let desk = Display::start(1280, 900, "us");
    let agent = Start::new("agent", server.url(), None).agent().start();
    let link = agent.wait_session("a link", |s| s.link.is_some()).link.expect("a link");
    let probe = Probe::open(&desk, 0, 0, 60, 900);
    probe.fill(0, 0, 60, 900, 0x00ff_00fe);
    let browser = desk.terminal("web page", "40x10+700+500", "cat");
    mark(&desk, browser);
    let mut agent = agent;
    let mut customer = Start::new("customer", server.url(), Some(&desk)).windows().join(&link).start();
    agent.wait_session("the customer", secure);
    let from = customer.wait("where it came from", |v| v.choosing.came_from.is_some());
    let from = from.choosing.came_from.expect("a window");
    assert_eq!((from.id, from.title.as_str(), from.program.as_str()), (browser.into(), "web page", "XTerm"));

    agent.tell(Command::Ask { act: Act::View });
    customer.wait_session("a question", |s| s.prompt.is_some());
    desk.window("asks you");
    // Anew each time: the window takes the size of what it says.
    until("it is ticked in the question", || {
        let (x, y) = find(&desk.picture(), ICON)?;
        click(&desk, x + 60, y + 8);
        wait::within(std::time::Duration::from_millis(500), || {
            let picture = desk.picture();
            let beside =
                |(x, y): (i16, i16)| (y..y + 20).flat_map(move |y| (x - 22..x - 4).map(move |x| (x, y)));
            let at = find(&picture, ICON).filter(|(x, _)| *x > 24)?;
            let mut inks = beside(at).map(|(x, y)| picture.pixel(x as usize, y as usize));
            let ground = inks.next()?;
            inks.any(|ink| ink != ground).then_some(())
        })
    });
    let answered = wait::within(wait::DEADLINE, || {
        // Anew each time: the window takes the size of what it says.
        let (left, top, width, height) = desk.place(desk.window("asks you"));
        let at = |from: i16, size: u16, percent: i32| from + (i32::from(size) * percent / 100) as i16;
        click(&desk, at(left, width, 73), at(top, height, 87));
        let granted = || customer.session().filter(|s| !s.grants.is_empty());
        wait::within(std::time::Duration::from_millis(300), granted)
    });
    assert!(answered.is_some(), "a click on Allow allows\n{}", customer.story());
    agent.wait_session("that it is one program", |s| one(s, Program::Shown));
    let seen = agent.wait_picture("the program", |p| p.width == 1280 && p.colours(3) > 1);
    assert!(!shows(&seen, SECRET), "only the program is seen");

    // Later too, as long as that window is there.
    customer.tell(Command::Only { windows: Vec::new() });
    agent.wait_picture("the whole desktop", |p| shows(p, SECRET));
    customer.tell(Command::Only { windows: vec![from.id] });
    agent.wait_session("one program again", |s| one(s, Program::Shown));
    desk.xdotool(&["windowclose", &browser.to_string()]);
    customer.wait("that it is gone", |v| v.choosing.came_from.is_none());
}

#[test]
fn a_customer_who_typed_the_number_came_from_nowhere() {
    let desk = Display::start(1280, 800, "us");
    desk.terminal("in front", "40x10+700+500", "cat");
    let scene = Scene::on(Server::start(), desk);
    let view = scene.customer.view().expect("a view");
    assert_eq!(view.choosing.came_from, None);
}

fn click(desk: &Display, x: i16, y: i16) {
    desk.xdotool(&["mousemove", &x.to_string(), &y.to_string(), "click", "1"]);
}

/// Gives a window an icon of one colour.
fn mark(desk: &Display, window: u32) {
    let (conn, _) = x11rb::connect(Some(&desk.name)).expect("a connection");
    let atom = conn.intern_atom(false, b"_NET_WM_ICON").expect("sent").reply().expect("an atom").atom;
    let colour = u32::from_be_bytes([0xff, ICON[0], ICON[1], ICON[2]]);
    let values = [vec![32, 32], vec![colour; 32 * 32]].concat();
    conn.change_property32(PropMode::REPLACE, window, atom, AtomEnum::CARDINAL, &values).expect("sent");
    conn.flush().expect("sent");
    conn.sync().expect("done");
}
