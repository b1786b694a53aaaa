//! The windows as one eframe application.

use std::{collections::BTreeMap, sync::Arc};

use deskside_session::{
    Role, SessionNumber,
    app::{AppOnly, AppView, Screen, Tab, TabState},
    view::{Sharing, View},
};
use eframe::egui::{self, Ui, Vec2, ViewportCommand, vec2};
use raw_window_handle::{HasWindowHandle, RawWindowHandle};

use crate::{
    Backend, Error, Options,
    cx::Cx,
    keys::{self, Action},
    screens::{
        agent::{AgentSession, Around},
        bar,
        chat::ChatForm,
        compact::{self, Before, Next},
        console::order::{ConsoleTab, Order},
        customer,
        dialog::{self, Answer, Dialog},
        ended::{self, After},
        hiding,
        home::Home,
        join::JoinForm,
        key_list,
        notes::NotesForm,
        prompt::PromptWindow,
        queue,
        sign_in::SignInForm,
        tabs,
        toast::Toast,
        transfer::TransferForm,
        viewer::Viewer,
        watch::{self, Kept},
    },
    texts::Texts,
    theme::Themes,
};

/// Everything that the windows remember by themselves; all else comes from the view.
pub struct App {
    backend: Arc<dyn Backend>,
    texts: Texts,
    themes: Themes,
    serial: u64,
    view: Option<Arc<AppView>>,
    kind: Option<Kind>,
    /// Until when a new size is waited for, in seconds since the windows opened.
    settling: f64,
    full_screen: bool,
    /// The agent's window while it is a slim bar: as it was.
    slim: Option<Before>,
    /// The list of keys lies over the window.
    listing: bool,
    root: Option<u64>,
    join: JoinForm,
    sign_in: SignInForm,
    home: Home,
    /// What belongs to the session that is shown.
    room: Room,
    /// What belongs to the agent's other sessions.
    rooms: BTreeMap<u32, Room>,
    /// Of the tabs of the agent's console.
    order: Order,
    prompt: Option<PromptWindow>,
    dialog: Option<Dialog>,
    closing: bool,
}

/// What the windows remember of one session.
#[derive(Default)]
struct Room {
    agent: AgentSession,
    chat: ChatForm,
    notes: NotesForm,
    transfer: TransferForm,
    toast: Toast,
}

/// The shapes that the main window takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Entry,
    Agent,
    Customer,
    /// A customer who sees what another one shares.
    Watcher,
}

impl Kind {
    fn of(screen: &Screen) -> Self {
        match screen {
            Screen::Session { session, .. } if session.role == Role::Customer => match watched(session) {
                Some(_) => Self::Watcher,
                None => Self::Customer,
            },
            Screen::Session { .. } => Self::Agent,
            Screen::AgentHome { .. } => Self::Agent,
            Screen::Ended { role, .. } if *role != Role::Customer => Self::Agent,
            _ => Self::Entry,
        }
    }

    /// Its size, and the smallest that it may get; in points.
    fn sizes(self) -> (Vec2, Vec2) {
        match self {
            Self::Entry => (ENTRY, vec2(360.0, 420.0)),
            Self::Agent | Self::Watcher => (vec2(1200.0, 780.0), vec2(900.0, 560.0)),
            Self::Customer => (vec2(420.0, 760.0), vec2(360.0, 480.0)),
        }
    }
}

/// Seconds in which the window manager is expected to have answered to a new size. Its answer does
/// not always draw, so until then the window draws itself, a few times a second.
const SETTLE: f64 = 2.5;

/// The size of the first window, in points.
pub(crate) const ENTRY: Vec2 = vec2(480.0, 648.0);

impl App {
    /// Sets up letters and colours in `ctx` and asks the backend to wake it on changes. Opens no window.
    pub fn new(ctx: &egui::Context, backend: Arc<dyn Backend>, options: &Options) -> Result<Self, Error> {
        let texts = Texts::new(options.language)?;
        let themes = Themes::load()?;
        themes.apply(ctx, options.dark);
        let wake = ctx.clone();
        // A delay, however short, paints once; without one egui paints twice.
        let soon = std::time::Duration::from_nanos(1);
        backend.on_change(Box::new(move || wake.request_repaint_after(soon)));
        let order = Order::from_names(&backend.preferences().tabs);
        Ok(Self {
            backend,
            texts,
            themes,
            serial: 0,
            view: None,
            kind: None,
            settling: 0.0,
            full_screen: false,
            slim: None,
            listing: false,
            root: None,
            join: JoinForm::default(),
            sign_in: SignInForm::default(),
            home: Home::default(),
            room: Room::default(),
            rooms: BTreeMap::new(),
            order,
            prompt: None,
            dialog: None,
            closing: false,
        })
    }

