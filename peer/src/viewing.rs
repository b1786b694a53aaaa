//! The viewer's picture path: messages and access units in, pixels on the surface out. One thread.

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use bytes::Bytes;
use deskside_devices::{
    capture::PointerShape,
    surface::{Place, Surface},
};
use deskside_media::{
    FrameBuf, Rect,
    h264::{self, Decoded},
    regions::Mask,
    tiles,
    wire::{self, Joiner, PictureMessage},
};
use deskside_net::Transport;

use crate::share::send_picture;

enum Tell {
    /// A message, and when it came.
    Picture(Bytes, Instant),
    Video(Bytes),
    Link(Option<Arc<dyn Transport>>),
    Stop,
}

/// Messages of the sharer that may wait.
const WAITING: usize = 2048;

/// Shows what one sharer sends; ends when dropped.
pub struct Viewing {
    tell: SyncSender<Tell>,
    place: Arc<dyn Place>,
    thread: Option<JoinHandle<()>>,
}

/// Feeds pictures from the connection's own tasks.
#[derive(Clone)]
pub struct Feed(SyncSender<Tell>);

impl Feed {
    pub fn picture(&self, message: Bytes) {
        // A flood is dropped; what is missing then is asked for as a whole.
        let _ = self.0.try_send(Tell::Picture(message, Instant::now()));
    }
    pub fn video(&self, access_unit: Bytes) {
        let _ = self.0.try_send(Tell::Video(access_unit));
    }
}

impl Viewing {
    /// `shows` is told when the picture of another part of the desktop is on the surface.
    pub fn start(surface: Box<dyn Surface>, shows: Box<dyn Fn(u32) + Send>) -> std::io::Result<Self> {
        let (tell, told) = sync_channel(WAITING);
        let place = surface.place();
        let thread = std::thread::Builder::new()
            .name("view".into())
            .spawn(move || Screen::new(surface, shows).run(&told))?;
        Ok(Self { tell, place, thread: Some(thread) })
    }

    pub fn feed(&self) -> Feed {
        Feed(self.tell.clone())
    }

    /// The connection to the sharer, for acknowledgements; none while it is away.
    pub fn link(&self, link: Option<Arc<dyn Transport>>) {
        let _ = self.tell.send(Tell::Link(link));
    }

    pub fn place(&self) -> Arc<dyn Place> {
        Arc::clone(&self.place)
    }
}

