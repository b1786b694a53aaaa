//! The remote picture with its tools above it.

use deskside_session::view::{Sharing, View};
use eframe::egui::{Frame, Id, Panel, Popup, Ui};

use super::{
    draw,
    toast::Toast,
    toolbar,
    viewer::{EDGE, PICTURE, Viewer},
    zoom::Zoom,
};
use crate::{
    cx::Cx,
    keys::{self, Action},
};

/// Fills what is left of `ui`. `root`: the native window, if others can be laid in it; `covered`: something of the
/// window lies over the picture.
#[expect(clippy::too_many_arguments, reason = "one call, all of it needed to draw the picture")]
pub fn show(
    ui: &mut Ui,
    cx: &Cx<'_>,
    view: &View,
    sharing: &Sharing,
    viewer: &mut Viewer,
    toast: &mut Toast,
    root: Option<u64>,
    covered: bool,
) {
    // Beside the picture the panel says it.
    let news = if viewer.side { None } else { toast.words(ui.ctx(), cx, view) };
    if keys::pressed(ui.ctx(), Action::FullScreen) {
        viewer.toggle_full_screen(ui.ctx());
        if !viewer.full_screen {
            // The way out of a picture that has all other keys.
            ui.memory_mut(|m| m.surrender_focus(Id::unique(PICTURE)));
        }
    }
    if keys::pressed(ui.ctx(), Action::Panel) {
        viewer.side = !viewer.side;
    }
    for (action, larger) in [(Action::Larger, true), (Action::Smaller, false)] {
        if keys::pressed(ui.ctx(), action) {
            viewer.lens.step(larger);
        }
    }
    if keys::pressed(ui.ctx(), Action::Fit) {
        viewer.lens.set(Zoom::Fit);
    }
    let controls = sharing.controller == Some(view.me) && !covered;
    if keys::pressed(ui.ctx(), Action::Type) && controls {
        viewer.set_grab(cx, true);
    }
    viewer.pen = view.pen.unwrap_or(viewer.pen);
    if keys::pressed(ui.ctx(), Action::Draw) && !covered {
        draw::toggle(cx, view, sharing, viewer.pen);
    }
    if viewer.shows_tools(ui.ctx(), cx.now) {
        toolbar::show(ui, cx, view, sharing, viewer, news.as_ref().map(|n| n.0.as_str()));
    } else {
        let strip = Frame::new().fill(cx.k.c.line_strong);
        Panel::top("edge").frame(strip).exact_size(EDGE).show_separator_line(false).show(ui, |_| {});
    }
    viewer.show(ui, cx, view, sharing, root, covered || Popup::is_any_open(ui.ctx()));
    viewer.apps.windows(ui, cx, view, sharing);
}