    /// Behaves as if its native window were `window`; for tests without one.
    pub fn with_window(mut self, window: u64) -> Self {
        self.root = Some(window);
        self
    }

    fn fetch(&mut self, ctx: &egui::Context) {
        let Some((serial, view)) = self.backend.view(self.serial) else { return };
        self.serial = serial;
        let before = self.view.replace(Arc::clone(&view));
        let now = ctx.input(|i| i.time);
        let session = session_of(&view);
        PromptWindow::update(&mut self.prompt, session.and_then(|s| s.prompt.as_ref()), now);
        if !matches!(view.screen, Screen::SignIn { .. }) {
            self.sign_in.clear();
        }
        let (was, is) = (before.as_deref().and_then(number_of), number_of(&view));
        if was != is {
            self.change_room(ctx, &view, was, is);
        }
        if before.as_deref().and_then(session_of).is_some() != session.is_some() {
            self.dialog = None;
        }
        if was != is || session.is_none() || compact::is_too_small(before.as_deref(), &view) {
            self.widen(ctx);
        }
        self.resize(ctx, Kind::of(&view.screen));
    }

    /// Another session is shown: what was typed or asked belongs to the one before.
    fn change_room(
        &mut self,
        ctx: &egui::Context,
        view: &AppView,
        was: Option<SessionNumber>,
        is: Option<SessionNumber>,
    ) {
        let mut left = std::mem::take(&mut self.room);
        if std::mem::take(&mut left.agent.viewer.full_screen) {
            ctx.send_viewport_cmd(ViewportCommand::Fullscreen(false));
        }
        left.agent.viewer.apps.forget();
        if let Some(was) = was {
            self.rooms.insert(was.get(), left);
        }
        self.rooms.retain(|number, _| view.tabs.iter().any(|t| t.number.get() == *number));
        if let Some(is) = is {
            self.room = self.rooms.remove(&is.get()).unwrap_or_default();
            self.join = JoinForm::default();
        }
        self.dialog = None;
        self.listing = false;
    }

    fn resize(&mut self, ctx: &egui::Context, kind: Kind) {
        if self.kind == Some(kind) {
            return;
        }
        let first = self.kind.replace(kind).is_none();
        let (mut size, mut least) = kind.sizes();
        let (screen, outer) = ctx.input(|i| (i.viewport().monitor_size, i.viewport().outer_rect));
        if let Some(screen) = screen.filter(|s| s.x > 1.0 && s.y > 1.0) {
            size = size.min(screen - vec2(16.0, 64.0));
            least = least.min(size);
            if let Some(at) = outer.map(|r| r.min).filter(|_| !first) {
                let inside = |at: f32, size: f32, screen: f32| {
                    let origin = (at / screen).floor() * screen;
                    at.min(origin + screen - size).max(origin)
                };
                let at =
                    egui::pos2(inside(at.x, size.x + 8.0, screen.x), inside(at.y, size.y + 40.0, screen.y));
                ctx.send_viewport_cmd(ViewportCommand::OuterPosition(at));
            }
        }
        ctx.send_viewport_cmd(ViewportCommand::MinInnerSize(least));
        if !first || kind != Kind::Entry {
            ctx.send_viewport_cmd(ViewportCommand::InnerSize(size));
            self.settling = ctx.input(|i| i.time) + SETTLE;
        }
    }

    /// Makes the agent's window a slim bar.
    fn slim(&mut self, ctx: &egui::Context) {
        if self.room.agent.viewer.full_screen {
            self.room.agent.viewer.toggle_full_screen(ctx);
        } else if self.slim.is_none() {
            let before = Before::now(ctx);
            before.slim(ctx);
            self.slim = Some(before);
            self.settling = ctx.input(|i| i.time) + SETTLE;
        }
    }

    /// Makes it the whole window again.
    fn widen(&mut self, ctx: &egui::Context) {
        if let Some(before) = self.slim.take() {
            let (usual, least) = Kind::Agent.sizes();
            before.restore(ctx, usual, least);
            self.settling = ctx.input(|i| i.time) + SETTLE;
        }
    }

