//! Copied, dropped and received files of a running session.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use deskside_devices::{
    clipboard::{Copied, Pasted},
    files::{ScanError, Sources, scan},
};
use deskside_protocol::socket::Signal;
use deskside_session::{
    files::{FilesId, List, Stopped},
    io::{DeviceEvent, FilesNews, Input, Into},
};

use super::Running;
use crate::{
    app::event::SessionEvent,
    files::{End, Mover, MoverNews, Received, Target},
};

/// Drops whose files are kept.
const MOST_DROPPED: usize = 4;

/// Files on their way, and where those are that the other side may ask for.
#[derive(Default)]
pub struct Files {
    movers: HashMap<FilesId, Mover>,
    /// Those for the clipboard.
    pasted: Vec<FilesId>,
    copied: Option<(u32, Arc<Sources>)>,
    /// The newest of them: while one is asked about, others may be dropped in vain.
    dropped: Vec<(u32, Arc<Sources>)>,
    /// Lists that were asked for; the newest of the copied ones counts.
    scans: u32,
    received: Option<Received>,
}

/// A list of files is there, or cannot be made.
pub struct Scanned {
    number: u32,
    dropped: bool,
    sources: Result<Sources, ScanError>,
}

impl std::fmt::Debug for Scanned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Scanned {}", self.number)
    }
}

impl Running {
    pub(super) fn on_copied(&mut self, copied: Copied) {
        match copied {
            Copied::Clip(clip) if self.shown => {
                self.files.scans += 1;
                self.files.copied = None;
                self.input(Input::Device(DeviceEvent::Clipboard(clip)));
            }
            Copied::Files(paths) if self.shown => self.scan(paths, false),
            Copied::Clip(_) | Copied::Files(_) => {}
            Copied::Paste => self.input(Input::Device(DeviceEvent::Paste)),
        }
    }

    /// Lists these files and all that is in them, on a thread of its own.
    pub fn scan(&mut self, paths: Vec<PathBuf>, dropped: bool) {
        self.files.scans += 1;
        let (number, events) = (self.files.scans, self.events.clone());
        let run = move || {
            let scanned = Scanned { number, dropped, sources: scan(&paths) };
            if !events.send(SessionEvent::Scanned(scanned)) {
                tracing::warn!("copied files were not offered: too much is going on");
            }
        };
        if let Err(e) = std::thread::Builder::new().name("scan".into()).spawn(run) {
            tracing::error!(error = %e, "no thread to list files");
        }
    }

    pub(super) fn on_scanned(&mut self, scanned: Scanned) {
        let Scanned { number: key, dropped, sources } = scanned;
        if !dropped && key != self.files.scans {
            return;
        }
        let sources = match sources {
            Ok(sources) => Arc::new(sources),
            Err(e) => {
                tracing::warn!(error = %e, "files cannot be offered");
                return self.input(Input::Device(DeviceEvent::FilesNotOffered));
            }
        };
        let list = sources.list().clone();
        let event = if dropped {
            if self.files.dropped.len() == MOST_DROPPED {
                self.files.dropped.remove(0);
            }
            self.files.dropped.push((key, sources));
            DeviceEvent::DroppedFiles { key, list }
        } else {
            self.files.copied = Some((key, sources));
            DeviceEvent::CopiedFiles { key, list }
        };
        self.input(Input::Device(event));
    }

    pub(super) fn send_files(&mut self, id: FilesId, key: u32) {
        let found = self
            .files
            .copied
            .iter()
            .chain(&self.files.dropped)
            .find(|(k, _)| *k == key)
            .map(|(_, s)| s.clone());
        match found {
            Some(sources) => self.move_files(id, End::Send(sources)),
            None => self.not_moved(id, Stopped::NotOffered),
        }
    }

    pub(super) fn receive_files(&mut self, id: FilesId, list: Arc<List>, into: Into) {
        let target = match into {
            Into::Downloads => Ok(Target::Beside(downloads())),
            Into::Clipboard => self.private().map(|(folder, name)| Target::Private(folder, name)),
        };
        match target {
            Ok(target) => {
                if into == Into::Clipboard {
                    self.files.pasted.push(id);
                }
                self.move_files(id, End::Receive(list, target));
            }
            Err(e) => {
                tracing::warn!(error = %e, "no folder for received files");
                self.not_moved(id, Stopped::Unwritable);
            }
        }
    }

    fn private(&mut self) -> std::io::Result<(PathBuf, String)> {
        if self.files.received.is_none() {
            let base = Received::base().ok_or(std::io::ErrorKind::NotFound)?;
            self.files.received = Some(Received::new(&base, self.number)?);
        }
        let received = self.files.received.as_mut();
        received.map(Received::next).ok_or_else(|| std::io::ErrorKind::NotFound.into())
    }

    fn move_files(&mut self, id: FilesId, end: End) {
        let events = self.events.clone();
        let tell = move |news| {
            if !events.send(SessionEvent::Files(id, news)) {
                tracing::warn!("news of a transfer of files were lost");
            }
        };
        let connect = |offers, sink| self.links.for_files(offers, sink);
        match Mover::start(end, Box::new(tell), connect) {
            Ok(mover) => drop(self.files.movers.insert(id, mover)),
            Err(e) => {
                tracing::error!(error = %e, "no thread for files");
                self.not_moved(id, Stopped::Other);
            }
        }
    }

    /// The core hears of it after what it is about.
    fn not_moved(&self, id: FilesId, stopped: Stopped) {
        if !self.events.send(SessionEvent::Files(id, MoverNews::Stopped(stopped))) {
            tracing::warn!("news of a transfer of files were lost");
        }
    }

    pub(super) fn files_signal(&self, id: FilesId, signal: Signal) {
        if let Some(mover) = self.files.movers.get(&id) {
            mover.signal(signal);
        }
    }

    pub(super) fn stop_files(&mut self, id: FilesId) {
        self.files.movers.remove(&id);
        self.files.pasted.retain(|p| *p != id);
    }

    pub(super) fn on_mover(&mut self, id: FilesId, news: MoverNews) {
        let news = match news {
            MoverNews::Closed => {
                self.files.movers.remove(&id);
                return;
            }
            MoverNews::Signal(signal) => FilesNews::Signal(signal),
            MoverNews::Moved(bytes) => FilesNews::Moved(bytes),
            MoverNews::Stopped(stopped) => {
                self.stop_files(id);
                FilesNews::Stopped(stopped)
            }
            MoverNews::Done(paths) => {
                let pasted = self.files.pasted.contains(&id);
                self.files.pasted.retain(|p| *p != id);
                if id.sends {
                    self.files.movers.remove(&id);
                } else if pasted && let Some(c) = self.clipboard() {
                    c.pasted(Pasted::Ready(paths));
                }
                FilesNews::Done
            }
        };
        self.input(Input::Device(DeviceEvent::Files { id, news }));
    }

    pub(super) fn no_paste(&mut self, forget: bool) {
        if self.clipboard.is_some()
            && let Some(c) = self.clipboard()
        {
            c.pasted(Pasted::Nothing { forget });
        }
    }
}

/// Where a person looks for what came.
pub fn downloads() -> PathBuf {
    let home = || dirs::home_dir().unwrap_or_else(|| Path::new(".").into());
    dirs::download_dir().unwrap_or_else(|| home().join("Downloads"))
}
