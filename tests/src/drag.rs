//! A source of the drag-and-drop protocol of X11 (XDND 5): what a file manager does when files are dragged from it.

use std::path::PathBuf;

use x11rb::{
    connection::Connection as _,
    protocol::{
        Event,
        xproto::{
            AtomEnum, ClientMessageData, ClientMessageEvent, ConnectionExt as _, CreateWindowAux, EventMask,
            PropMode, SELECTION_NOTIFY_EVENT, SelectionNotifyEvent, Window, WindowClass,
        },
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

use crate::{Display, wait::within};

x11rb::atom_manager! {
    Atoms: AtomsCookie {
        XdndAware,
        XdndSelection,
        XdndEnter,
        XdndPosition,
        XdndStatus,
        XdndDrop,
        XdndFinished,
        XdndActionCopy,
        URIS: b"text/uri-list",
    }
}

struct Source {
    conn: RustConnection,
    atoms: Atoms,
    window: Window,
    target: Window,
    uris: String,
}

/// Drags these files over a place of the screen and lets them go there. False: the window there takes none.
#[track_caller]
pub fn drop_files(display: &Display, (x, y): (i16, i16), paths: &[PathBuf]) -> bool {
    let (conn, screen) = RustConnection::connect(Some(&display.name)).expect("a connection to the display");
    let root = conn.setup().roots[screen].root;
    let atoms = Atoms::new(&conn).expect("sent").reply().expect("atoms");
    let Some(target) = aware(&conn, &atoms, root, (x, y)) else { return false };
    let window = conn.generate_id().expect("an id");
    let aux = CreateWindowAux::new();
    conn.create_window(0, window, root, 0, 0, 1, 1, 0, WindowClass::INPUT_ONLY, 0, &aux).expect("sent");
    conn.set_selection_owner(window, atoms.XdndSelection, x11rb::CURRENT_TIME).expect("sent");
    let uris = paths.iter().map(|p| format!("file://{}\r\n", p.display()).replace(' ', "%20")).collect();
    let source = Source { conn, atoms, window, target, uris };
    source.tell(source.atoms.XdndEnter, [5 << 24, source.atoms.URIS, 0, 0]);
    let place = (u32::from(x as u16) << 16) | u32::from(y as u16);
    let action = source.atoms.XdndActionCopy;
    source.tell(source.atoms.XdndPosition, [0, place, x11rb::CURRENT_TIME, action]);
    // The data is asked for while the pointer is over the window; a real hand takes longer than that.
    let mut asked = false;
    let status = source.wait(source.atoms.XdndStatus, &mut asked);
    if status.is_none_or(|data| data[1] & 1 != 1) {
        return false;
    }
    let fetched = within(crate::wait::DEADLINE, || {
        source.step(&mut asked);
        asked.then_some(())
    });
    if fetched.is_none() {
        return false;
    }
    source.tell(source.atoms.XdndDrop, [0, x11rb::CURRENT_TIME, 0, 0]);
    source.wait(source.atoms.XdndFinished, &mut asked).is_some()
}

/// The window at a place that takes what is dragged.
fn aware(conn: &RustConnection, atoms: &Atoms, root: Window, (x, y): (i16, i16)) -> Option<Window> {
    let mut at = root;
    loop {
        let property =
            conn.get_property(false, at, atoms.XdndAware, AtomEnum::ANY, 0, 1).ok()?.reply().ok()?;
        if property.value_len > 0 {
            return Some(at);
        }
        at = conn.translate_coordinates(root, at, x, y).ok()?.reply().ok()?.child;
        if at == x11rb::NONE {
            return None;
        }
    }
}

impl Source {
    fn tell(&self, kind: u32, rest: [u32; 4]) {
        let data = ClientMessageData::from([self.window, rest[0], rest[1], rest[2], rest[3]]);
        let event = ClientMessageEvent::new(32, self.target, kind, data);
        self.conn.send_event(false, self.target, EventMask::NO_EVENT, event).expect("sent");
        self.conn.flush().expect("sent");
    }

    /// Waits for a message, giving the files to whom asks for them.
    fn wait(&self, kind: u32, asked: &mut bool) -> Option<[u32; 5]> {
        within(crate::wait::DEADLINE, || {
            self.step(asked).filter(|m| m.type_ == kind).map(|m| m.data.as_data32())
        })
    }

    fn step(&self, asked: &mut bool) -> Option<ClientMessageEvent> {
        match self.conn.poll_for_event().expect("the display answers")? {
            Event::ClientMessage(m) => return Some(m),
            Event::SelectionRequest(e) => {
                let given = self.conn.change_property8(
                    PropMode::REPLACE,
                    e.requestor,
                    e.property,
                    self.atoms.URIS,
                    self.uris.as_bytes(),
                );
                given.expect("sent");
                let answer = SelectionNotifyEvent {
                    response_type: SELECTION_NOTIFY_EVENT,
                    sequence: 0,
                    time: e.time,
                    requestor: e.requestor,
                    selection: e.selection,
                    target: e.target,
                    property: e.property,
                };
                self.conn.send_event(false, e.requestor, EventMask::NO_EVENT, answer).expect("sent");
                self.conn.sync().expect("sent");
                *asked = true;
            }
            _ => {}
        }
        None
    }
}
