//! Views as the program would give them, for tests and for the gallery.

#![allow(dead_code, reason = "tests and the gallery each use a part")]

use deskside_session::{
    ParticipantId, Role, SessionNumber,
    app::{
        AppView, DeskView, Ending, NotesState, PhrasesView, Problem, Screen as AppScreen, Waiting, desk::Desk,
    },
    command::{Act, Coder, RequestId, Screen},
    marks::{Colour, Mark, Pen, Tool, Width},
    quality::Quality,
    view::{
        ChatLine, Conversation, Grant, LinkView, Monitor, Notice, Other, Prompt, Refusal, Route, Sharing,
        Trouble, Verified, View,
    },
};

pub mod apps;
pub mod choose;
pub mod copied;
pub mod desk;
pub mod files;
pub mod hiding;
mod still;

use desk::{at_desk, tabs};
#[allow(unused_imports, reason = "tests and the gallery each use a part")]
pub use still::{Done, Picture, Still, desktop};

pub const SERVER: &str = "help.example.org";
pub const ME: ParticipantId = ParticipantId(1);
pub const OTHER: ParticipantId = ParticipantId(2);
/// The assistant who watches, in a crowd.
pub const LEA: ParticipantId = ParticipantId(3);
/// The other customer, in a crowd.
pub const OLIVIER: ParticipantId = ParticipantId(6);
pub const LONG: &str = "Maximiliane-Alexandra von und zu Hohenzollern-Sigmaringen de la Rochefoucauld";

pub fn app(screen: AppScreen, problem: Option<Problem>) -> AppView {
    AppView { problem, ..AppView::new(SERVER.to_owned(), screen) }
}

pub fn number() -> SessionNumber {
    SessionNumber::new(418_203_957).expect("nine digits")
}

pub fn secure(verified: Verified) -> LinkView {
    LinkView::Secure { verified, route: Route::Direct }
}

pub fn code() -> Verified {
    Verified::Code { code: "418203".to_owned() }
}

pub fn other(role: Role, name: &str, link: LinkView) -> Other {
    Other { id: OTHER, role, name: name.to_owned(), link }
}

/// A session as `role` sees it, with one other participant when `name` is given.
pub fn session(role: Role, name: Option<(&str, LinkView)>) -> View {
    let them = if role == Role::Customer { Role::Primary } else { Role::Customer };
    View {
        number: number(),
        link: (role != Role::Customer)
            .then(|| "https://help.example.org/j/418203957#s=4kJ2mZxQ7vT1bN8cW3yR".to_owned()),
        organisation: "Northwind IT".to_owned(),
        me: ME,
        role,
        others: name.map(|(name, link)| other(them, name, link)).into_iter().collect(),
        server_up: true,
        prompt: None,
        asked: None,
        helped: None,
        watchers: Vec::new(),
        excluded: Vec::new(),
        grants: Vec::new(),
        allow_all: false,
        sharing: None,
        marks: Vec::new(),
        pen: None,
        chat: Vec::new(),
        unread: 0,
        conversations: Vec::new(),
        chat_kept: false,
        notice: None,
        files: Vec::new(),
        clipboard: Default::default(),
    }
}

pub fn in_session(view: View) -> AppView {
    app(AppScreen::Session { session: Box::new(view), notes: None, transfer: None }, None)
}

/// The customer's desktop, watched by the agent.
pub fn sharing(sharer: ParticipantId, viewer: ParticipantId) -> Sharing {
    Sharing {
        sharer,
        viewers: vec![viewer],
        controller: None,
        paused: false,
        monitors: vec![monitor("DP-1", 0, 1280, 800)],
        screen: Screen::All,
        width: 1280,
        height: 800,
        coder: Coder::Tiles,
        quality: Quality::default(),
        hiding: Default::default(),
        programs: Vec::new(),
        trouble: None,
        no_drawing: false,
        cannot_draw: false,
        gone: None,
    }
}

pub fn monitor(name: &str, x: i32, width: u16, height: u16) -> Monitor {
    Monitor { name: name.to_owned(), x, y: 0, width, height, primary: x == 0 }
}

pub fn mark(author: ParticipantId) -> Mark {
    let (name, points) = ("Sam Okafor".to_owned(), vec![(100, 100), (300, 200)]);
    Mark { id: 1, author, name, pen: Pen::default(), points, text: String::new() }
}

pub fn line(from: ParticipantId, name: &str, text: &str) -> ChatLine {
    ChatLine { from, name: name.to_owned(), to: None, text: text.to_owned(), at: 0, delivered: true }
}

pub fn prompt(act: Act, name: &str) -> Prompt {
    Prompt {
        request: RequestId(7),
        from: OTHER,
        name: name.to_owned(),
        act,
        files: None,
        along: Vec::new(),
        remaining_ms: 30_000,
    }
}