    fn find_root(&mut self, frame: &eframe::Frame) {
        if self.root.is_some() {
            return;
        }
        let handle = frame.winit_window().and_then(|w| w.window_handle().ok().map(|h| h.as_raw()));
        #[allow(clippy::useless_conversion, reason = "a C long has 32 bits on some systems")]
        let root = match handle {
            Some(RawWindowHandle::Xlib(h)) => Some(u64::from(h.window)),
            Some(RawWindowHandle::Xcb(h)) => Some(u64::from(h.window.get())),
            Some(RawWindowHandle::Win32(h)) => u64::try_from(h.hwnd.get()).ok(),
            _ => None,
        };
        self.root = root;
        if let Some(window) = root {
            self.backend.own_window(window, true);
        }
    }

    fn quit(&mut self, ctx: &egui::Context) {
        if !self.closing {
            self.closing = true;
            self.backend.command(AppOnly::Quit.into());
        }
        ctx.send_viewport_cmd(ViewportCommand::Close);
    }

    fn close_requested(&mut self, ctx: &egui::Context) {
        if self.closing || !ctx.input(|i| i.viewport().close_requested()) {
            return;
        }
        let runs = |t: &Tab| t.state != TabState::Ended;
        let running = |v: &AppView| session_of(v).is_some() || v.tabs.iter().any(runs);
        if self.view.as_deref().is_some_and(running) {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            self.widen(ctx);
            self.dialog = Some(Dialog::Quit);
        } else {
            self.closing = true;
            self.backend.command(AppOnly::Quit.into());
        }
    }

    fn draw(&mut self, ui: &mut Ui) {
        if ui.input(|i| i.time) < self.settling {
            ui.ctx().request_repaint_after(std::time::Duration::from_millis(150));
        }
        let Some(view) = self.view.clone() else { return };
        let theme = self.themes.now(ui.ctx());
        let backend = Arc::clone(&self.backend);
        let (now, wall) = (ui.input(|i| i.time), wall());
        let saved = view.screenshot.as_deref();
        let (backend, choosing) = (backend.as_ref(), &view.choosing);
        let cx = Cx { t: &self.texts, k: &theme, backend, saved, choosing, now, wall };
        let told = view.problem.as_ref();
        let mut quit = false;
        let helps = matches!(&view.screen, Screen::Session { session, .. } if session.role != Role::Customer);
        let free = self.dialog.is_none() && !self.listing;
        let mut turn = helps && free && keys::pressed(ui.ctx(), Action::Compact);
        tabs::go(ui, &cx, &view.tabs, number_of(&view));
        if !self.room.agent.viewer.full_screen && self.slim.is_none() {
            match tabs::show(ui, &cx, &view.tabs, number_of(&view), helps) {
                Some(tabs::Asked::Slim) => turn = true,
                Some(tabs::Asked::Keys) => self.listing = true,
                None => {}
            }
        }
        let agent = helps || matches!(view.screen, Screen::AgentHome { .. });
        if agent && keys::pressed(ui.ctx(), Action::Help) {
            self.listing = !self.listing;
            turn |= self.slim.is_some();
        }
        let fresh = !view.tabs.is_empty() || matches!(view.screen, Screen::AgentHome { busy: false, .. });
        if fresh && free && keys::pressed(ui.ctx(), Action::NewSession) {
            cx.send(AppOnly::StartSession);
        }
        let mut next = None;
        match &view.screen {
            Screen::Join { busy } => self.join.show(ui, &cx, *busy, told),
            Screen::Waiting(place) => queue::show(ui, &cx, place, told),
            Screen::SignIn { busy } => self.sign_in.show(ui, &cx, &view.server, *busy, told),
            Screen::AgentHome { name, busy } => {
                self.listing |= self.home.show(ui, &cx, &view, name, *busy);
            }
            Screen::Ended { role, ending, notes, log, receipt, .. } => {
                let notes = notes.as_ref().map(|n| (n, &mut self.room.notes));
                let after =
                    After { role: *role, ending: *ending, log: log.is_some(), receipt: receipt.as_deref() };
                quit = ended::show(ui, &cx, after, notes, told);
            }
            Screen::Session { session, .. } if session.role == Role::Customer => {
                let Room { agent, chat, toast, .. } = &mut self.room;
                let asked = match watched(session) {
                    Some(sharing) => {
                        let kept = Kept { viewer: &mut agent.viewer, chat, toast };
                        let covered = self.dialog.is_some();
                        watch::show(ui, &cx, session, sharing, kept, self.root, covered)
                    }
                    None => customer::show(ui, &cx, session, &view.hiding, chat, toast),
                };
                self.dialog = self.dialog.or(asked);
                if let (Some(window), Some(prompt)) = (&mut self.prompt, &session.prompt) {
                    window.show(ui, &cx, session, prompt, &view.hiding);
                }
            }
            Screen::Session { session, .. } if self.slim.is_some() => {
                let viewer = &mut self.room.agent.viewer;
                match session.sharing {
                    Some(_) => viewer.put_away(ui.ctx(), &cx),
                    None => viewer.close_if_open(ui.ctx(), &cx),
                }
                next = compact::show(ui, &cx, session, &mut self.room.toast);
            }
            Screen::Session { session, notes, transfer } => {
                let around = Around {
                    server: &view.server,
                    hiding: &view.hiding,
                    phrases: view.phrases.as_ref(),
                    root: self.root,
                    desk: view.desk.as_ref(),
                    transfer: *transfer,
                    passing: &mut self.room.transfer,
                    dialog: self.dialog.is_some() || self.listing,
                    notes: notes.as_ref().map(|n| (n, &mut self.room.notes)),
                    order: &mut self.order,
                    chat: &mut self.room.chat,
                    toast: &mut self.room.toast,
                };
                let asked = self.room.agent.show(ui, &cx, session, around);
                self.dialog = self.dialog.or(asked);
            }
        }
        if let Some(session) = session_of(&view)
            && let Some(sharing) = session.sharing.as_ref().filter(|s| s.sharer == session.me)
        {
            bar::show(ui, &cx, session, sharing);
        }
        if session_of(&view).is_some() {
            hiding::show(ui, &cx, &view.hiding);
        }
        let watches = session_of(&view).is_some_and(|s| s.role == Role::Customer && watched(s).is_some());
        if !helps && !watches {
            Viewer::close_if_open(&mut self.room.agent.viewer, ui.ctx(), &cx);
        }
        if let Some(open) = self.dialog {
            match dialog::show(ui, &cx, open, session_of(&view)) {
                None => {}
                Some(Answer::Stay | Answer::Done) => self.dialog = None,
                Some(Answer::Quit) => quit = true,
            }
        }
        if self.listing {
            self.listing = key_list::show(ui, &cx);
        }
        if self.full_screen != self.room.agent.viewer.full_screen {
            self.full_screen = self.room.agent.viewer.full_screen;
            self.settling = cx.now + SETTLE;
            ui.ctx().request_repaint();
        }
        let ctx = ui.ctx().clone();
        self.turn(&ctx, turn, next);
        if quit {
            self.quit(ui.ctx());
        }
    }

