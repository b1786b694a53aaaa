//! The watch by XInput2 raw events, which come whoever has the focus or a grab.

use std::{collections::HashMap, sync::Arc, thread::JoinHandle};

use x11rb::{
    COPY_DEPTH_FROM_PARENT,
    connection::Connection as _,
    errors::{ConnectionError, ReplyError},
    protocol::{
        Event,
        xinput::{
            ConnectionExt as _, Device, DeviceClassData, EventMask, Fp3232, RawMotionEvent, ValuatorMode,
            XIEventMask, XIGetPropertyItems,
        },
        xproto::{
            AtomEnum, CLIENT_MESSAGE_EVENT, ClientMessageEvent, ConnectionExt as _, CreateWindowAux, Window,
            WindowClass,
        },
    },
    rust_connection::RustConnection,
};

use super::{OwnAct, Watch, judge::Judge};
use crate::inject::{Act, InjectError, display_id, take_sent};

const ESCAPE: u32 = 0xff1b;

/// The XInput2 back end; ends when dropped.
pub struct XInput {
    conn: Arc<RustConnection>,
    /// A message to this window ends the thread.
    bell: Window,
    thread: Option<JoinHandle<()>>,
}

/// Watches a display, or the one of the environment.
pub fn start(display: Option<&str>, told: Box<dyn Fn(OwnAct) + Send>) -> Result<XInput, InjectError> {
    let (conn, screen) = RustConnection::connect(display)?;
    let conn = Arc::new(conn);
    let root = conn.setup().roots.get(screen).ok_or(InjectError::NoDisplay)?.root;
    let version = conn.xinput_xi_query_version(2, 2)?.reply()?;
    if (version.major_version, version.minor_version) < (2, 2) {
        return Err(InjectError::Failed("the display has no XInput 2.2".into()));
    }
    let bell = conn.generate_id().map_err(|e| InjectError::Failed(e.to_string()))?;
    let input_only = WindowClass::INPUT_ONLY;
    let values = CreateWindowAux::new();
    conn.create_window(COPY_DEPTH_FROM_PARENT, bell, root, 0, 0, 1, 1, 0, input_only, 0, &values)?;
    let raw = XIEventMask::RAW_KEY_PRESS
        | XIEventMask::RAW_BUTTON_PRESS
        | XIEventMask::RAW_MOTION
        | XIEventMask::RAW_TOUCH_BEGIN;
    conn.xinput_xi_select_events(
        root,
        &[
            EventMask { deviceid: Device::ALL_MASTER.into(), mask: vec![raw] },
            EventMask { deviceid: Device::ALL.into(), mask: vec![XIEventMask::HIERARCHY] },
        ],
    )?
    .check()?;
    let mut watcher = Watcher {
        conn: conn.clone(),
        bell,
        display: display_id(display),
        xtest: conn.intern_atom(false, b"XTEST Device")?.reply()?.atom,
        devices: HashMap::new(),
        judge: Judge::default(),
    };
    watcher.scan()?;
    let thread = std::thread::Builder::new().name("own input".into()).spawn(move || {
        if let Err(e) = watcher.run(&*told) {
            tracing::warn!(error = %e, "the watch over own input ended");
        }
    });
    let thread = thread.map_err(|e| InjectError::Failed(e.to_string()))?;
    Ok(XInput { conn, bell, thread: Some(thread) })
}

impl Watch for XInput {}

impl Drop for XInput {
    fn drop(&mut self) {
        let message = ClientMessageEvent {
            response_type: CLIENT_MESSAGE_EVENT,
            format: 32,
            sequence: 0,
            window: self.bell,
            type_: AtomEnum::NONE.into(),
            data: [0; 20].into(),
        };
        // If the connection broke the thread ended with it.
        let sent = self.conn.send_event(false, self.bell, x11rb::NONE.into(), message).map(drop);
        let _ = sent.and_then(|()| self.conn.flush());
        let own = std::thread::current().id();
        if let Some(thread) = self.thread.take().filter(|t| t.thread().id() != own) {
            let _ = thread.join();
        }
    }
}

#[derive(Default)]
struct Source {
    /// Events of programs, not of a device.
    is_xtest: bool,
    /// Of axes x and y: none for relative ones, pixels for a unit of absolute ones.
    scale: [Option<f64>; 2],
    last: [Option<f64>; 2],
}

struct Watcher {
    conn: Arc<RustConnection>,
    bell: Window,
    display: u64,
    xtest: u32,
    devices: HashMap<u16, Source>,
    judge: Judge,
}