fn talk(mut view: View) -> View {
    let (agent, customer) = if view.role == Role::Customer { (OTHER, ME) } else { (ME, OTHER) };
    view.chat = vec![
        line(agent, "Sam Okafor", "Hello Ana, I am Sam. What can I do for you?"),
        line(customer, "Ana Ferreira", "The printer prints nothing since this morning."),
        line(customer, "Ana Ferreira", "It says “offline”, but the lamp is on."),
        ChatLine { delivered: false, ..line(agent, "Sam Okafor", "I see. May I look at the settings?") },
    ];
    view
}

pub fn agent(verified: Verified) -> View {
    talk(session(Role::Primary, Some(("Ana Ferreira", secure(verified)))))
}

fn customer(verified: Verified) -> View {
    talk(session(Role::Customer, Some(("Sam Okafor", secure(verified)))))
}

fn agent_views(change: impl FnOnce(&mut View, &mut Sharing)) -> AppView {
    let mut view = agent(Verified::Link);
    let mut sharing = sharing(OTHER, ME);
    view.grants = vec![Grant { to: ME, act: Act::View }];
    change(&mut view, &mut sharing);
    view.sharing = Some(sharing);
    in_session(view)
}

fn customer_shares(change: impl FnOnce(&mut View, &mut Sharing)) -> AppView {
    let mut view = customer(code());
    let mut sharing = sharing(ME, OTHER);
    view.grants = vec![Grant { to: OTHER, act: Act::View }];
    change(&mut view, &mut sharing);
    view.sharing = Some(sharing);
    in_session(view)
}

/// The agent's desktop, as the agent sees it.
fn agent_shows(change: impl FnOnce(&mut View, &mut Sharing)) -> AppView {
    agent_views(|v, s| {
        (s.sharer, s.viewers) = (ME, vec![OTHER]);
        (v.helped, v.grants) = (Some(OTHER), vec![Grant { to: ME, act: Act::Show }]);
        change(v, s);
    })
}

/// The same as the customer sees it.
fn customer_is_shown(change: impl FnOnce(&mut View, &mut Sharing)) -> AppView {
    customer_shares(|v, s| {
        (s.sharer, s.viewers) = (OTHER, vec![ME]);
        (v.helped, v.grants) = (Some(ME), vec![Grant { to: OTHER, act: Act::Show }]);
        change(v, s);
    })
}

fn asks(verified: Verified, act: Act, name: &str) -> AppView {
    let mut view = session(Role::Customer, Some((name, secure(verified))));
    view.prompt = Some(prompt(act, name));
    in_session(view)
}

/// Two customers and two assistants, one of whom watches.
fn crowd(mut view: View) -> View {
    let mut add = |id, role, name: &str| {
        let link = secure(Verified::Link);
        view.others.push(Other { id: ParticipantId(id), role, name: name.to_owned(), link });
    };
    if view.role == Role::Assistant {
        add(5, Role::Primary, "Sam Okafor");
    }
    add(3, Role::Assistant, "Lea Martin");
    add(4, Role::Assistant, "Jonas Weber");
    if view.role == Role::Primary {
        add(OLIVIER.0, Role::Customer, "Olivier Dubois");
        view.helped = Some(OTHER);
    }
    view.watchers = vec![LEA];
    view
}

/// With another customer whom the agent would let see what I share.
fn two_customers(mut view: View) -> View {
    let (id, name) = (OLIVIER, "Olivier Dubois".to_owned());
    view.others.push(Other { id, role: Role::Customer, name, link: secure(code()) });
    view.excluded.push(OLIVIER);
    view
}

/// Lea wrote to me alone, and to everybody.
fn private(mut view: View) -> View {
    let with = |with: Option<ParticipantId>, name: &str, unread| Conversation {
        with,
        name: name.into(),
        unread,
        at: 0,
    };
    view.chat.push(ChatLine {
        to: Some(ME),
        ..line(LEA, "Lea Martin", "It is the driver, I had that yesterday.")
    });
    view.unread = 3;
    view.conversations = vec![with(Some(LEA), "Lea Martin", 1), with(None, "", 2)];
    view
}

pub fn phrases() -> PhrasesView {
    PhrasesView {
        site: vec![
            "Welcome to Northwind IT.".into(),
            "Please save your work before I restart the computer.".into(),
        ],
        mine: vec!["One moment, please.".into()],
    }
}

/// A place in a queue.
pub fn place(place: u32) -> Waiting {
    let (queue, title) = ("printers".into(), "Printers and scanners".into());
    Waiting { queue, title, organisation: "Acme Support".into(), place, waiting: 4 }
}

