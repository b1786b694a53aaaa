//! The devices of a running session: the shared screen, hands and clipboard, and the viewer's picture.

use std::{fs::File, io::BufWriter, sync::Arc};

use deskside_devices::{clipboard, own, surface, watch};
use deskside_session::{
    ParticipantId,
    hiding::{Hidden, Scope},
    io::{Capture, DeviceEvent, Input},
    view::{Trouble, View},
};

use super::Running;
use crate::{
    app::event::SessionEvent,
    hands::Hands,
    share::{Share, Tell},
    viewing::Viewing,
};

impl Running {
    pub(super) fn viewers(
        &self,
        capture: &Capture,
    ) -> Vec<(ParticipantId, Arc<dyn deskside_net::Transport>)> {
        capture.viewers.iter().filter_map(|v| Some((*v, self.links.transport(*v)?))).collect()
    }

    pub(super) fn capture(&mut self, capture: Capture) {
        if self.share.is_none() && !self.start_share(&capture) {
            return;
        }
        let viewers = self.viewers(&capture);
        let Some((share, last)) = self.share.as_mut() else { return };
        let teller = share.teller();
        if (last.screen, &last.monitor) != (capture.screen, &capture.monitor) {
            teller.tell(Tell::Screen(capture.screen, capture.monitor.clone()));
        }
        if last.scope != capture.scope {
            share.limit(capture.scope.clone());
            if let Some(hands) = &self.hands {
                hands.limit(capture.scope.clone());
            }
            if let Some(frame) = &self.frame {
                frame.follow(window_of(&capture.scope));
            }
        }
        if last.coder != capture.coder {
            teller.tell(Tell::Coder(capture.coder));
        }
        if last.quality != capture.quality {
            teller.tell(Tell::Quality(capture.quality));
        }
        teller.tell(Tell::Paused(capture.paused));
        teller.tell(Tell::Viewers(viewers));
        *last = capture;
    }

    fn start_share(&mut self, capture: &Capture) -> bool {
        if !deskside_devices::overlay::possible() {
            self.input(Input::Device(DeviceEvent::CannotDraw));
        }
        let events = self.events.clone();
        let tell = move |report| {
            // Never blocks: the loop may be waiting for this very thread to end.
            if !events.send(SessionEvent::Share(report)) {
                tracing::warn!("a report of the sharing thread was lost");
            }
        };
        match Share::start(capture, self.hidden.clone(), Arc::clone(&self.areas), Box::new(tell)) {
            Ok(share) => {
                self.links.routes.share(Some(share.teller()));
                self.share = Some((share, capture.clone()));
            }
            Err(e) => {
                tracing::error!(error = %e, "no thread for sharing");
                self.input(Input::Device(DeviceEvent::Trouble(Trouble::CaptureFailed)));
                return false;
            }
        }
        let events = self.events.clone();
        match Hands::start(Box::new(move |t| {
            let _ = events.send(SessionEvent::Trouble(t));
        })) {
            Ok(hands) => {
                hands.limit(capture.scope.clone());
                self.hands = Some(hands);
            }
            Err(e) => tracing::error!(error = %e, "no thread for input"),
        }
        let events = self.events.clone();
        match watch::start(Box::new(move |act| {
            let _ = events.send(SessionEvent::Own(act));
        })) {
            Ok(w) => self.watch = Some(w),
            Err(e) => tracing::warn!(error = %e, "own input cannot be noticed here"),
        }
        if self.windows.is_some() {
            self.frame = self.open_frame(&capture.scope);
        }
        true
    }

    fn open_frame(&self, scope: &Scope) -> Option<Box<dyn own::Frame>> {
        let events = self.events.clone();
        let on_stop = Box::new(move || {
            let _ = events.send(SessionEvent::Stop);
        });
        let frame = own::frame(Some(own::Stop { words: deskside_ui::stop_words(), on_stop }))?;
        frame.follow(window_of(scope));
        Some(frame)
    }

    /// Keeps this out of the picture, now and whenever something is shared.
    pub fn hide(&mut self, hidden: &Hidden) {
        self.hidden = hidden.clone();
        if let Some((share, _)) = &self.share {
            share.hide(hidden.clone());
        }
    }

    pub(super) fn clipboard(&mut self) -> Option<&dyn clipboard::Clipboard> {
        if self.clipboard.is_none() {
            let events = self.events.clone();
            self.clipboard = clipboard::open(Box::new(move |copied| {
                let _ = events.send(SessionEvent::Clipboard(copied));
            }));
        }
        self.clipboard.as_deref()
    }

    pub(super) fn open_viewer(&mut self, from: ParticipantId) {
        let surface = if self.windows.is_some() {
            let events = self.events.clone();
            surface::open(Box::new(move |event| {
                let _ = events.send(SessionEvent::Surface(event));
            }))
        } else {
            surface::headless()
        };
        let events = self.events.clone();
        let shows = move |area| {
            if !events.send(SessionEvent::Shows(area)) {
                tracing::warn!("which part of the desktop is shown was not told");
            }
        };
        match Viewing::start(surface, Box::new(shows)) {
            Ok(viewing) => {
                viewing.link(self.links.transport(from));
                self.links.routes.view(Some((from, viewing.feed())));
                self.viewing = Some((from, viewing));
                self.show_place();
            }
            Err(e) => tracing::error!(error = %e, "no thread for the picture"),
        }
    }

    /// The frame around what is shared has the colour of the bar: seen, or controlled.
    pub fn paint_frame(&self, view: &View) {
        if let (Some(frame), Some(sharing)) = (&self.frame, &view.sharing) {
            frame.colour(deskside_ui::sharing_colour(sharing.controller.is_some()));
        }
    }

    /// Whether the person sees this session, and not another one of the program.
    pub fn show(&mut self, shown: bool) {
        self.shown = shown;
        if shown {
            self.show_place();
        } else if let Some((_, viewing)) = &self.viewing {
            viewing.place().hide();
        }
    }

    pub(super) fn show_place(&self) {
        if let Some(slot) = self.windows.as_ref().filter(|_| self.shown) {
            slot.set(self.viewing.as_ref().map(|(_, v)| v.place()));
        }
    }

    /// Writes the viewer's picture as a PNG file.
    pub fn screenshot(&self, path: &str) -> anyhow::Result<(u16, u16)> {
        let place = self
            .viewing
            .as_ref()
            .map(|(_, v)| v.place())
            .ok_or_else(|| anyhow::anyhow!("nothing is shown"))?;
        let (_, width, height, rgba) = place.copy(0).ok_or_else(|| anyhow::anyhow!("no picture came yet"))?;
        anyhow::ensure!(width > 0 && height > 0, "no picture came yet");
        let mut encoder = png::Encoder::new(BufWriter::new(File::create(path)?), width.into(), height.into());
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_compression(png::Compression::Fast);
        encoder.write_header()?.write_image_data(&rgba)?;
        Ok((width, height))
    }
}

/// The window that alone is shared.
fn window_of(scope: &Scope) -> Option<u64> {
    match scope {
        Scope::Programs(all) => all.iter().map(|c| c.window).next().filter(|_| all.len() == 1),
        Scope::Desktop | Scope::Nothing => None,
    }
}
