//! The sharing of a desktop: the sharer's settings, and what a viewer knows of it.

use std::{collections::BTreeSet, time::Duration};

use crate::{
    ParticipantId,
    command::{Act, Coder, RequestId, Screen},
    hiding::Hiding,
    input::InputEvent,
    io::Capture,
    programs::Programs,
    quality::Quality,
    time::Now,
    view::{Monitor, Notice, Trouble},
    wire::{MAX_MONITOR_NAME, MAX_MONITORS, Message, Moved, Shared},
};

/// A pointer at rest this long is told once more over the reliable channel.
pub const POINTER_REST: Duration = Duration::from_millis(60);
/// Most requests of an agent without an answer.
const MAX_ASKED: usize = 4;

/// Sharer: the sharing's settings, and what the devices were told.
#[derive(Default)]
pub(crate) struct Share {
    pub paused: bool,
    pub screen: Screen,
    /// The one monitor that was chosen, by its name; it may be away.
    chosen: Option<String>,
    /// That it is away: another one stands in.
    gone: Option<String>,
    pub coder: Coder,
    pub coder_now: Option<Coder>,
    pub quality: Quality,
    pub monitors: Vec<Monitor>,
    pub size: (u16, u16),
    /// Which part of the desktop the picture is; 0 until told.
    pub area: u32,
    pub hiding: Hiding,
    /// Chosen by the person at this computer alone; stays while a question is open.
    pub programs: Programs,
    /// Something is shared, or an agent asked whether it may show something.
    pub begun: bool,
    pub trouble: Option<Trouble>,
    /// Stays for the whole session.
    pub no_drawing: bool,
    /// Nothing can be drawn on this desktop.
    pub cannot_draw: bool,
    /// What the marks were drawn on.
    pub drawn_on: (u32, (u16, u16)),
    /// Which state of the marks is on the desktop; none when there are none.
    pub shown_marks: Option<u64>,
    /// The own mouse draws.
    pub drawing_here: bool,
    /// What the devices do now.
    pub capturing: Option<Capture>,
    pub injecting: Option<ParticipantId>,
    pub watching_clipboard: bool,
    pub watching_files: bool,
}

impl Share {
    pub(crate) fn new(programs_after: u32) -> Self {
        Self { programs: Programs::after(programs_after), ..Self::default() }
    }

    /// What the person is to be told of it.
    pub(crate) fn set_monitors(&mut self, mut monitors: Vec<Monitor>) -> Option<Notice> {
        monitors.truncate(MAX_MONITORS);
        for m in &mut monitors {
            let cut = (0..=MAX_MONITOR_NAME).rev().find(|i| m.name.is_char_boundary(*i)).unwrap_or(0);
            m.name.truncate(cut);
        }
        self.monitors = monitors;
        let before = self.gone.clone();
        match &self.chosen {
            Some(name) => self.find(&name.clone()),
            None => self.set_screen(self.screen),
        }
        monitor_news(before.as_deref(), self.gone.as_deref(), self.monitor())
    }

    /// A monitor that never was there means all.
    pub(crate) fn set_screen(&mut self, screen: Screen) {
        (self.screen, self.chosen, self.gone) = (screen, None, None);
        if let Screen::Monitor(_) = screen
            && !self.monitors.is_empty()
        {
            self.chosen = self.monitor().map(str::to_owned);
            if self.chosen.is_none() {
                self.screen = Screen::All;
            }
        }
    }

    /// The chosen monitor where it is now; while it is away the primary one stands in.
    fn find(&mut self, chosen: &str) {
        let at = self.monitors.iter().position(|m| m.name == chosen);
        self.gone = at.is_none().then(|| chosen.to_owned());
        let stands_in = || self.monitors.iter().position(|m| m.primary).unwrap_or_default();
        self.screen = Screen::Monitor(u32::try_from(at.unwrap_or_else(stands_in)).unwrap_or_default());
    }

    /// Name of the one monitor that is shown.
    pub(crate) fn monitor(&self) -> Option<&str> {
        name_of(self.screen, &self.monitors)
    }

    /// The sharing ended: the next one starts plain.
    pub(crate) fn reset(&mut self) {
        self.paused = false;
        self.set_screen(Screen::All);
        self.coder = Coder::Auto;
        self.quality = Quality::default();
        self.hiding = Hiding::Nothing;
        self.trouble = None;
    }

    pub(crate) fn shared(&self, viewers: Vec<ParticipantId>, controller: Option<ParticipantId>) -> Shared {
        Shared {
            viewers,
            controller,
            paused: self.paused,
            monitors: self.monitors.clone(),
            screen: self.screen,
            width: self.size.0,
            height: self.size.1,
            coder: self.coder_now.unwrap_or(self.coder),
            quality: self.quality,
            hidden: self.hiding == Hiding::Something,
            programs: self.programs.told(),
            trouble: self.trouble,
            no_drawing: self.no_drawing || self.cannot_draw,
            gone: self.gone.clone(),
            area: self.area,
        }
    }
}

fn name_of(screen: Screen, monitors: &[Monitor]) -> Option<&str> {
    let Screen::Monitor(i) = screen else { return None };
    monitors.get(usize::try_from(i).ok()?).map(|m| m.name.as_str())
}

/// What a viewer's person is to be told of the monitors.
pub(crate) fn monitors_news(before: Option<&Shared>, after: &Shared) -> Option<Notice> {
    let before = before.and_then(|s| s.gone.as_deref());
    monitor_news(before, after.gone.as_deref(), name_of(after.screen, &after.monitors))
}