impl Watcher {
    fn run(&mut self, told: &dyn Fn(OwnAct)) -> Result<(), ReplyError> {
        loop {
            let acts = match self.conn.wait_for_event()? {
                Event::ClientMessage(m) if m.window == self.bell => return Ok(()),
                Event::XinputHierarchy(_) => {
                    self.scan()?;
                    continue;
                }
                Event::XinputRawMotion(e) => [self.motion(&e), None],
                Event::XinputRawButtonPress(e) if !self.is_sent(e.sourceid, Act::Button(e.detail)) => {
                    [self.judge.clicked(e.time.into()), None]
                }
                Event::XinputRawTouchBegin(e) => [self.judge.clicked(e.time.into()), None],
                Event::XinputRawKeyPress(e) if !self.is_sent(e.sourceid, Act::Key(e.detail)) => {
                    let is_escape = self.is_escape(e.detail)?;
                    self.judge.key(e.time.into(), is_escape)
                }
                _ => continue,
            };
            acts.into_iter().flatten().for_each(told);
        }
    }

    /// Learns what devices there are.
    fn scan(&mut self) -> Result<(), ReplyError> {
        self.devices.clear();
        let screen = self.conn.setup().roots.first();
        let pixels = screen.map_or([1, 1], |s| [s.width_in_pixels, s.height_in_pixels]).map(f64::from);
        for info in self.conn.xinput_xi_query_device(Device::ALL)?.reply()?.infos {
            let kind = AtomEnum::INTEGER.into();
            let xtest = self.conn.xinput_xi_get_property(info.deviceid, false, self.xtest, kind, 0, 1)?;
            let mut source = Source {
                is_xtest: xtest.reply().is_ok_and(
                    |p| matches!(p.items, XIGetPropertyItems::Data8(ref d) if d.first().is_some_and(|v| *v != 0)),
                ),
                ..Source::default()
            };
            for class in info.classes {
                let DeviceClassData::Valuator(axis) = class.data else { continue };
                let (Some(scale), Some(size)) =
                    (source.scale.get_mut(usize::from(axis.number)), pixels.get(usize::from(axis.number)))
                else {
                    continue;
                };
                let range = number(axis.max) - number(axis.min);
                let absolute = source.is_xtest || axis.mode == ValuatorMode::ABSOLUTE;
                *scale = absolute.then(|| if range > 1.0 { size / range } else { 1.0 });
            }
            self.devices.insert(info.deviceid, source);
        }
        Ok(())
    }

    /// Whether an event is of this program's injectors.
    fn is_sent(&self, source: u16, act: Act) -> bool {
        self.devices.get(&source).is_some_and(|s| s.is_xtest) && take_sent(self.display, act)
    }

    fn motion(&mut self, e: &RawMotionEvent) -> Option<OwnAct> {
        let axes = axes(e);
        let source = self.devices.entry(e.sourceid).or_default();
        let sent = source.is_xtest && {
            // What a program did not set stays as it is.
            let [x, y] = [0, 1].map(|i| axes[i].or(source.last[i]).unwrap_or(0.0) as i16);
            take_sent(self.display, Act::Motion { x, y })
        };
        let mut way = 0.0;
        for ((value, scale), last) in axes.into_iter().zip(source.scale).zip(&mut source.last) {
            let Some(value) = value else { continue };
            way += match scale {
                None => value.abs(),
                Some(scale) => {
                    let before = last.replace(value);
                    before.map_or(f64::from(u16::MAX), |b| (value - b).abs() * scale)
                }
            };
        }
        if sent { None } else { self.judge.moved(e.time.into(), way) }
    }

    fn is_escape(&self, code: u32) -> Result<bool, ConnectionError> {
        let Ok(code) = u8::try_from(code) else { return Ok(false) };
        match self.conn.get_keyboard_mapping(code, 1)?.reply() {
            Ok(map) => Ok(map.keysyms.first() == Some(&ESCAPE)),
            Err(ReplyError::ConnectionError(e)) => Err(e),
            Err(ReplyError::X11Error(_)) => Ok(false),
        }
    }
}

/// The values of the axes x and y that an event has.
fn axes(e: &RawMotionEvent) -> [Option<f64>; 2] {
    let mask = e.valuator_mask.first().copied().unwrap_or(0);
    let mut values = e.axisvalues.iter();
    [0, 1].map(|i| if mask & (1 << i) != 0 { values.next().map(|v| number(*v)) } else { None })
}

fn number(v: Fp3232) -> f64 {
    f64::from(v.integral) + f64::from(v.frac) / f64::from(u32::MAX)
}
