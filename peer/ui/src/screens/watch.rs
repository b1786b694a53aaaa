//! The window of a customer who sees what another customer shares.

use deskside_session::{
    hiding::HidingView,
    view::{Sharing, View},
};
use eframe::egui::{Frame, Panel, Stroke, Ui};

use super::{chat::ChatForm, customer, dialog::Dialog, stage, toast::Toast, viewer::Viewer};
use crate::cx::Cx;

/// Width of the panel at the side, in points.
const SIDE: f32 = 372.0;

/// What the window keeps of it.
pub struct Kept<'a> {
    pub viewer: &'a mut Viewer,
    pub chat: &'a mut ChatForm,
    pub toast: &'a mut Toast,
}

/// Draws it; a question to ask, if a button led to one. `root`: the native window, if others can be laid in it;
/// `covered`: a question lies over everything.
pub fn show(
    ui: &mut Ui,
    cx: &Cx<'_>,
    view: &View,
    sharing: &Sharing,
    kept: Kept<'_>,
    root: Option<u64>,
    covered: bool,
) -> Option<Dialog> {
    let k = cx.k;
    let Kept { viewer, chat, toast } = kept;
    let mut dialog = None;
    if viewer.side {
        let side = Panel::right("side").frame(Frame::new().fill(k.c.window)).resizable(false);
        let side = side.exact_size(SIDE).show_separator_line(false);
        let rect = side
            .show(ui, |ui| dialog = customer::show(ui, cx, view, &HidingView::default(), chat, toast))
            .response
            .rect;
        ui.painter().vline(rect.left(), rect.y_range(), Stroke::new(1.0, k.c.line));
    }
    stage::show(ui, cx, view, sharing, viewer, toast, root, covered);
    dialog
}