impl Drop for Viewing {
    fn drop(&mut self) {
        let _ = self.tell.send(Tell::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// At most this often is a key frame asked for.
const KEY_FRAME_PAUSE: Duration = Duration::from_millis(200);

struct Screen {
    surface: Box<dyn Surface>,
    size: (u16, u16),
    /// Which part of the desktop the next picture shows, and which one is on the surface.
    area: u32,
    shown: u32,
    shows: Box<dyn Fn(u32) + Send>,
    link: Option<Arc<dyn Transport>>,
    joiner: Joiner,
    tiles: tiles::Decoder,
    video: Option<h264::Decoder>,
    /// Where the video is shown.
    mask: Mask,
    asked_key: Option<Instant>,
    changed: Vec<Rect>,
}

impl Screen {
    fn new(surface: Box<dyn Surface>, shows: Box<dyn Fn(u32) + Send>) -> Self {
        Self {
            surface,
            size: (0, 0),
            area: 0,
            shown: 0,
            shows,
            link: None,
            joiner: Joiner::new(0),
            tiles: tiles::Decoder::new(),
            video: None,
            mask: Mask::default(),
            asked_key: None,
            changed: Vec::new(),
        }
    }

    fn run(mut self, told: &Receiver<Tell>) {
        while let Ok(tell) = told.recv() {
            match tell {
                Tell::Picture(message, came) => match PictureMessage::decode(&message) {
                    Ok(m) => self.message(m, came),
                    Err(e) if e.is_unknown() => {}
                    Err(e) => {
                        tracing::warn!(error = %e, "a picture message was not understood");
                        self.ask_whole();
                    }
                },
                Tell::Video(access_unit) => self.video(&access_unit),
                Tell::Link(link) => {
                    self.link = link;
                    self.joiner = Joiner::new(tiles::max_update(self.size.0, self.size.1));
                    self.video = None;
                    self.mask = Mask::default();
                }
                Tell::Stop => return,
            }
        }
    }

    fn ask_whole(&self) {
        if let Some(link) = &self.link {
            send_picture(link, &PictureMessage::Refresh);
        }
    }

    fn message(&mut self, message: PictureMessage, came: Instant) {
        match message {
            PictureMessage::Geometry { width, height, coder } => {
                if self.size != (width, height) {
                    self.size = (width, height);
                    self.surface.resize(width, height);
                    self.joiner = Joiner::new(tiles::max_update(width, height));
                    self.video = None;
                }
                if coder == wire::Coder::Tiles {
                    self.video = None;
                    self.mask = Mask::default();
                }
            }
            PictureMessage::Area { area } => self.area = area,
            PictureMessage::Chunk(piece) => match self.joiner.push(piece) {
                Ok(Some(whole)) => self.update(whole.update, &whole.bytes, came),
                Ok(None) => {}
                Err(e) => {
                    tracing::warn!(error = %e, "an update did not arrive whole");
                    self.ask_whole();
                }
            },
            PictureMessage::Regions(mask) => self.regions(mask),
            PictureMessage::PointerShape(shape) => self.surface.pointer_shape(&PointerShape {
                width: shape.width(),
                height: shape.height(),
                hot_x: shape.hot_spot().0,
                hot_y: shape.hot_spot().1,
                bgra: shape.into_bgra(),
            }),
            PictureMessage::PointerHidden => self.surface.pointer_at(i32::MIN, i32::MIN),
            PictureMessage::PointerAt { x, y } => self.surface.pointer_at(x, y),
            // Only a sharer is told these.
            PictureMessage::Ack { .. } | PictureMessage::Refresh => {}
        }
    }

    fn update(&mut self, update: u32, bytes: &[u8], came: Instant) {
        self.changed.clear();
        let (width, height) = self.size;
        let (data, stride) = self.surface.buffer();
        let mut frame = FrameBuf { data, stride, width, height };
        match self.tiles.decode(bytes, &mut frame, &mut self.changed) {
            Ok(()) => {
                self.surface.present(&self.changed);
                self.note_area();
                if let Some(link) = &self.link {
                    let hold_us = u32::try_from(came.elapsed().as_micros()).unwrap_or(u32::MAX);
                    send_picture(link, &PictureMessage::Ack { update, hold_us });
                }
            }
            Err(e) => {
                tracing::warn!(error = %e, "an update could not be decoded");
                self.ask_whole();
            }
        }
    }

    fn note_area(&mut self) {
        if std::mem::replace(&mut self.shown, self.area) != self.area {
            (self.shows)(self.area);
        }
    }

    fn regions(&mut self, mask: Mask) {
        self.mask = mask;
        let Some(decoder) = self.video.as_mut() else { return };
        let (width, height) = self.size;
        let (data, stride) = self.surface.buffer();
        let mut frame = FrameBuf { data, stride, width, height };
        match decoder.show(self.mask.clone(), &mut frame, &mut self.changed) {
            Ok(()) => self.surface.present(&self.changed),
            Err(e) => tracing::warn!(error = %e, "a part of the video could not be shown"),
        }
    }

    fn video(&mut self, access_unit: &[u8]) {
        let (width, height) = self.size;
        if width == 0 || height == 0 {
            // The size comes on another channel and may be later than the first frame.
            self.ask_key_frame();
            return;
        }
        if self.video.is_none() {
            match h264::Decoder::new() {
                Ok(d) => {
                    self.video = Some(d);
                    self.regions(self.mask.clone());
                }
                Err(e) => {
                    tracing::warn!(error = %e, "no video decoder");
                    return;
                }
            }
        }
        let Some(decoder) = self.video.as_mut() else { return };
        self.changed.clear();
        let (data, stride) = self.surface.buffer();
        let mut frame = FrameBuf { data, stride, width, height };
        match decoder.decode(access_unit, &mut frame, &mut self.changed) {
            Ok(Decoded::Picture) => {
                self.surface.present(&self.changed);
                self.note_area();
            }
            Ok(Decoded::Nothing) => {}
            Ok(Decoded::NeedKey) => self.ask_key_frame(),
            Err(e) => {
                tracing::debug!(error = %e, "a video frame could not be decoded");
                self.ask_key_frame();
            }
        }
    }

    fn ask_key_frame(&mut self) {
        let now = Instant::now();
        if self.asked_key.is_none_or(|t| now - t >= KEY_FRAME_PAUSE)
            && let Some(link) = &self.link
        {
            self.asked_key = Some(now);
            link.request_key_frame();
        }
    }
}
