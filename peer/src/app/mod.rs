//! The one loop of the program: everything that happens comes in as an [`Event`]; the core of the
//! session decides; its outputs go to connections, devices and the server.

mod account;
mod choosing;
mod entry;
pub mod event;
mod hiding;
mod links;
mod notes;
mod phrases;
mod places;
mod queue;
mod running;
mod transcript;

use std::{path::PathBuf, sync::Arc, time::Duration};

use account::Account;
use choosing::Choosing;
use deskside_devices::{own, windows::Front};
use deskside_net::Connector;
use deskside_session::{
    JoinTarget, LinkSecret, QueueTarget, Role,
    app::{AppCommand, AppOnly, AppView, Problem, Screen},
    hiding::{HidingView, OpenWindow},
};
use event::{Event, Events};
use notes::Pad;
use places::{Place, State};
use tokio::sync::mpsc::Receiver;

use crate::{
    backend::Slot,
    exit,
    files::Received,
    headless::{Line, Printer},
    icons::Icons,
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
    /// Where the windows find the icons of programs; none with JSON lines alone.
    pub icons: Option<Arc<Icons>>,
    /// The window from which the person came.
    pub came_from: Option<(OpenWindow, Front)>,
}

pub enum First {
    Nothing,
    Agent { name: Option<String>, password: Option<String>, start: bool },
    Join { target: String, name: Option<String> },
    Queue { queue: String, name: Option<String> },
}

impl First {
    /// Whether the person clicked a link, or gave one.
    pub fn is_by_link(&self) -> bool {
        matches!(self, Self::Join { target, .. } if target.contains("://"))
    }
}

/// The program outside and inside a session.
pub struct App {
    options: Options,
    connector: Arc<dyn Connector>,
    events: Events,
    publisher: Arc<Publisher>,
    printer: Printer,
    /// What is seen while no place is.
    phase: Phase,
    places: Vec<Place>,
    /// The place that is seen.
    shown: Option<u64>,
    problem: Option<Problem>,
    /// Where the viewer's picture was saved last.
    screenshot: Option<String>,
    /// The signed-in agent.
    account: Option<Account>,
    /// Notes of the sessions that are here, and those that the server does not have yet.
    pads: Vec<Pad>,
    /// What was said in sessions of sites that save it, as far as the server does not have it.
    chats: Vec<transcript::Chat>,
    start_when_signed_in: bool,
    /// The question to the server that is under way; older answers are dropped.
    question: u64,
    asking: Option<tokio::task::JoinHandle<()>>,
    sockets: u64,
    /// Ended sessions that still say goodbye.
    leaving: Vec<tokio::task::JoinHandle<()>>,
    /// What is kept out of the own picture.
    hiding: HidingView,
    /// What else can be shared.
    choosing: Choosing,
    /// Keeps prompts out of the shared picture; only with windows.
    privacy: Option<Privacy>,
}