/// The chosen monitor went, or is back; `shown`: the one that is shown now.
fn monitor_news(before: Option<&str>, after: Option<&str>, shown: Option<&str>) -> Option<Notice> {
    let text = |t: &str| t.to_owned();
    match (before, after) {
        (_, Some(gone)) if before != after => {
            Some(Notice::MonitorGone { monitor: text(gone), instead: text(shown.unwrap_or_default()) })
        }
        (Some(back), None) if shown == before => Some(Notice::MonitorBack { monitor: text(back) }),
        _ => None,
    }
}

/// Whether this keeps the picture from coming.
pub(crate) fn stops_picture(t: Trouble) -> bool {
    match t {
        Trouble::NoDisplay | Trouble::CaptureDenied | Trouble::CaptureFailed | Trouble::SystemPrompt => true,
        Trouble::InputDenied | Trouble::InputFailed => false,
    }
}

/// Whether it acts at a place on the picture, or where the pointer is.
pub(crate) fn has_place(event: &InputEvent) -> bool {
    match event {
        InputEvent::Move { .. } | InputEvent::Button { .. } | InputEvent::Wheel { .. } => true,
        InputEvent::Key { .. } | InputEvent::Text { .. } => false,
    }
}

/// Positions outside the picture go to its edge. `None` for a position while there is no picture.
pub(crate) fn clamp(event: InputEvent, size: (u16, u16)) -> Option<InputEvent> {
    let inside = |x: u16, y: u16| (size.0 > 0 && size.1 > 0).then(|| (x.min(size.0 - 1), y.min(size.1 - 1)));
    Some(match event {
        InputEvent::Move { x, y } => {
            let (x, y) = inside(x, y)?;
            InputEvent::Move { x, y }
        }
        InputEvent::Button { button, down, x, y } => {
            let (x, y) = inside(x, y)?;
            InputEvent::Button { button, down, x, y }
        }
        other => other,
    })
}

/// Agent: what one customer lets me do. Customer: what an agent shows me.
#[derive(Default)]
pub(crate) struct Viewing {
    /// Asked and not answered, oldest first.
    pub asked: Vec<(RequestId, Act)>,
    /// Asked at some time and not given back since: nothing else is taken as granted.
    pub wanted: BTreeSet<Act>,
    pub sharing: Option<Shared>,
    /// What people drew on it.
    pub marks: crate::marks::Copy,
}

impl Viewing {
    /// False when it is asked already, or too much is.
    pub(crate) fn ask(&mut self, request: RequestId, act: Act) -> bool {
        if self.asked.len() >= MAX_ASKED || self.asked.iter().any(|(_, a)| *a == act) {
            return false;
        }
        self.asked.push((request, act));
        self.want(act);
        true
    }

    pub(crate) fn want(&mut self, act: Act) {
        self.wanted.insert(act);
        if act == Act::Control {
            self.wanted.insert(Act::View);
        }
    }

    /// An answer came: for which act.
    pub(crate) fn answered(&mut self, request: RequestId) -> Option<Act> {
        let i = self.asked.iter().position(|(r, _)| *r == request)?;
        Some(self.asked.remove(i).1)
    }

    /// A request came to nothing: what is held or still asked for stays wanted.
    pub(crate) fn settle(&mut self, held: &[Act]) {
        self.wanted = held.iter().copied().collect();
        for (_, act) in self.asked.clone() {
            self.want(act);
        }
    }

    /// Somebody else is primary or is helped: only a call goes on.
    pub(crate) fn end(&mut self) {
        self.asked.clear();
        self.wanted.retain(|a| a.outlives_change());
        self.sharing = None;
        self.marks.clear();
    }

    pub(crate) fn unwant(&mut self, act: Act) {
        self.wanted.remove(&act);
        if act == Act::View {
            self.wanted.remove(&Act::Control);
        }
    }
}

/// Viewer: the pointer's way to the sharer.
#[derive(Default)]
pub(crate) struct Pointer {
    n: u64,
    /// Which part of the sharer's desktop this person sees; 0 until told.
    area: u32,
    at: Option<(u16, u16)>,
    /// The last position went over the channel that may lose it.
    rest: Option<Now>,
}

/// How an event travels.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Pointer(Moved),
    Control(Message),
}

impl Pointer {
    pub(crate) fn send(&mut self, now: Now, event: InputEvent) -> Way {
        match event {
            InputEvent::Move { x, y } => {
                self.n += 1;
                self.at = Some((x, y));
                self.rest = Some(now + POINTER_REST);
                Way::Pointer(Moved::Move { n: self.n, x, y, area: self.area })
            }
            InputEvent::Button { x, y, .. } => {
                self.n += 1;
                self.at = Some((x, y));
                self.rest = None;
                Way::Control(self.message(None, event))
            }
            event => {
                self.rest = None;
                Way::Control(self.message(self.at, event))
            }
        }
    }

    fn message(&self, at: Option<(u16, u16)>, event: InputEvent) -> Message {
        Message::Input { n: self.n, at, event, area: self.area }
    }

    /// Another part of the desktop is seen: places of the former one mean nothing there.
    pub(crate) fn sees(&mut self, area: u32) {
        if self.area != area {
            self.area = area;
            self.stop();
        }
    }

    /// Whether what a person sees is what the sharer shows: else an event with a place would hit something else.
    pub(crate) fn fits(&self, event: &InputEvent, shown: u32) -> bool {
        self.area == shown || !has_place(event)
    }

    pub(crate) fn timer(&self) -> Option<Now> {
        self.rest
    }

    /// The pointer rests: its position, for the reliable channel.
    pub(crate) fn at_rest(&mut self) -> Option<Message> {
        self.rest.take()?;
        let (x, y) = self.at?;
        Some(self.message(None, InputEvent::Move { x, y }))
    }

    /// Control ended: nothing of it may follow.
    pub(crate) fn stop(&mut self) {
        (self.at, self.rest) = (None, None);
    }
}
