//! The windows right below the root of an X11 display: whose they are, where, and which lies over which.

pub mod alive;
pub mod first;
pub mod front;
pub mod icons;
mod list;
pub mod mark;

use std::collections::{HashMap, HashSet};

use deskside_session::hiding::{Hidden, PRIVATE};
use x11rb::{
    connection::{Connection as _, RequestConnection as _},
    cookie::Cookie,
    protocol::{
        Event,
        shape::{self, ConnectionExt as _},
        xproto::{
            Atom, AtomEnum, ChangeWindowAttributesAux, ConnectionExt as _, EventMask, GetPropertyReply,
            MapState, QueryTreeReply, Window, WindowClass,
        },
    },
    rust_connection::RustConnection,
};

pub use self::list::list;
use crate::x11::X11Error;

x11rb::atom_manager! {
    Atoms: AtomsCookie { WM_STATE, _NET_WM_WINDOW_OPACITY, _NET_WM_NAME, }
}

/// A program's window lies no deeper in what a window manager puts around it.
const DEPTH: usize = 3;
/// How long a chain of windows for one another is followed.
const CHAIN: usize = 16;

/// A window right below the root.
pub struct Top {
    pub window: Window,
    /// Left, top, width, height on the screen, with its border.
    pub place: (i32, i32, i32, i32),
    /// It has pixels, and they are on the screen where nothing lies over it.
    pub shown: bool,
    /// Nothing below it shows through.
    pub solid: bool,
    /// It is this program's, and covers nothing: what is below is seen.
    pub clear: bool,
    opaque: bool,
    unmanaged: bool,
    /// It, and the windows in it that a program may have made.
    pub family: Vec<Window>,
}

/// What an event means for who knows the windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    Nothing,
    /// Another window may be shown than before, and then something is drawn.
    New,
    /// A window says something else of itself.
    Named,
    /// Only places, order, and what is not shown any more.
    Moved,
}

/// What is known of the windows of a display; holds no connection of its own.
pub struct Tops {
    root: Window,
    depth: u8,
    /// The bits of an id that tell the programs' connections apart.
    client: u32,
    atoms: Atoms,
    /// Of the selection that whoever composes the screen owns.
    composer: Atom,
    shapes: bool,
    said: HashMap<Window, Said>,
}

/// What a window says of itself.
struct Said {
    classes: Vec<String>,
    /// The window manager treats it as a program's window.
    managed: bool,
    serves: Option<Window>,
    see_through: bool,
}

impl Tops {
    /// Asks for the events that [`Self::hear`] needs.
    pub fn open(conn: &RustConnection, number: usize) -> Result<Self, X11Error> {
        let screen = &conn.setup().roots[number];
        let atoms = Atoms::new(conn)?.reply()?;
        let composer = conn.intern_atom(false, format!("_NET_WM_CM_S{number}").as_bytes())?.reply()?.atom;
        let events = EventMask::STRUCTURE_NOTIFY | EventMask::SUBSTRUCTURE_NOTIFY;
        let aux = ChangeWindowAttributesAux::new().event_mask(events);
        conn.change_window_attributes(screen.root, &aux)?.check()?;
        Ok(Self {
            root: screen.root,
            depth: screen.root_depth,
            client: !conn.setup().resource_id_mask,
            atoms,
            composer,
            shapes: conn.extension_information(shape::X11_EXTENSION_NAME)?.is_some(),
            said: HashMap::new(),
        })
    }

    pub fn hear(&mut self, event: &Event) -> Heard {
        match event {
            Event::MapNotify(_) | Event::ReparentNotify(_) => Heard::New,
            Event::PropertyNotify(e) if self.matters(e.atom) => {
                self.said.remove(&e.window);
                Heard::Named
            }
            Event::DestroyNotify(e) => {
                self.said.remove(&e.window);
                Heard::Moved
            }
            Event::UnmapNotify(_)
            | Event::ConfigureNotify(_)
            | Event::GravityNotify(_)
            | Event::CirculateNotify(_)
            | Event::ShapeNotify(_) => Heard::Moved,
            _ => Heard::Nothing,
        }
    }

    fn matters(&self, atom: Atom) -> bool {
        let own = [self.atoms.WM_STATE, self.atoms._NET_WM_WINDOW_OPACITY];
        own.contains(&atom) || [AtomEnum::WM_CLASS.into(), AtomEnum::WM_TRANSIENT_FOR.into()].contains(&atom)
    }