enum Phase {
    Join { busy: bool },
    SignIn { busy: bool },
    AgentHome { busy: bool },
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
        mut options: Options,
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
            own::name_private(deskside_ui::private_titles());
            Privacy::start(deskside_ui::PROMPT_APP_ID)
                .inspect_err(|e| tracing::error!(error = %e, "prompts cannot be kept out of the picture"))
                .ok()
        });
        if let Some(base) = Received::base() {
            Received::sweep(&base);
        }
        let hidden = crate::hidden::load(&options.home);
        let choosing = Choosing::start(options.came_from.take(), &events, options.icons.clone());
        Self {
            options,
            connector,
            events,
            publisher,
            printer,
            phase,
            places: Vec::new(),
            shown: None,
            problem: None,
            screenshot: None,
            account: None,
            pads: Vec::new(),
            chats: Vec::new(),
            start_when_signed_in: false,
            question: 0,
            asking: None,
            sockets: 0,
            leaving: Vec::new(),
            hiding: HidingView { hidden, open: None },
            choosing,
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
                        self.timeouts();
                        code = self.settle();
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
            code = self.settle().or(code);
        }
        self.flush_notes();
        self.flush_chats();
        for place in std::mem::take(&mut self.places) {
            if let State::Running(running) = place.state {
                self.leaving.push(tokio::spawn(running.goodbye()));
            }
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
        if let (Some(running), Screen::Session { session, .. }) = (self.shown_running(), &view.screen) {
            running.paint_frame(session);
        }
        self.publisher.publish(view);
    }

    fn begin(&mut self) {
        let wanted = match &self.options.first {
            First::Nothing => Some(None),
            // Who follows a link to a queue wants a new session.
            First::Join { target, .. } if QueueTarget::parse(target).is_some() => None,
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
            First::Queue { queue, name } => {
                self.send(AppOnly::EnterQueue { queue, server: None, name }.into())
            }
        }
    }

    fn send(&self, command: AppCommand) {
        if self.events.try_send(Event::Command(command)).is_err() {
            tracing::error!("the queue of events is full at the start");
        }
    }

    fn view(&mut self) -> AppView {
        let screen = self.place_screen().unwrap_or_else(|| match &self.phase {
            Phase::Join { busy } => Screen::Join { busy: *busy },
            Phase::SignIn { busy } => Screen::SignIn { busy: *busy },
            Phase::AgentHome { busy } => Screen::AgentHome { name: self.account_name(), busy: *busy },
        });
        let tabs = self.tabs();
        let (desk, phrases) = self.account.as_ref().map(Account::view).unwrap_or_default();
        AppView {
            server: self.options.server.clone(),
            screen,
            problem: self.problem.clone(),
            screenshot: self.screenshot.clone(),
            tabs,
            desk,
            phrases,
            hiding: self.hiding.clone(),
            choosing: self.choosing.view.clone(),
        }
    }

    fn account_name(&self) -> String {
        self.account.as_ref().map(|a| a.name.clone()).unwrap_or_default()
    }

    fn handle(&mut self, event: Event, joining: &mut Option<Joining>) -> Option<u8> {
        match event {
            Event::Command(AppCommand::App(command)) => return self.command(command, joining),
            Event::Command(AppCommand::Session(command)) => {
                self.choosing.heed(&command);
                match self.shown_running() {
                    Some(r) => r.command(command),
                    None => self.bad_command("there is no session"),
                }
            }
            Event::Answer(question, answer) => {
                if question == self.question {
                    self.asking = None;
                    return self.answer(answer, joining);
                }
            }
            Event::Signaling(place, event) => return self.signaling(place, event),
            Event::Desk(id, event) => self.desk(id, event),
            Event::Phrases(id, answer) => self.phrases(id, answer),
            Event::Notes(number, answer) => self.noted(number, answer),
            Event::Chat(place, answer) => self.chat_saved(place, answer),
            Event::Windows(open) => self.hiding.open = open,
            Event::Choosing(news) => self.learn(news),
            Event::Network(change) => self.network(change),
            Event::Session(place, event) => {
                if let Some(r) = self.running_at(place) {
                    r.event(event);
                }
            }
        }
        None
    }

    fn bad_command(&mut self, detail: &str) {
        self.printer.print(&Line::Error { detail });
    }

    fn command(&mut self, command: AppOnly, joining: &mut Option<Joining>) -> Option<u8> {
        match command {
            AppOnly::Quit => return Some(exit::OK),
            AppOnly::Show => {
                let view = self.view();
                self.printer.print(&Line::View { view: &view });
            }
            AppOnly::Screenshot { path } => self.screenshot(path),
            AppOnly::SaveReceipt { path } => self.save_receipt(path),
            AppOnly::ShowSession { number } => self.show_session(number),
            // An answer that nobody waits for any more could be a customer whom nobody meets.
            AppOnly::StartSession
            | AppOnly::Assist { .. }
            | AppOnly::TakeNext { .. }
            | AppOnly::TakeTransfer { .. }
                if matches!(self.phase, Phase::AgentHome { busy: true }) =>
            {
                self.bad_command("wait for the answer to what was asked before");
            }
            AppOnly::StartSession => return self.start_session(),
            AppOnly::Assist { target } => return self.assist(&target, joining),
            AppOnly::TakeNext { queue, entry } => return self.take_next(&queue, entry),
            AppOnly::Transfer { to, message } => match self.shown_running().map(|r| r.offer(to, message)) {
                Some(true) => {}
                Some(false) => self.bad_command("a transfer is under way"),
                None => self.bad_command("there is no session"),
            },
            AppOnly::WithdrawTransfer => match self.shown_running() {
                Some(r) => r.withdraw_offer(),
                None => self.bad_command("there is no session"),
            },
            AppOnly::TakeTransfer { id } => return self.take_transfer(id, joining),
            AppOnly::SendFiles { paths } => match self.shown_running() {
                Some(r) => r.scan(paths.into_iter().map(PathBuf::from).collect(), true),
                None => self.bad_command("there is no session"),
            },
            AppOnly::OpenDownloads => self.open_downloads(),
            AppOnly::Hide(hidden) => self.hide(hidden),
            AppOnly::ListWindows => self.list_windows(),
            AppOnly::ListPrograms => self.list_programs(),
            AppOnly::StartProgram { id } => self.start_program(id),
            AppOnly::Notes { text } => self.note(text),
            AppOnly::Phrases { mine } => self.save_phrases(mine),
            AppOnly::Home if self.shown_running().is_some() => {
                self.bad_command("leave or end the session first");
            }
            AppOnly::Home => self.home(),
            AppOnly::SignIn { server, name, password } => return self.sign_in(server, name, password),
            _ if self.running().next().is_some() => self.bad_command("leave or end the session first"),
            AppOnly::ShowAgent { agent } => {
                self.forget_question();
                self.go(match (agent, &self.account) {
                    (true, Some(_)) => Phase::AgentHome { busy: false },
                    (true, None) => Phase::SignIn { busy: false },
                    (false, _) => Phase::Join { busy: false },
                });
            }
            AppOnly::SignOut => {
                self.forget_question();
                self.account = None;
                self.go(Phase::SignIn { busy: false });
            }
            AppOnly::Join { target, name } => return self.join(&target, name, joining),
            AppOnly::EnterQueue { queue, server, name } => {
                return self.enter_queue(&queue, server, name, joining);
            }
            AppOnly::CancelJoin => {
                self.forget_question();
                self.go(Phase::Join { busy: false });
            }
        }
        None
    }

    /// Gives up what has not begun or is over, for another screen.
    fn go(&mut self, phase: Phase) {
        self.look_at(None);
        self.places.retain(|p| matches!(p.state, State::Running(_)));
        self.phase = phase;
    }

    fn open_downloads(&mut self) {
        if let Err(e) = open::that_detached(running::downloads()) {
            self.bad_command(&format!("the folder cannot be shown: {e}"));
        }
    }

    fn screenshot(&mut self, path: Option<String>) {
        let Some(r) = self.shown_running() else {
            return self.bad_command("there is no session");
        };
        let path = path.unwrap_or_else(|| running::picture_file(r.number()));
        match r.screenshot(&path) {
            Ok((width, height)) => {
                self.printer.print(&Line::Screenshot { path: &path, width, height });
                self.screenshot = Some(path);
            }
            Err(e) => self.bad_command(&format!("no screenshot: {e}")),
        }
    }
}

/// How long a closing connection may take to send what is queued.
pub(crate) const GOODBYE: Duration = Duration::from_millis(400);
