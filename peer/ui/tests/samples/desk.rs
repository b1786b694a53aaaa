//! Desks and tabs of agents.

use deskside_session::{
    Role, SessionNumber,
    app::{
        AppView, DeskView, Ending, NotesState, NotesView, Screen, Tab, TabState,
        desk::{AgentState, Desk, DeskAgent, DeskQueue, DeskWaiting},
        transfers::TransferOffer,
    },
};

use super::{LONG, app, number};

fn waits(entry: &str, name: &str, since: u64, online: bool) -> DeskWaiting {
    DeskWaiting { entry: entry.into(), name: name.into(), since, online }
}

fn queue(name: &str, title: &str, waiting: Vec<DeskWaiting>) -> DeskQueue {
    let count = waiting.len() as u32;
    DeskQueue { name: name.parse().expect("a queue's name"), title: title.into(), count, waiting }
}

/// Two queues, an offer and colleagues.
pub fn desk() -> DeskView {
    let colleague = |name: &str, state| DeskAgent { name: name.into(), state };
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    let mut printers = queue(
        "printers",
        "Printers and scanners",
        vec![
            waits("a", "Ana Ferreira", 540_000, true),
            waits("b", "", 125_000, true),
            waits("c", LONG, 20_000, false),
        ],
    );
    printers.count = 12;
    DeskView {
        up: true,
        me: "Sam Okafor".into(),
        at: now.as_millis() as u64,
        desk: Desk {
            agents: vec![
                colleague("Bo Lind", AgentState::Free),
                colleague("Chiara Conti", AgentState::Busy),
                colleague(LONG, AgentState::Away),
                colleague("Sam Okafor", AgentState::Free),
            ],
            queues: vec![printers, queue("mail", "Mail", Vec::new())],
            transfers: vec![TransferOffer {
                id: "t1".into(),
                number: number(),
                from: "Chiara Conti".into(),
                customers: vec!["Tim Novak".into()],
                message: "The printer is found, the driver is not. Tim has the administrator’s password."
                    .into(),
                since: 30_000,
                queue: None,
            }],
            sessions: Vec::new(),
        },
    }
}

pub fn tabs() -> Vec<Tab> {
    let tab = |number, customers: &[&str], state, unread| Tab {
        number: SessionNumber::new(number).expect("nine digits"),
        customers: customers.iter().map(|c| (*c).to_owned()).collect(),
        state,
        unread,
    };
    vec![
        tab(418_203_957, &["Ana Ferreira"], TabState::Running, 0),
        tab(500_000_001, &["Tim Novak", "Zoé"], TabState::Lost, 3),
        tab(500_000_002, &[], TabState::Empty, 0),
        tab(500_000_003, &[LONG], TabState::Ended, 120),
    ]
}

pub fn at_desk(desk: Option<DeskView>, tabs: Vec<Tab>) -> AppView {
    let home = Screen::AgentHome { name: "Sam Okafor".into(), busy: false };
    AppView { desk, tabs, ..app(home, None) }
}

/// An agent's session with what colleagues are there, and notes.
pub fn with_notes(mut view: AppView, state: NotesState) -> AppView {
    let wrote = Some(NotesView { text: "Driver 4.2 is old.".into(), state });
    if let Screen::Session { notes, .. } | Screen::Ended { notes, .. } = &mut view.screen {
        *notes = wrote;
    }
    AppView { desk: Some(desk()), tabs: tabs(), ..view }
}

pub fn over() -> AppView {
    let (role, ending) = (Role::Primary, Ending::EndedByMe);
    app(Screen::Ended { role, ending, number: number(), notes: None, log: None, receipt: None }, None)
}
