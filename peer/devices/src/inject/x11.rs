//! Input by the XTest extension on one kept connection.

use std::sync::Arc;

use deskside_session::{hiding::Scope, input::InputEvent};
use x11rb::{
    connection::Connection as _,
    errors::{ConnectError, ConnectionError, ReplyError},
    protocol::{
        Event,
        xkb::{ConnectionExt as _, EventType, ID, MapPart, SelectEventsAux},
        xproto::{
            BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ConnectionExt as _, KEY_PRESS_EVENT, KEY_RELEASE_EVENT,
            MOTION_NOTIFY_EVENT, Window,
        },
        xtest::ConnectionExt as _,
    },
    rust_connection::RustConnection,
};

use super::{Act, InjectError, Injector, Notches, codes::x11_button, place, sent, settle};

mod keyboard;
mod keymap;
mod shortcuts;
mod spare;
pub(super) mod target;

use shortcuts::{Shortcuts, What};

/// Which button of a device is which for programs: a left-handed person has them the other way round.
struct Order(Vec<u8>);

impl Order {
    /// The device's button that programs see as `button`.
    fn device(&self, button: u8) -> u8 {
        let found = self.0.iter().zip(1u8..=255).find(|(seen, _)| **seen == button);
        found.map_or(button, |(_, device)| device)
    }
}

/// The XTest back end.
pub struct XTest {
    conn: Arc<RustConnection>,
    root: Window,
    /// Names the display to the watcher of own input.
    display: u64,
    targets: target::Targets,
    keys: keyboard::Keys,
    shortcuts: Shortcuts,
    /// What is held: the button that programs see, and the one of the device.
    buttons: Vec<(u8, u8)>,
    wheels: [Notches; 2],
}

impl XTest {
    /// Connects to a display, or to the one of the environment.
    pub fn open(display: Option<&str>) -> Result<Self, InjectError> {
        let (conn, screen) = RustConnection::connect(display)?;
        let root = conn.setup().roots.get(screen).ok_or(InjectError::NoDisplay)?.root;
        conn.xtest_get_version(2, 2)?.reply()?;
        if !conn.xkb_use_extension(1, 0)?.reply()?.supported {
            return Err(InjectError::Failed("the display has no XKB".into()));
        }
        // Who speaks XKB hears of new layouts only so.
        let news = EventType::NEW_KEYBOARD_NOTIFY | EventType::MAP_NOTIFY;
        let parts = MapPart::KEY_TYPES | MapPart::KEY_SYMS | MapPart::MODIFIER_MAP;
        let keyboard = u16::from(ID::USE_CORE_KBD);
        conn.xkb_select_events(keyboard, 0u16.into(), news, parts, parts, &SelectEventsAux::new())?;
        Ok(Self {
            targets: target::Targets::new(&conn, root)?,
            keys: keyboard::Keys::new(&conn)?,
            shortcuts: Shortcuts::new(&conn, root)?,
            conn: Arc::new(conn),
            root,
            display: sent::display_id(display),
            buttons: Vec::new(),
            wheels: Default::default(),
        })
    }

    fn fake(&self, kind: u8, detail: u8, x: i16, y: i16) -> Result<(), ConnectionError> {
        let act = match kind {
            KEY_PRESS_EVENT => Some(Act::Key(detail.into())),
            BUTTON_PRESS_EVENT => Some(Act::Button(detail.into())),
            MOTION_NOTIFY_EVENT => Some(Act::Motion { x, y }),
            _ => None,
        };
        if let Some(act) = act {
            sent::record(self.display, act);
        }
        self.conn.xtest_fake_input(kind, detail, 0, self.root, x, y, 0).map(drop)
    }

    fn key(&self, code: u8, down: bool) -> Result<(), ConnectionError> {
        self.fake(if down { KEY_PRESS_EVENT } else { KEY_RELEASE_EVENT }, code, 0, 0)
    }