    /// Between the window and the bar.
    fn turn(&mut self, ctx: &egui::Context, turn: bool, next: Option<Next>) {
        match next {
            Some(Next::Chat) => self.room.agent.console.go(ctx, ConsoleTab::Chat),
            Some(Next::Ask(dialog)) => self.dialog = Some(dialog),
            Some(Next::Window) | None => {}
        }
        match (turn || next.is_some(), self.slim.is_some()) {
            (true, true) => self.widen(ctx),
            (true, false) => self.slim(ctx),
            _ => return,
        }
        ctx.request_repaint();
    }
}

/// Milliseconds since 1970.
fn wall() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// The session that is seen, or whose end is.
fn number_of(view: &AppView) -> Option<SessionNumber> {
    match &view.screen {
        Screen::Session { session, .. } => Some(session.number),
        Screen::Ended { number, .. } => Some(*number),
        _ => None,
    }
}

/// What another participant shares, if I see it.
fn watched(session: &View) -> Option<&Sharing> {
    session.sharing.as_ref().filter(|s| s.sharer != session.me)
}

fn session_of(view: &AppView) -> Option<&View> {
    match &view.screen {
        Screen::Session { session, .. } => Some(session),
        _ => None,
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, frame: &mut eframe::Frame) {
        self.find_root(frame);
        self.fetch(ctx);
        self.close_requested(ctx);
        if self.backend.should_quit() {
            self.quit(ctx);
        }
        if self.prompt.is_some() && ctx.input(|i| i.viewport().minimized == Some(true)) {
            // A question must be seen even when the window that it belongs to is put away.
            ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
        }
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.draw(ui);
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        if let Some(window) = self.root {
            self.backend.own_window(window, false);
        }
        if !self.closing {
            self.backend.command(AppOnly::Quit.into());
        }
    }
}