    /// The windows from the lowest to the top one. What changes while it looks, or later, is told by events.
    pub fn look(&mut self, conn: &RustConnection) -> Result<Vec<Top>, X11Error> {
        let composer = conn.get_selection_owner(self.composer)?;
        let children = conn.query_tree(self.root)?.reply()?.children;
        let composed = composer.reply()?.owner != x11rb::NONE;
        let mut asked = Vec::with_capacity(children.len());
        for w in children {
            let shape = if self.shapes { Some(conn.shape_query_extents(w)?) } else { None };
            asked.push((w, conn.get_window_attributes(w)?, conn.get_geometry(w)?, shape));
        }
        let clear = crate::own::clear();
        let mut tops = Vec::with_capacity(asked.len());
        for (window, attributes, geometry, shape) in asked {
            let shape = shape.map(|s| s.reply());
            // What went away meanwhile shows nothing.
            let (Ok(a), Ok(g)) = (attributes.reply(), geometry.reply()) else { continue };
            let border = 2 * i32::from(g.border_width);
            let whole = shape.is_none_or(|s| s.is_ok_and(|s| !s.bounding_shaped));
            tops.push(Top {
                window,
                place: (g.x.into(), g.y.into(), i32::from(g.width) + border, i32::from(g.height) + border),
                shown: a.map_state == MapState::VIEWABLE && a.class == WindowClass::INPUT_OUTPUT,
                solid: whole,
                opaque: g.depth == self.depth,
                clear: clear.contains(&window.into()),
                unmanaged: a.override_redirect,
                family: Vec::new(),
            });
        }
        self.families(conn, &mut tops)?;
        for top in &mut tops {
            let said = |w: &Window| self.said.get(w);
            // Who composes the screen has windows of its own over all others, and knows of opacity.
            let managed = top.family.iter().filter_map(said).any(|s| s.managed);
            let see_through = top.family.iter().filter_map(said).any(|s| s.see_through);
            top.solid &= !composed || (top.opaque && managed && !see_through);
        }
        Ok(tops)
    }

    fn families(&mut self, conn: &RustConnection, tops: &mut [Top]) -> Result<(), X11Error> {
        let mut level: Vec<_> = tops.iter().enumerate().map(|(i, top)| (i, top.window)).collect();
        for depth in 0..=DEPTH {
            self.read(conn, level.iter().map(|(_, w)| *w))?;
            for (i, w) in &level {
                tops[*i].family.push(*w);
            }
            if depth == DEPTH {
                break;
            }
            let inside = |(_, w): &&(usize, Window)| self.said.get(w).is_some_and(|s| !s.managed);
            let mut trees: Vec<(usize, Cookie<'_, _, QueryTreeReply>)> = Vec::new();
            for (i, w) in level.iter().filter(inside) {
                trees.push((*i, conn.query_tree(*w)?));
            }
            level = trees
                .into_iter()
                .filter_map(|(i, tree)| Some((i, tree.reply().ok()?.children)))
                .flat_map(|(i, children)| children.into_iter().map(move |w| (i, w)))
                .collect();
        }
        Ok(())
    }

    /// What they say of themselves, unless it is known; and changes of it from now on.
    fn read(&mut self, conn: &RustConnection, windows: impl Iterator<Item = Window>) -> Result<(), X11Error> {
        let mut asked = Vec::new();
        let events = EventMask::PROPERTY_CHANGE | EventMask::STRUCTURE_NOTIFY;
        let aux = ChangeWindowAttributesAux::new().event_mask(events);
        for w in windows.filter(|w| !self.said.contains_key(w)) {
            let get = |what: Atom| conn.get_property(false, w, what, AtomEnum::ANY, 0, 256);
            // First of all, so that nothing changes unheard.
            conn.change_window_attributes(w, &aux)?;
            if self.shapes {
                conn.shape_select_input(w, true)?;
            }
            let class = get(AtomEnum::WM_CLASS.into())?;
            let serves = get(AtomEnum::WM_TRANSIENT_FOR.into())?;
            asked.push((
                w,
                class,
                serves,
                get(self.atoms.WM_STATE)?,
                get(self.atoms._NET_WM_WINDOW_OPACITY)?,
            ));
        }
        for (w, class, serves, state, opacity) in asked {
            // An error: it is gone, and must not be remembered.
            let (Ok(class), Ok(serves), Ok(state), Ok(opacity)) =
                (class.reply(), serves.reply(), state.reply(), opacity.reply())
            else {
                continue;
            };
            let there = |p: &GetPropertyReply| p.type_ != x11rb::NONE;
            let said = Said {
                classes: texts(&class.value),
                managed: there(&state),
                serves: serves.value32().and_then(|mut v| v.next()).filter(|w| *w != x11rb::NONE),
                see_through: opacity.value32().and_then(|mut v| v.next()).is_some_and(|o| o != u32::MAX),
            };
            self.said.insert(w, said);
        }
        Ok(())
    }

    /// The programs' own windows in it: those that a window manager looks after; without one, what is no menu.
    pub fn of_programs(&self, top: &Top) -> Vec<Window> {
        let managed = |w: &&Window| self.said.get(w).is_some_and(|s| s.managed);
        let found: Vec<_> = top.family.iter().filter(managed).copied().collect();
        let plain = top.shown && !top.unmanaged && self.class(top.window).is_some();
        if found.is_empty() && plain { vec![top.window] } else { found }
    }

    /// The program's own window that this is, or in which it is, and the one right below the root around it.
    pub fn owner<'a>(&self, tops: &'a [Top], window: Window) -> Option<(&'a Top, Window)> {
        let top = tops.iter().find(|t| t.family.contains(&window))?;
        let own = self.of_programs(top);
        own.iter().copied().find(|w| *w == window).or_else(|| own.first().copied()).map(|w| (top, w))
    }