    fn button(&self, button: u8, down: bool) -> Result<(), ConnectionError> {
        self.fake(if down { BUTTON_PRESS_EVENT } else { BUTTON_RELEASE_EVENT }, button, 0, 0)
    }

    fn motion(&self, (x, y): (i32, i32)) -> Result<(), ConnectionError> {
        let x = x.clamp(0, i16::MAX.into()) as i16;
        let y = y.clamp(0, i16::MAX.into()) as i16;
        self.fake(MOTION_NOTIFY_EVENT, 0, x, y)
    }

    /// Does something while no other program can act, so that no window comes in between a check and
    /// what follows from it. To be short, and never to wait for another program.
    fn alone<T>(&mut self, act: impl FnOnce(&mut Self) -> Result<T, InjectError>) -> Result<T, InjectError> {
        self.conn.grab_server()?;
        let done = act(self);
        self.conn.ungrab_server()?;
        self.conn.flush()?;
        done
    }

    /// Refuses what would reach an own window; gives the person's order of the buttons.
    fn look_under_pointer(&mut self) -> Result<Order, InjectError> {
        let order = self.conn.get_pointer_mapping()?;
        let under = self.conn.query_pointer(self.root)?.reply()?.child;
        let order = Order(order.reply()?.map);
        if self.targets.is_barred(&self.conn, under)? { Err(InjectError::OwnWindow) } else { Ok(order) }
    }

    /// Where programs alone are shared: whether another program has this on the whole desktop.
    fn is_taken(&self, what: What) -> Result<bool, ReplyError> {
        if self.targets.scope == Scope::Desktop {
            return Ok(false);
        }
        self.shortcuts.is_taken(&self.conn, self.keys.map(), what)
    }

    fn wheel(&mut self, dx: i16, dy: i16) -> Result<(), InjectError> {
        let [across, up] = &mut self.wheels;
        let (across, up) = (across.add(dx), up.add(dy));
        if across == 0 && up == 0 {
            return Ok(());
        }
        self.alone(|x| {
            let order = x.look_under_pointer()?;
            for (count, less, more) in [(up, 5, 4), (across, 6, 7)] {
                let button = order.device(if count < 0 { less } else { more });
                if count != 0 && x.is_taken(What::Button(button))? {
                    return Err(InjectError::OwnWindow);
                }
                for _ in 0..count.abs() {
                    x.button(button, true)?;
                    x.button(button, false)?;
                }
            }
            Ok(())
        })
    }

    /// Where one program alone is shared, not onto another one.
    fn go(&mut self, at: (i32, i32)) -> Result<(), InjectError> {
        if self.targets.scope == Scope::Desktop {
            return Ok(self.motion(at)?);
        }
        self.alone(|x| {
            x.look_at(at)?;
            Ok(x.motion(at)?)
        })
    }

    fn look_at(&mut self, (x, y): (i32, i32)) -> Result<(), InjectError> {
        let fit = |v: i32| v.clamp(0, i16::MAX.into()) as i16;
        let there = self.conn.translate_coordinates(self.root, self.root, fit(x), fit(y))?.reply()?.child;
        if self.targets.is_barred(&self.conn, there)? { Err(InjectError::OwnWindow) } else { Ok(()) }
    }

    fn press(&mut self, button: u8, at: (i32, i32)) -> Result<(), InjectError> {
        self.alone(|x| {
            if x.targets.scope != Scope::Desktop {
                x.look_at(at)?;
            }
            x.motion(at)?;
            let device = x.look_under_pointer()?.device(button);
            if !x.buttons.iter().any(|b| b.0 == button) {
                if x.is_taken(What::Button(device))? {
                    return Err(InjectError::OwnWindow);
                }
                x.buttons.push((button, device));
                x.button(device, true)?;
            }
            Ok(())
        })
    }

