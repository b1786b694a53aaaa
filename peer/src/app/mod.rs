//! The one loop of the program: everything that happens comes in as an [`Event`]; the core of the
//! session decides; its outputs go to connections, devices and the server.

mod entry;
pub mod event;
mod links;
mod queue;
mod running;

use std::{path::PathBuf, sync::Arc, time::Duration};

use deskside_net::{Connector, Signaling};
use deskside_protocol::SessionNumber;
use deskside_session::{
    JoinTarget, LinkSecret, Role,
    app::{AppCommand, AppOnly, AppView, Ending, Problem, Screen, Waiting},
};
use event::{Event, Events};
use running::Running;
use tokio::sync::mpsc::Receiver;

use crate::{
    backend::Slot,
    exit,
    headless::{Line, Printer},
    kept::Kept,
    privacy::Privacy,
    publish::Publisher,
};

/// What the program was started with.
pub struct Options {
    pub server: String,
    /// A file of certificate authorities to trust beside the usual ones.
    pub ca: Option<PathBuf>,
    pub home: PathBuf,
    pub relay_only: bool,
    /// Where the windows find the picture; none with JSON lines alone.
    pub windows: Option<Arc<Slot>>,
    /// What to do at once.
    pub first: First,
}

pub enum First {
    Nothing,
    Agent { name: Option<String>, password: Option<String>, start: bool },
    Join { target: String, name: Option<String> },
    Queue { queue: String, name: Option<String> },
}

/// The program outside and inside a session.
pub struct App {
    options: Options,
    connector: Arc<dyn Connector>,
    events: Events,
    publisher: Arc<Publisher>,
    printer: Printer,
    phase: Phase,
    problem: Option<Problem>,
    /// Account of the signed-in agent.
    account: Option<Account>,
    start_when_signed_in: bool,
    /// The question to the server that is under way; older answers are dropped.
    question: u64,
    asking: Option<tokio::task::JoinHandle<()>>,
    sockets: u64,
    /// Ended sessions that still say goodbye.
    leaving: Vec<tokio::task::JoinHandle<()>>,
    /// Keeps prompts out of the shared picture; only with windows.
    privacy: Option<Privacy>,
}

struct Account {
    server: String,
    token: String,
    name: String,
}

enum Phase {
    Join {
        busy: bool,
    },
    SignIn {
        busy: bool,
    },
    AgentHome {
        busy: bool,
    },
    /// The server let us in; its socket is not up yet.
    Entering(Box<Entering>),
    Running(Box<Running>),
    Ended {
        role: Role,
        ending: Ending,
        number: SessionNumber,
    },
}

struct Entering {
    role: Role,
    name: String,
    /// Unknown in a queue.
    number: Option<SessionNumber>,
    /// The place in a queue.
    waiting: Option<Waiting>,
    secret: Option<LinkSecret>,
    link: Option<String>,
    seed: [u8; 32],
    server: String,
    ticket: String,
    socket: u64,
    signaling: Signaling,
    /// A killed program was in this session: its file, and what it kept.
    resumed: Option<(Kept, Vec<u8>)>,
}

/// What a join by number or link needs to remember until the server answers.
#[derive(Clone)]
struct Joining {
    server: String,
    secret: Option<LinkSecret>,
    name: String,
}

impl App {
    pub fn new(
        options: Options,
        connector: Arc<dyn Connector>,
        events: Events,
        publisher: Arc<Publisher>,
        printer: Printer,
    ) -> Self {
        let phase = match options.first {
            First::Agent { .. } => Phase::SignIn { busy: false },
            First::Nothing | First::Join { .. } | First::Queue { .. } => Phase::Join { busy: false },
        };
        let privacy = options.windows.as_ref().and_then(|_| {
            Privacy::start(deskside_ui::PROMPT_APP_ID)
                .inspect_err(|e| tracing::error!(error = %e, "prompts cannot be kept out of the picture"))
                .ok()
        });
        Self {
            options,
            connector,
            events,
            publisher,
            printer,
            phase,
            problem: None,
            account: None,
            start_when_signed_in: false,
            question: 0,
            asking: None,
            sockets: 0,
            leaving: Vec::new(),
            privacy,
        }
    }

