//! What the person at this computer can share besides what is listed as open: an installed program, and the window
//! from which they came.

use std::{collections::HashMap, sync::Arc};

use deskside_devices::{
    programs::{Computer, PATIENCE, Program, StartError},
    windows::{self, Front},
};
use deskside_session::{
    Role,
    choosing::{ChoosingView, Installed, StartState, Started},
    command::Command,
    hiding::OpenWindow,
};

use super::{
    App,
    event::{Event, Events},
};
use crate::icons::Icons;

/// What was found out meanwhile.
#[derive(Debug)]
pub enum News {
    /// None where they cannot be listed.
    Programs(Option<Vec<Installed>>),
    /// What became of the start with this number: its window, and all that are open then.
    Started(u64, Result<(OpenWindow, Vec<OpenWindow>), StartError>),
    /// The window from which the person came: it has another title, or is gone.
    CameFrom(Option<OpenWindow>),
}

#[derive(Default)]
pub(super) struct Choosing {
    pub view: ChoosingView,
    /// Counts the starts; what becomes of an older one shares nothing.
    starts: u64,
    /// The place that asked for the last one.
    place: Option<u64>,
}

impl Choosing {
    pub fn start(from: Option<(OpenWindow, Front)>, events: &Events, icons: Option<Arc<Icons>>) -> Self {
        let mut choosing = Self::default();
        let Some((window, front)) = from else { return choosing };
        let (events, seen) = (events.clone(), window.clone());
        let watch = move || {
            if let Some(icons) = icons {
                icons.set_came_from(Computer::here().icons(&[seen]));
            }
            front.watch(&|now| {
                // Nobody waits for it when the program ends.
                let _ = events.blocking_send(Event::Choosing(News::CameFrom(now)));
            });
        };
        match std::thread::Builder::new().name("front".into()).spawn(watch) {
            Ok(_) => choosing.view.came_from = Some(window),
            Err(e) => tracing::warn!(error = %e, "no thread for the window from which the person came"),
        }
        choosing
    }

    /// Whoever chooses something else does not wait for a program any more.
    pub fn heed(&mut self, command: &Command) {
        if matches!(command, Command::Only { .. }) {
            self.starts += 1;
            self.view.started = None;
        }
    }
}

impl App {
    pub(super) fn list_programs(&self) {
        let (events, icons) = (self.events.clone(), self.options.icons.clone());
        tokio::task::spawn_blocking(move || {
            let found = Computer::here().list(deskside_ui::Language::from_env().code());
            let installed = found.map(|all| split(all, icons.as_deref()));
            let _ = events.blocking_send(Event::Choosing(News::Programs(installed)));
        });
    }

    pub(super) fn start_program(&mut self, id: String) {
        if self.shown_running().is_none_or(|r| r.role() == Role::Assistant) {
            return self
                .bad_command("there is no session in which something of this computer could be shared");
        }
        let choosing = &mut self.choosing;
        if choosing.view.started.as_ref().is_some_and(|s| s.state == StartState::Waiting) {
            return self.bad_command("a program is being started");
        }
        choosing.starts += 1;
        choosing.place = self.shown;
        choosing.view.started = Some(Started { id: id.clone(), state: StartState::Waiting });
        let (events, number, icons) = (self.events.clone(), choosing.starts, self.options.icons.clone());
        tokio::task::spawn_blocking(move || {
            let window = Computer::here().start(&id, PATIENCE).and_then(|window| {
                let all = open_windows(icons.as_deref()).unwrap_or_default();
                let its = all.iter().find(|w| w.id == window).cloned();
                its.map(|w| (w, all)).ok_or(StartError::NoWindow)
            });
            let _ = events.blocking_send(Event::Choosing(News::Started(number, window)));
        });
    }

    pub(super) fn learn(&mut self, news: News) {
        match news {
            News::Programs(installed) => self.choosing.view.installed = installed,
            News::CameFrom(window) => self.choosing.view.came_from = window,
            News::Started(number, window) if number == self.choosing.starts => self.started(window),
            News::Started(..) => {}
        }
    }

    fn started(&mut self, window: Result<(OpenWindow, Vec<OpenWindow>), StartError>) {
        let state = match window {
            Ok((window, open)) => {
                self.hiding.open = Some(open);
                let place = self.choosing.place;
                if let Some(r) = place.and_then(|id| self.running_at(id)) {
                    r.command(Command::Only { windows: vec![window.id] });
                }
                StartState::Shown { window }
            }
            Err(StartError::NoWindow) => StartState::NoWindow,
            Err(why) => {
                tracing::warn!(%why, "no program was started to be shared");
                StartState::Failed { detail: why.to_string() }
            }
        };
        if let Some(started) = &mut self.choosing.view.started {
            started.state = state;
        }
    }
}

/// Those that are open now; whoever sees one of them sees its icon.
pub(super) fn open_windows(icons: Option<&Icons>) -> Option<Vec<OpenWindow>> {
    let open = windows::list();
    if let (Some(icons), Some(open)) = (icons, &open) {
        icons.set_windows(Computer::here().icons(open));
    }
    open
}

fn split(all: Vec<Program>, icons: Option<&Icons>) -> Vec<Installed> {
    let mut found = HashMap::new();
    let mut installed = Vec::with_capacity(all.len());
    for program in all {
        found.extend(program.icon.map(|icon| (program.installed.id.clone(), icon)));
        installed.push(program.installed);
    }
    if let Some(icons) = icons {
        icons.set_programs(found);
    }
    installed
}