/// A session that is over, without notes and log.
pub fn ended(role: Role, ending: Ending) -> AppView {
    app(AppScreen::Ended { role, ending, number: number(), notes: None, log: None, receipt: None }, None)
}

/// One of [`all`].
pub fn sample(name: &str) -> AppView {
    all().into_iter().find(|(n, _)| *n == name).expect("a sample of this name").1
}

/// The same with something else in its session.
pub fn changed(name: &str, change: impl FnOnce(&mut View)) -> AppView {
    let mut view = sample(name);
    if let AppScreen::Session { session, .. } = &mut view.screen {
        change(session);
    }
    view
}

/// All screens of the gallery by name.
pub fn all() -> Vec<(&'static str, AppView)> {
    let join = |problem| app(AppScreen::Join { busy: false }, problem);
    let server = || SERVER.to_owned();
    let mut all = vec![
        ("join", join(None)),
        ("join-busy", app(AppScreen::Join { busy: true }, None)),
        ("join-wrong", join(Some(Problem::NoSuchSession))),
        ("join-tries", join(Some(Problem::TooManyTries { wait_s: 42 }))),
        ("join-down", join(Some(Problem::ServerDown { server: server() }))),
        ("join-trust", join(Some(Problem::NotTrusted { reason: Refusal::Signature }))),
        ("queue-next", app(AppScreen::Waiting(place(1)), None)),
        ("queue-third", app(AppScreen::Waiting(place(3)), None)),
        ("sign-in", app(AppScreen::SignIn { busy: false }, None)),
        ("sign-in-wrong", app(AppScreen::SignIn { busy: false }, Some(Problem::WrongPassword))),
        ("sign-in-busy", app(AppScreen::SignIn { busy: true }, None)),
        ("home", app(AppScreen::AgentHome { name: "Sam Okafor".into(), busy: false }, None)),
        (
            "home-long",
            app(
                AppScreen::AgentHome { name: LONG.into(), busy: false },
                Some(Problem::Other { detail: "the disk is full".into() }),
            ),
        ),
        ("desk", at_desk(Some(desk::desk()), Vec::new())),
        ("desk-tabs", at_desk(Some(desk::desk()), tabs())),
        ("desk-empty", at_desk(Some(DeskView { desk: Desk::default(), ..desk::desk() }), Vec::new())),
        ("desk-down", at_desk(Some(DeskView { up: false, ..desk::desk() }), tabs())),
        ("agent-tabs", AppView { tabs: tabs(), ..agent_views(|_, _| ()) }),
        ("ended-tabs", AppView { tabs: tabs(), ..ended(Role::Primary, Ending::EndedByMe) }),
        ("agent-invite", in_session(session(Role::Primary, None))),
        (
            "agent-connecting",
            in_session(session(Role::Primary, Some(("Ana Ferreira", LinkView::Connecting)))),
        ),
        ("agent-ready", in_session(agent(Verified::Link))),
        ("agent-code", in_session(agent(code()))),
        (
            "agent-refused",
            in_session(session(
                Role::Primary,
                Some(("Ana Ferreira", LinkView::Refused { reason: Refusal::Secret })),
            )),
        ),
        (
            "agent-asked",
            in_session(View {
                asked: Some(Act::View),
                notice: Some((3, Notice::Joined { name: "Ana Ferreira".into() })),
                ..agent(code())
            }),
        ),
        ("agent-views", agent_views(|_, _| ())),
        ("agent-shows", agent_shows(|_, _| ())),
        (
            "agent-shows-control",
            agent_shows(|v, s| {
                s.controller = Some(OTHER);
                s.monitors.push(monitor("HDMI-1", 1280, 1920, 1080));
                v.asked = Some(Act::View);
            }),
        ),
        ("customer-shown", customer_is_shown(|_, _| ())),
        ("customer-shown-control", customer_is_shown(|_, s| s.controller = Some(ME))),
        (
            "agent-controls",
            agent_views(|v, s| {
                s.controller = Some(ME);
                s.monitors.push(monitor("HDMI-1", 1280, 1920, 1080));
                v.unread = 2;
                v.notice = Some((5, Notice::Allowed { act: Act::Control }));
            }),
        ),
        (
            "agent-draws",
            agent_views(|v, _| {
                v.pen = Some(Pen { tool: Tool::Arrow, colour: Colour::Blue, width: Width::Thick });
                v.marks.push(mark(ME));
            }),
        ),
        ("agent-no-drawing", agent_views(|_, s| s.no_drawing = true)),
        ("agent-paused", agent_views(|_, s| s.paused = true)),
        (
            "agent-first",
            agent_views(|_, s| {
                s.width = 0;
                s.height = 0;
            }),
        ),
        (
            "agent-long",
            agent_views(|v, s| {
                v.others[0].name = LONG.to_owned();
                v.organisation = format!("{LONG} & Partners International Consulting");
                s.monitors[0].name = "Dell Inc. UltraSharp U3224KB (DisplayPort-1-8)".to_owned();
                for act in [Act::Control, Act::Clipboard, Act::OtherUser, Act::Recording] {
                    v.grants.push(Grant { to: ME, act });
                }
            }),
        ),
        ("agent-trouble", agent_views(|_, s| s.trouble = Some(Trouble::CaptureDenied))),
        (
            "agent-lost",
            agent_views(|v, _| {
                v.others[0].link = LinkView::Lost;
                v.server_up = false;
            }),
        ),
        ("customer-waits", in_session(session(Role::Customer, None))),
        ("customer", in_session(customer(code()))),
        ("customer-link", in_session(customer(Verified::Link))),
        ("chat-link", {
            let mut view = customer(Verified::Link);
            let said = "The manual is here: https://printers.example.org/manuals/laser-4200?lang=en#jam";
            view.chat.push(line(OTHER, "Sam Okafor", said));
            view.chat_kept = true;
            in_session(view)
        }),
        ("prompt-view", asks(code(), Act::View, "Sam Okafor")),
        ("prompt-control", asks(Verified::Link, Act::Control, "Sam Okafor")),
        ("prompt-clipboard", asks(code(), Act::Clipboard, LONG)),
        ("customer-views", customer_shares(|_, _| ())),
        (
            "customer-drawn",
            customer_shares(|v, _| {
                v.marks.push(mark(OTHER));
                v.pen = Some(Pen::default());
            }),
        ),
        (
            "customer-controls",
            customer_shares(|v, s| {
                s.controller = Some(OTHER);
                v.allow_all = true;
                v.grants.push(Grant { to: OTHER, act: Act::Control });
                v.grants.push(Grant { to: OTHER, act: Act::Clipboard });
            }),
        ),
        ("agent-crowd", in_session(crowd(agent(Verified::Link)))),
        (
            "agent-crowd-views",
            agent_views(|v, s| {
                *v = crowd(v.clone());
                s.viewers.push(LEA);
            }),
        ),
        ("agent-private", {
            let mut view = in_session(private(crowd(agent(Verified::Link))));
            view.phrases = Some(phrases());
            view
        }),
        (
            "assistant",
            in_session(crowd(session(Role::Assistant, Some(("Ana Ferreira", secure(Verified::Link)))))),
        ),
        (
            "assistant-watches",
            agent_views(|v, _| {
                let watching = session(Role::Assistant, Some(("Ana Ferreira", secure(Verified::Link))));
                *v = crowd(watching);
                v.watchers.push(ME);
            }),
        ),
        (
            "customer-crowd",
            customer_shares(|v, s| {
                *v = crowd(v.clone());
                v.excluded.push(ParticipantId(4));
                s.viewers.push(LEA);
            }),
        ),
        ("customer-show", customer_shares(|v, _| *v = two_customers(v.clone()))),
        ("customer-watches", {
            let mut view = two_customers(customer(Verified::Link));
            view.excluded.clear();
            view.sharing = Some(sharing(OLIVIER, ME));
            view.helped = Some(OLIVIER);
            in_session(view)
        }),
        (
            "agent-crowd-shows",
            agent_views(|v, _| {
                *v = crowd(v.clone());
                v.watchers.push(OLIVIER);
            }),
        ),
        ("prompt-others", {
            let mut view = asks(code(), Act::View, "Sam Okafor");
            if let AppScreen::Session { session, .. } = &mut view.screen {
                **session = two_customers((**session).clone());
                session.prompt.iter_mut().for_each(|p| p.along.push("Lea Martin".to_owned()));
            }
            view
        }),
        ("customer-paused", customer_shares(|_, s| s.paused = true)),
        ("customer-long", {
            let mut view = customer_shares(|_, s| s.controller = Some(OTHER));
            if let AppScreen::Session { session, .. } = &mut view.screen {
                session.others[0].name = LONG.to_owned();
                session.organisation = format!("{LONG} & Partners International Consulting");
            }
            view
        }),
        ("ended-left", ended(Role::Customer, Ending::Left)),
        ("notes", desk::with_notes(agent_views(|_, _| ()), NotesState::Saving)),
        ("notes-ended", desk::with_notes(desk::over(), NotesState::Saved)),
        ("ended-agent", ended(Role::Customer, Ending::EndedByAgent)),
        ("ended-me", ended(Role::Primary, Ending::EndedByMe)),
        ("ended-expired", ended(Role::Primary, Ending::Expired)),
        ("ended-trust", ended(Role::Customer, Ending::NotTrusted)),
    ];
    all.extend(apps::all());
    all.extend(hiding::all());
    all.extend(choose::all());
    all.sort_by_key(|(name, _)| *name);
    all
}