    /// Runs until the person quits; the result is the exit code.
    pub async fn run(mut self, mut events: Receiver<Event>) -> u8 {
        self.begin();
        let mut code = None;
        let mut joining: Option<Joining> = None;
        while code.is_none() {
            self.show();
            let event = match self.next_timeout() {
                Some(at) => tokio::select! {
                    e = events.recv() => e,
                    () = tokio::time::sleep_until(at) => {
                        if let Phase::Running(r) = &mut self.phase {
                            r.timeout();
                        }
                        self.settle(&mut code);
                        continue;
                    }
                },
                None => events.recv().await,
            };
            let Some(event) = event else { break };
            code = self.handle(event, &mut joining);
            // A burst is taken whole before the next view is made.
            for _ in 0..256 {
                if code.is_some() {
                    break;
                }
                match events.try_recv() {
                    Ok(event) => code = self.handle(event, &mut joining),
                    Err(_) => break,
                }
            }
            self.settle(&mut code);
        }
        if let Phase::Running(running) = std::mem::replace(&mut self.phase, Phase::Join { busy: false }) {
            self.leaving.push(tokio::spawn(running.goodbye()));
        }
        for leaving in self.leaving {
            // A task that panicked has nothing left to say goodbye with.
            let _ = leaving.await;
        }
        code.unwrap_or(exit::OK)
    }

    /// Publishes what there is to see.
    fn show(&mut self) {
        let view = self.view();
        if let Some(privacy) = &mut self.privacy {
            let asks = matches!(&view.screen, Screen::Session { session, .. } if session.prompt.is_some());
            privacy.want(asks);
        }
        if let (Phase::Running(running), Screen::Session { session, .. }) = (&self.phase, &view.screen) {
            running.paint_frame(session);
        }
        self.publisher.publish(view);
    }

    fn begin(&mut self) {
        let wanted = match &self.options.first {
            First::Nothing => Some(None),
            First::Join { target, .. } => Some(JoinTarget::parse(target).ok().map(|t| t.number)),
            First::Agent { .. } | First::Queue { .. } => None,
        };
        if let Some(number) = wanted
            && self.resume(|seat| seat.role == Role::Customer && number.is_none_or(|n| n == seat.number))
        {
            self.options.first = First::Nothing;
        }
        match std::mem::replace(&mut self.options.first, First::Nothing) {
            First::Nothing => {}
            First::Agent { name, password, start } => {
                self.start_when_signed_in = start;
                if let (Some(name), Some(password)) = (name, password) {
                    self.send(AppOnly::SignIn { server: None, name, password }.into());
                }
            }
            First::Join { target, name } => self.send(AppOnly::Join { target, name }.into()),
            First::Queue { queue, name } => self.send(AppOnly::EnterQueue { queue, name }.into()),
        }
    }

    fn send(&self, command: AppCommand) {
        if self.events.try_send(Event::Command(command)).is_err() {
            tracing::error!("the queue of events is full at the start");
        }
    }

    fn next_timeout(&self) -> Option<tokio::time::Instant> {
        match &self.phase {
            Phase::Running(r) => r.next_timeout(),
            _ => None,
        }
    }

    fn view(&self) -> AppView {
        let screen = match &self.phase {
            Phase::Join { busy } => Screen::Join { busy: *busy },
            Phase::SignIn { busy } => Screen::SignIn { busy: *busy },
            Phase::AgentHome { busy } => Screen::AgentHome { name: self.account_name(), busy: *busy },
            Phase::Entering(e) if e.role == Role::Customer => match &e.waiting {
                Some(waiting) => Screen::Waiting(waiting.clone()),
                None => Screen::Join { busy: true },
            },
            Phase::Entering(_) => Screen::AgentHome { name: self.account_name(), busy: true },
            Phase::Running(r) => Screen::Session { session: Box::new(r.view()), notes: None, transfer: None },
            Phase::Ended { role, ending, number } => {
                Screen::Ended { role: *role, ending: *ending, number: *number, notes: None }
            }
        };
        AppView { problem: self.problem.clone(), ..AppView::new(self.options.server.clone(), screen) }
    }

    fn account_name(&self) -> String {
        self.account.as_ref().map(|a| a.name.clone()).unwrap_or_default()
    }

