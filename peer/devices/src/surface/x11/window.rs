//! The window's own thread: it puts the window where the UI wants it, and hears what is done on it.

use std::{os::fd::AsRawFd as _, sync::Arc, thread::JoinHandle};

use deskside_session::input::{Button, InputEvent};
use x11rb::{
    connection::{Connection as _, RequestConnection as _},
    protocol::{
        Event,
        xinput::{self, ConnectionExt as _},
        xproto::{
            ButtonPressEvent, ChangeWindowAttributesAux, ConfigureWindowAux, ConnectionExt as _,
            CreateWindowAux, EventMask, GrabMode, GrabStatus, Gravity, InputFocus, KeyButMask, KeyPressEvent,
            NotifyDetail, NotifyMode, Screen, Timestamp, Window, WindowClass,
        },
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

use super::{REMEMBERED, Shared, Spot, Wanted, keymap, keys::Keys, lock, paint::Aim};
use crate::{
    own,
    surface::{OnInput, Wheel, layout::Part},
    x11::{Sleeper, X11Error, connect},
};

/// A notch of a wheel in the units of [`InputEvent::Wheel`].
const NOTCH: i16 = 120;

struct Ear {
    conn: RustConnection,
    screen: Screen,
    shared: Arc<Shared>,
    sleeper: Sleeper,
    on_input: Arc<OnInput>,
    /// The window, and where it is now; unmapped without a spot.
    window: Option<(Window, Window)>,
    spot: Option<Spot>,
    wanted: Wanted,
    keys: Keys,
    buttons: Vec<Button>,
    /// The newest move that was not told yet.
    motion: Option<(i16, i16)>,
    inside: bool,
    focused: bool,
    grabbed: bool,
    /// The person pressed the right Control key alone: the own desktop has the keys until a click.
    let_go: bool,
    right_control: bool,
}

pub fn start(
    display: Option<&str>,
    shared: Arc<Shared>,
    sleeper: Sleeper,
    on_input: Arc<OnInput>,
) -> Result<JoinHandle<()>, X11Error> {
    let (conn, number) = connect(display)?;
    let screen = conn.setup().roots.get(number).ok_or(X11Error::NoDisplay)?.clone();
    keymap::listen(&conn)?;
    let map = keymap::Keymap::fetch(&conn)?;
    hear_clicks(&conn, screen.root)?;
    let body = move || {
        // Made here, as what composes stays on its thread.
        let keys = Keys::new(map);
        let mut ear = Ear {
            conn,
            screen,
            shared,
            sleeper,
            on_input,
            window: None,
            spot: None,
            wanted: Wanted::default(),
            keys,
            buttons: Vec::new(),
            motion: None,
            inside: false,
            focused: false,
            grabbed: false,
            let_go: false,
            right_control: false,
        };
        let done = ear.run();
        ear.release_all();
        ear.gone();
        ear.shared.drawn(done);
    };
    Ok(std::thread::Builder::new().name("picture window".into()).spawn(body)?)
}

/// Clicks anywhere are told, so that one beside the picture gives the keyboard back.
fn hear_clicks(conn: &RustConnection, root: Window) -> Result<(), X11Error> {
    if conn.extension_information(xinput::X11_EXTENSION_NAME)?.is_some() {
        conn.xinput_xi_query_version(2, 2)?.reply()?;
        let mask = xinput::EventMask {
            deviceid: xinput::Device::ALL_MASTER.into(),
            mask: vec![xinput::XIEventMask::RAW_BUTTON_PRESS],
        };
        conn.xinput_xi_select_events(root, &[mask])?;
    }
    Ok(())
}

/// What the picture's window hears; with or without keys.
fn events(keys: bool) -> EventMask {
    let all = EventMask::EXPOSURE
        | EventMask::STRUCTURE_NOTIFY
        | EventMask::BUTTON_PRESS
        | EventMask::BUTTON_RELEASE
        | EventMask::POINTER_MOTION
        | EventMask::ENTER_WINDOW
        | EventMask::LEAVE_WINDOW
        | EventMask::FOCUS_CHANGE;
    if keys { all | EventMask::KEY_PRESS | EventMask::KEY_RELEASE } else { all }
}

impl Ear {
    fn run(&mut self) -> Result<(), X11Error> {
        use std::sync::atomic::Ordering;
        while !self.shared.over.load(Ordering::Acquire) {
            if self.sleeper.rung() {
                self.apply()?;
            }
            while let Some(event) = self.conn.poll_for_event()? {
                self.hear(event)?;
            }
            self.tell_motion();
            self.conn.flush()?;
            self.sleeper.sleep(self.conn.stream().as_raw_fd(), None)?;
        }
        Ok(())
    }

    /// Does what the UI asked for since the last time.
    fn apply(&mut self) -> Result<(), X11Error> {
        let mut wanted = lock(&self.shared.wanted).clone();
        let crop = wanted.crop;
        wanted.spot = wanted.spot.filter(|s| s.width > 0 && s.height > 0).map(|s| Spot { crop, ..s });
        if wanted.spot != self.spot {
            match wanted.spot {
                Some(spot) => self.put(spot)?,
                None => self.hide()?,
            }
        }
        let take = wanted.taken != self.wanted.taken;
        let accept = wanted.accept_input;
        let changed = accept != self.wanted.accept_input;
        self.wanted = wanted;
        if changed {
            if !accept {
                self.motion = None;
                self.release_all();
            }
            self.shared.drawn(self.shared.painter().follow(accept));
            self.lead();
        }
        if self.wanted.mute
            && let Some((_, parent)) = self.window.filter(|_| self.focused)
        {
            self.conn.set_input_focus(InputFocus::PARENT, parent, x11rb::CURRENT_TIME)?;
        }
        if take && accept {
            self.take_keyboard(x11rb::CURRENT_TIME)?;
        }
        self.grab()
    }

    /// From now on keys go to the picture.
    fn take_keyboard(&mut self, time: Timestamp) -> Result<(), X11Error> {
        self.let_go = false;
        if let Some((window, _)) = self.window.filter(|_| !self.focused && self.spot.is_some()) {
            self.hear_keys(true)?;
            self.conn.set_input_focus(InputFocus::PARENT, window, time)?;
        }
        Ok(())
    }

    /// Keys are heard only with the focus: those that are not are the window's around, also while the pointer is over
    /// the picture.
    fn hear_keys(&self, heard: bool) -> Result<(), X11Error> {
        let Some((window, _)) = self.window else { return Ok(()) };
        let aux = ChangeWindowAttributesAux::new().event_mask(events(heard));
        self.conn.change_window_attributes(window, &aux)?;
        Ok(())
    }

    fn put(&mut self, spot: Spot) -> Result<(), X11Error> {
        let (width, height) = (spot.width.min(0x7fff), spot.height.min(0x7fff));
        let window = match self.window {
            Some((window, parent)) if parent == spot.parent => {
                let aux = ConfigureWindowAux::new().x(i32::from(spot.x)).y(i32::from(spot.y));
                let aux = aux.width(u32::from(width)).height(u32::from(height));
                self.conn.configure_window(window, &aux)?;
                window
            }
            _ => {
                self.gone();
                match self.create(spot) {
                    Ok(window) => window,
                    Err(X11Error::Reply(why)) => {
                        tracing::warn!(%why, "the picture finds no room in this window");
                        let mut wanted = lock(&self.shared.wanted);
                        (wanted.unfit, wanted.spot) = (Some(spot.parent), None);
                        return Ok(());
                    }
                    Err(why) => return Err(why),
                }
            }
        };
        self.conn.map_window(window)?;
        // The other connection draws only after all that is done.
        self.conn.sync()?;
        self.spot = Some(spot);
        self.aim(Some((window, width, height, spot.scale, spot.crop)));
        Ok(())
    }

    fn create(&mut self, spot: Spot) -> Result<Window, X11Error> {
        let window = self.conn.generate_id()?;
        // No background: nothing flashes between a change of size and the picture.
        let aux = CreateWindowAux::new()
            .border_pixel(0)
            .colormap(self.screen.default_colormap)
            .bit_gravity(Gravity::NORTH_WEST)
            .event_mask(events(false));
        let (depth, visual) = (self.screen.root_depth, self.screen.root_visual);
        let (width, height) = (spot.width.min(0x7fff), spot.height.min(0x7fff));
        let class = WindowClass::INPUT_OUTPUT;
        self.conn
            .create_window(depth, window, spot.parent, spot.x, spot.y, width, height, 0, class, visual, &aux)?
            .check()?;
        own::register(window.into());
        self.window = Some((window, spot.parent));
        Ok(window)
    }

    fn hide(&mut self) -> Result<(), X11Error> {
        self.spot = None;
        self.release_all();
        if let Some((window, _)) = self.window {
            self.aim(None);
            self.conn.unmap_window(window)?;
        }
        Ok(())
    }

    /// Forgets the window, and destroys it if it is still there.
    fn gone(&mut self) {
        self.spot = None;
        if let Some((window, _)) = self.window.take() {
            self.aim(None);
            own::unregister(window.into());
            // It may be destroyed already, with its parent.
            let _ = self.conn.destroy_window(window);
            let _ = self.conn.flush();
        }
        (self.inside, self.focused, self.grabbed) = (false, false, false);
    }

    fn aim(&self, target: Option<Aim>) {
        let mut painter = self.shared.painter();
        let done = painter.set_target(target);
        *lock(&self.shared.layout) = painter.layout();
        drop(painter);
        self.shared.drawn(done);
    }

    fn hear(&mut self, event: Event) -> Result<(), X11Error> {
        if !matches!(event, Event::MotionNotify(_)) {
            self.tell_motion();
        }
        let normal = |mode| mode == NotifyMode::NORMAL || mode == NotifyMode::WHILE_GRABBED;
        match event {
            Event::Expose(e) => {
                let part = Part { x: e.x.into(), y: e.y.into(), w: e.width.into(), h: e.height.into() };
                self.shared.drawn(self.shared.painter().expose(part));
            }
            Event::DestroyNotify(e) if self.window.is_some_and(|w| w.0 == e.window) => {
                self.release_all();
                lock(&self.shared.wanted).spot = None;
                self.gone();
            }
            Event::EnterNotify(e) => {
                self.inside = true;
                self.motion = Some((e.event_x, e.event_y)).filter(|_| self.wanted.accept_input);
                self.lead();
            }
            Event::LeaveNotify(e) if e.mode != NotifyMode::GRAB => {
                self.inside = false;
                self.lead();
            }
            Event::FocusIn(e) if normal(e.mode) && e.detail != NotifyDetail::POINTER => {
                self.focused = true;
                self.hear_keys(true)?;
                self.grab()?;
            }
            // Another program had the keyboard for a while.
            Event::FocusIn(e) if e.mode == NotifyMode::UNGRAB => self.grab()?,
            Event::FocusOut(e) if normal(e.mode) && e.detail != NotifyDetail::POINTER => {
                self.focused = false;
                self.hear_keys(false)?;
                self.release_all();
                self.grab()?;
            }
            Event::MotionNotify(e) if self.wanted.accept_input => self.motion = Some((e.event_x, e.event_y)),
            Event::ButtonPress(e) if self.is_for_window(&e) => self.wheel(&e),
            Event::ButtonPress(e) if self.wanted.accept_input => self.button_down(&e)?,
            Event::ButtonRelease(e) if self.wanted.accept_input => self.button_up(&e),
            Event::KeyPress(e) if self.wanted.accept_input => self.key_down(&e),
            Event::KeyRelease(e) if self.wanted.accept_input => self.key_up(&e)?,
            Event::XinputRawButtonPress(e) => self.click_elsewhere(e.time)?,
            Event::XkbMapNotify(_) | Event::XkbNewKeyboardNotify(_) | Event::MappingNotify(_) => {
                self.keys.map = keymap::Keymap::fetch(&self.conn)?;
            }
            Event::Error(e) => tracing::debug!(error = ?e, "the X server reports an error"),
            _ => {}
        }
        Ok(())
    }

    /// Whether it is a turn of the wheel that is not input for the other computer.
    fn is_for_window(&self, e: &ButtonPressEvent) -> bool {
        let zoom = e.state.contains(KeyButMask::CONTROL) && !self.focused;
        (4..=7).contains(&e.detail) && (!self.wanted.accept_input || self.wanted.mute || zoom)
    }

    fn wheel(&self, e: &ButtonPressEvent) {
        let (dx, dy) = match e.detail {
            4 => (0, NOTCH),
            5 => (0, -NOTCH),
            6 => (-NOTCH, 0),
            _ => (NOTCH, 0),
        };
        // The wheel with Shift goes across, as everywhere.
        let (dx, dy) = if e.state.contains(KeyButMask::SHIFT) { (-dy, -dx) } else { (dx, dy) };
        let zoom = e.state.contains(KeyButMask::CONTROL);
        if let Some(on_wheel) = lock(&self.shared.on_wheel).as_ref() {
            on_wheel(Wheel { x: e.event_x.into(), y: e.event_y.into(), dx, dy, zoom });
        }
    }

    fn button_down(&mut self, e: &ButtonPressEvent) -> Result<(), X11Error> {
        self.right_control = false;
        let Some((x, y, on_picture)) = self.pixel(e.event_x, e.event_y) else { return Ok(()) };
        let wheel = |dx, dy| InputEvent::Wheel { dx, dy };
        match e.detail {
            4 => self.tell(wheel(0, NOTCH)),
            5 => self.tell(wheel(0, -NOTCH)),
            6 => self.tell(wheel(-NOTCH, 0)),
            7 => self.tell(wheel(NOTCH, 0)),
            number => {
                if !self.wanted.mute {
                    self.take_keyboard(e.time)?;
                }
                if let Some(button) = button(number).filter(|_| on_picture) {
                    self.buttons.push(button);
                    self.tell(InputEvent::Button { button, down: true, x, y });
                }
                self.grab()?;
            }
        }
        Ok(())
    }

    fn button_up(&mut self, e: &ButtonPressEvent) {
        let held = button(e.detail).and_then(|b| self.buttons.iter().position(|h| *h == b));
        if let (Some(i), Some((x, y, _))) = (held, self.pixel(e.event_x, e.event_y)) {
            let button = self.buttons.swap_remove(i);
            self.tell(InputEvent::Button { button, down: false, x, y });
        }
    }

    fn key_down(&mut self, e: &KeyPressEvent) {
        self.right_control = self.keys.is_right_control(e.detail);
        if let Some(event) = self.keys.press(e.detail, e.state.into()) {
            self.tell(event);
        }
    }

    fn key_up(&mut self, e: &KeyPressEvent) -> Result<(), X11Error> {
        if let Some(event) = self.keys.release(e.detail) {
            self.tell(event);
        }
        let alone = std::mem::take(&mut self.right_control) && self.keys.is_right_control(e.detail);
        if alone && self.grabbed {
            self.let_go = true;
            self.grab()?;
        } else if let (true, true, Some((_, parent))) =
            (alone && self.wanted.grab_keys, self.let_go, self.window)
        {
            self.conn.set_input_focus(InputFocus::PARENT, parent, e.time)?;
        }
        Ok(())
    }

    /// A click in the program's window beside the picture takes the keyboard from it.
    fn click_elsewhere(&mut self, time: Timestamp) -> Result<(), X11Error> {
        let Some((_, parent)) = self.window.filter(|_| self.focused && !self.inside) else { return Ok(()) };
        let at = self.conn.query_pointer(parent)?.reply();
        let size = self.conn.get_geometry(parent)?.reply();
        if let (Ok(at), Ok(size)) = (at, size)
            && (0..i32::from(size.width)).contains(&at.win_x.into())
            && (0..i32::from(size.height)).contains(&at.win_y.into())
        {
            self.conn.set_input_focus(InputFocus::PARENT, parent, time)?;
        }
        Ok(())
    }

    /// Takes the keyboard for itself, or gives it back.
    fn grab(&mut self) -> Result<(), X11Error> {
        let w = &self.wanted;
        let wanted = w.grab_keys && w.accept_input && self.focused && !self.let_go && self.spot.is_some();
        match (wanted, self.grabbed, self.window) {
            (true, false, Some((window, _))) => {
                let now = x11rb::CURRENT_TIME;
                let status =
                    self.conn.grab_keyboard(false, window, now, GrabMode::ASYNC, GrabMode::ASYNC)?.reply();
                self.grabbed = status.is_ok_and(|s| s.status == GrabStatus::SUCCESS);
            }
            (false, true, _) => {
                self.conn.ungrab_keyboard(x11rb::CURRENT_TIME)?;
                self.grabbed = false;
            }
            _ => {}
        }
        Ok(())
    }

    fn tell_motion(&mut self) {
        let Some((x, y)) = self.motion.take() else { return };
        // Small moves may stay on one pixel of a picture that is shown smaller.
        let last = lock(&self.shared.echo).sent.back().copied();
        if let Some((x, y, on_picture)) = self.pixel(x, y)
            && (on_picture || !self.buttons.is_empty())
            && last != Some((x.into(), y.into()))
        {
            self.tell(InputEvent::Move { x, y });
        }
    }

    fn tell(&self, event: InputEvent) {
        if let InputEvent::Move { x, y } | InputEvent::Button { x, y, .. } = event {
            let mut echo = lock(&self.shared.echo);
            if echo.sent.len() == REMEMBERED {
                echo.sent.pop_front();
            }
            echo.sent.push_back((x.into(), y.into()));
        }
        (self.on_input.as_ref())(event);
    }

    fn release_all(&mut self) {
        let held = self.keys.release_all();
        held.for_each(|event| self.tell(event));
        let (x, y) = lock(&self.shared.echo).sent.back().copied().unwrap_or_default();
        for button in std::mem::take(&mut self.buttons) {
            self.tell(InputEvent::Button { button, down: false, x: x as u16, y: y as u16 });
        }
    }

    /// Tells the drawn pointer whether this one leads.
    fn lead(&self) {
        let overlay = {
            let mut echo = lock(&self.shared.echo);
            echo.leading = self.inside && self.wanted.accept_input;
            echo.overlay()
        };
        if let Some((at, shown)) = overlay {
            self.shared.drawn(self.shared.painter().set_pointer(at, shown));
        }
    }

    fn pixel(&self, x: i16, y: i16) -> Option<(u16, u16, bool)> {
        let layout = (*lock(&self.shared.layout))?;
        Some(layout.pixel(x.into(), y.into()))
    }
}

fn button(number: u8) -> Option<Button> {
    Some(match number {
        1 => Button::Left,
        2 => Button::Middle,
        3 => Button::Right,
        8 => Button::Back,
        9 => Button::Forward,
        _ => return None,
    })
}