    /// The windows by the same connection as this one, of those whose end is told.
    pub fn of_client(&self, tops: &[Top], window: Window) -> Vec<Window> {
        let families = tops.iter().flat_map(|t| &t.family).copied();
        families.filter(|w| w & self.client == window & self.client && self.said.contains_key(w)).collect()
    }

    /// Of each, which of these programs it is of, by the windows that they were chosen by: it is one of those or serves
    /// it, or is of the same program or serves that.
    pub fn whose(&self, tops: &[Top], chosen: &[Window]) -> Vec<Option<usize>> {
        let there = |w: &Window| tops.iter().any(|t| t.family.contains(w));
        let there: Vec<_> = chosen.iter().map(there).collect();
        let chain = |w: &Window| std::iter::successors(Some(*w), |w| self.said.get(w)?.serves).take(CHAIN);
        let itself = |w: &Window| chain(w).find_map(|w| chosen.iter().position(|c| *c == w));
        // What a program opens is with one that is open, if several of its windows were chosen.
        let of = |w: Window| {
            let same = |i: &usize| chosen[*i] & self.client == w & self.client;
            let mut same = (0..chosen.len()).filter(same);
            same.clone().find(|i| there[*i]).or_else(|| same.next())
        };
        let public = |t: &Top| t.family.iter().copied().filter(|w| !self.is_private(*w)).collect::<Vec<_>>();
        let whose = |t: &Top| {
            let family = public(t);
            let same = || family.iter().find_map(|w| chain(w).find_map(of));
            family.iter().find_map(itself).or_else(same)
        };
        tops.iter().map(whose).collect()
    }

    /// Hidden by itself, without the other windows of its program.
    fn is_private(&self, window: Window) -> bool {
        self.said.get(&window).is_some_and(|s| s.classes.iter().any(|c| c == PRIVATE))
    }

    /// What the program of this window calls itself.
    pub fn class(&self, window: Window) -> Option<&str> {
        self.said.get(&window)?.classes.last().map(String::as_str)
    }

    /// Which of them are hidden: the windows of hidden programs by all connections that they have, and hidden
    /// windows with what serves them, and with all menus of the same program.
    pub fn hidden(&self, tops: &[Top], hidden: &Hidden) -> Vec<bool> {
        let named = |s: &Said| s.classes.iter().any(|c| hidden.names(c));
        let clients: HashSet<u32> =
            self.said.iter().filter(|(_, s)| named(s)).map(|(w, _)| w & self.client).collect();
        let windows: HashSet<Window> =
            hidden.windows.iter().filter_map(|w| Window::try_from(*w).ok()).collect();
        let owners: HashSet<u32> = windows.iter().map(|w| w & self.client).collect();
        let is_hidden = |w: Window| {
            let mut chain = std::iter::successors(Some(w), |w| self.said.get(w)?.serves).take(CHAIN);
            chain.any(|w| windows.contains(&w) || clients.contains(&(w & self.client)) || self.is_private(w))
        };
        let of = |top: &Top| {
            top.family.iter().any(|w| is_hidden(*w))
                || (top.unmanaged && owners.contains(&(top.window & self.client)))
        };
        tops.iter().map(of).collect()
    }
}

/// The parts of WM_CLASS.
fn texts(value: &[u8]) -> Vec<String> {
    let parts = value.split(|b| *b == 0).filter(|p| !p.is_empty());
    parts.take(2).map(|p| String::from_utf8_lossy(p).into_owned()).collect()
}