    /// Ends the phase of a session that is over.
    fn settle(&mut self, code: &mut Option<u8>) {
        let Phase::Running(running) = &mut self.phase else { return };
        let Some(ending) = running.over() else { return };
        let (role, refusal, number) = (running.role(), running.refusal(), running.number());
        let ended = Phase::Ended { role, ending, number };
        let Phase::Running(running) = std::mem::replace(&mut self.phase, ended) else {
            return;
        };
        self.leaving.push(tokio::spawn(running.goodbye()));
        if let Some(reason) = refusal.filter(|_| ending == Ending::NotTrusted) {
            self.problem = Some(Problem::NotTrusted { reason });
        }
        if self.options.windows.is_none() && role == Role::Customer {
            // A customer without windows came for this one session.
            self.publisher.publish(self.view());
            *code = Some(exit::of_ending(ending));
        }
    }

    fn handle(&mut self, event: Event, joining: &mut Option<Joining>) -> Option<u8> {
        match event {
            Event::Command(AppCommand::App(command)) => return self.command(command, joining),
            Event::Command(AppCommand::Session(command)) => match &mut self.phase {
                Phase::Running(r) => r.command(command),
                _ => self.bad_command("there is no session"),
            },
            Event::Answer(question, answer) => {
                if question == self.question {
                    self.asking = None;
                    return self.answer(answer, joining);
                }
            }
            Event::Signaling(socket, event) => return self.signaling(socket, event),
            other => {
                if let Phase::Running(r) = &mut self.phase {
                    r.event(other);
                }
            }
        }
        None
    }

    fn bad_command(&mut self, detail: &str) {
        self.printer.print(&Line::Error { detail });
    }

    fn command(&mut self, command: AppOnly, joining: &mut Option<Joining>) -> Option<u8> {
        let in_session = matches!(self.phase, Phase::Running(_));
        match command {
            AppOnly::Quit => return Some(exit::OK),
            AppOnly::Show => self.printer.print(&Line::View { view: &self.view() }),
            AppOnly::Screenshot { path } => self.screenshot(&path),
            _ if in_session => self.bad_command("leave or end the session first"),
            AppOnly::ShowAgent { agent } => {
                self.forget_question();
                self.phase = match (agent, &self.account) {
                    (true, Some(_)) => Phase::AgentHome { busy: false },
                    (true, None) => Phase::SignIn { busy: false },
                    (false, _) => Phase::Join { busy: false },
                };
            }
            AppOnly::SignIn { server, name, password } => return self.sign_in(server, name, password),
            AppOnly::SignOut => {
                self.forget_question();
                self.account = None;
                self.phase = Phase::SignIn { busy: false };
            }
            AppOnly::StartSession => return self.start_session(),
            AppOnly::Assist { target } => return self.assist(&target, joining),
            AppOnly::Join { target, name } => return self.join(&target, name, joining),
            AppOnly::EnterQueue { queue, name } => return self.enter_queue(&queue, name, joining),
            AppOnly::TakeNext { queue, entry } => return self.take_next(&queue, entry),
            AppOnly::ShowSession { .. }
            | AppOnly::Transfer { .. }
            | AppOnly::WithdrawTransfer
            | AppOnly::TakeTransfer { .. }
            | AppOnly::Notes { .. }
            | AppOnly::Phrases { .. } => self.bad_command("not possible yet"),
            AppOnly::CancelJoin => {
                self.forget_question();
                self.phase = Phase::Join { busy: false };
            }
            AppOnly::Home => {
                self.forget_question();
                self.phase = match (&self.phase, &self.account) {
                    (Phase::Ended { role: Role::Customer, .. }, _) | (_, None) => Phase::Join { busy: false },
                    _ => Phase::AgentHome { busy: false },
                };
            }
        }
        None
    }

    fn screenshot(&mut self, path: &str) {
        let Phase::Running(r) = &self.phase else {
            return self.bad_command("there is no session");
        };
        match r.screenshot(path) {
            Ok((width, height)) => self.printer.print(&Line::Screenshot { path, width, height }),
            Err(e) => self.bad_command(&format!("no screenshot: {e}")),
        }
    }
}

/// How long a closing connection may take to send what is queued.
pub(crate) const GOODBYE: Duration = Duration::from_millis(400);
