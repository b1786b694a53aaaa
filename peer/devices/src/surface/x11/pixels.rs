//! Pixels on their way to the X server, and the formats they have there.

use x11rb::{
    connection::RequestConnection as _,
    protocol::{
        render::{self, ConnectionExt as _, Pictformat},
        xproto::{Rectangle, Screen},
    },
    rust_connection::RustConnection,
};

use super::super::layout::Part;
use crate::x11::X11Error;

/// Pixel formats of RENDER.
#[derive(Clone, Copy)]
pub struct Formats {
    pub root: Pictformat,
    pub argb: Pictformat,
}

/// Coordinates in a window are 16 bits wide.
pub fn rectangle(p: Part) -> Rectangle {
    Rectangle { x: p.x as i16, y: p.y as i16, width: p.w as u16, height: p.h as u16 }
}

/// The parameters of a filter that mixes a square of pixels evenly: its sides, and the weights.
pub fn even(side: u8) -> Vec<render::Fixed> {
    let (one, side) = (1 << 16, i32::from(side.max(1)));
    let weights = std::iter::repeat_n(one / (side * side), (side * side) as usize);
    [side * one, side * one].into_iter().chain(weights).collect()
}

pub fn formats(conn: &RustConnection, screen: &Screen) -> Result<Formats, X11Error> {
    let missing = X11Error::Missing("RENDER");
    if conn.extension_information(render::X11_EXTENSION_NAME)?.is_none() {
        return Err(missing);
    }
    conn.render_query_version(0, 11)?.reply()?;
    let known = conn.render_query_pict_formats()?.reply()?;
    let visuals = known.screens.iter().flat_map(|s| &s.depths).flat_map(|d| &d.visuals);
    let root = visuals.into_iter().find(|v| v.visual == screen.root_visual).map(|v| v.format);
    let argb = known.formats.iter().find(|f| {
        let d = &f.direct;
        f.depth == 32
            && (d.alpha_mask, d.alpha_shift) == (0xff, 24)
            && (d.red_shift, d.green_shift, d.blue_shift) == (16, 8, 0)
    });
    match (root, argb) {
        (Some(root), Some(argb)) => Ok(Formats { root, argb: argb.id }),
        _ => Err(missing),
    }
}