    fn release(&mut self, button: u8, at: (i32, i32)) -> Result<(), InjectError> {
        let Some(i) = self.buttons.iter().position(|b| b.0 == button) else { return Ok(()) };
        let device = self.buttons.remove(i).1;
        if self.targets.scope == Scope::Desktop {
            self.motion(at)?;
            return Ok(self.button(device, false)?);
        }
        // Let go in any case, but nothing is dropped onto what is not shared.
        self.alone(|x| {
            if x.look_at(at).is_ok() {
                x.motion(at)?;
            }
            Ok(x.button(device, false)?)
        })
    }

    /// Takes what the server said since: changes of the layout, and errors of requests without replies.
    fn drain(&mut self) -> Result<(), ConnectionError> {
        while let Some(event) = self.conn.poll_for_event()? {
            match event {
                Event::XkbNewKeyboardNotify(_) | Event::XkbMapNotify(_) | Event::MappingNotify(_) => {
                    self.keys.layout_changed();
                }
                Event::Error(e) => tracing::debug!(kind = ?e.error_kind, "the display refused an event"),
                _ => {}
            }
        }
        Ok(())
    }
}

impl Injector for XTest {
    fn inject(
        &mut self,
        event: &InputEvent,
        origin: (i32, i32),
        size: (u16, u16),
    ) -> Result<(), InjectError> {
        match *event {
            InputEvent::Move { x, y } => self.go(place(x, y, origin, size))?,
            InputEvent::Button { button, down, x, y } => {
                let (button, at) = (x11_button(button), place(x, y, origin, size));
                if down { self.press(button, at)? } else { self.release(button, at)? }
            }
            InputEvent::Wheel { dx, dy } => self.wheel(dx, dy)?,
            InputEvent::Key { key, down: true } => self.key_down(key)?,
            InputEvent::Key { key, down: false } => self.key_up(key)?,
            InputEvent::Text { ref text } => self.text(text)?,
        }
        self.conn.flush()?;
        Ok(())
    }

    fn limit(&mut self, scope: &Scope) {
        self.targets.scope.clone_from(scope);
    }

    fn release_all(&mut self) {
        if let Err(e) = self.let_go() {
            tracing::warn!(error = %e, "could not release held keys");
        }
    }
}

impl XTest {
    fn let_go(&mut self) -> Result<(), InjectError> {
        for (_, button) in std::mem::take(&mut self.buttons) {
            self.button(button, false)?;
        }
        self.keys_up()?;
        self.conn.flush()?;
        self.keys.give_back(&self.conn)?;
        // A round trip: it is done when this returns.
        self.conn.get_input_focus()?.reply()?;
        Ok(())
    }
}

impl Drop for XTest {
    fn drop(&mut self) {
        if let Err(e) = self.let_go() {
            tracing::debug!(error = %e, "could not release held keys");
        }
        let (conn, mut spares) = (self.conn.clone(), self.keys.take_spares());
        if let Some(time) = spares.until_settled() {
            // Nobody waits for it: a key that stays lent because the process ended does no harm.
            std::thread::spawn(move || {
                settle(time);
                let given = spares.give_back(&conn).map_err(ReplyError::from);
                // A round trip: what a closing connection still holds may be lost.
                let given = given.and_then(|()| conn.get_input_focus()?.reply().map(drop));
                if let Err(e) = given {
                    tracing::debug!(error = %e, "could not give back lent keys");
                }
            });
        }
    }
}

impl From<ConnectError> for InjectError {
    fn from(e: ConnectError) -> Self {
        match e {
            ConnectError::SetupAuthenticate(_) | ConnectError::SetupFailed(_) => Self::Denied,
            _ => Self::NoDisplay,
        }
    }
}

impl From<ConnectionError> for InjectError {
    fn from(e: ConnectionError) -> Self {
        Self::Failed(e.to_string())
    }
}

impl From<ReplyError> for InjectError {
    fn from(e: ReplyError) -> Self {
        Self::Failed(e.to_string())
    }
}
