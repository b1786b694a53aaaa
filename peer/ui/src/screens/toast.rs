//! The last piece of news, for a few seconds.

use std::time::Duration;

use deskside_session::view::{Notice, View};
use eframe::egui::{self, Area, CornerRadius, Frame, Id, Label, Margin, Order, Rect, RichText, Stroke, Ui};
use lucide_icons::Icon;

use crate::{
    cx::Cx,
    widgets::{Button, text},
    words,
};

/// Seconds that good and bad news stay.
const GOOD: f64 = 5.0;
const BAD: f64 = 10.0;

/// Which piece of news is shown, and since when.
#[derive(Default)]
pub struct Toast {
    serial: u64,
    until: f64,
}

impl Toast {
    /// The words to show now, if any.
    pub fn words(&mut self, ctx: &egui::Context, cx: &Cx<'_>, view: &View) -> Option<(String, bool)> {
        let (serial, notice) = view.notice.as_ref()?;
        let bad = words::is_bad(notice);
        if *serial != self.serial {
            self.serial = *serial;
            self.until = cx.now + if bad { BAD } else { GOOD };
        }
        let left = self.until - cx.now;
        // The banner about the server stays by itself as long as the server is away.
        if left <= 0.0 || matches!(notice, Notice::ServerLost) {
            return None;
        }
        ctx.request_repaint_after(Duration::from_secs_f64(left));
        Some((words::notice(cx.t, view.role, notice), bad))
    }

    /// Over the lower end of `place`.
    pub fn show(&mut self, ui: &mut Ui, cx: &Cx<'_>, view: &View, place: Rect) {
        let Some((words, bad)) = self.words(ui.ctx(), cx, view) else { return };
        let k = cx.k;
        let width = place.width() - 2.0 * k.space.two;
        let at = egui::pos2(place.left() + k.space.two, place.bottom() - k.space.two);
        let area = Area::new(Id::unique("toast"))
            .order(Order::Foreground)
            .pivot(egui::Align2::LEFT_BOTTOM)
            .fixed_pos(at)
            .accessible_name(words.clone());
        area.show(ui.ctx(), |ui| {
            let (sign, ink) = if bad { (Icon::CircleAlert, k.c.warn) } else { (Icon::CircleCheck, k.c.good) };
            Frame::new()
                .fill(k.c.surface)
                .stroke(Stroke::new(1.0, k.c.line_strong))
                .corner_radius(CornerRadius::same(k.radius.card))
                .shadow(ui.visuals().popup_shadow)
                .inner_margin(Margin { left: 14, right: 6, top: 8, bottom: 8 })
                .show(ui, |ui| {
                    ui.set_width(width - 22.0);
                    ui.horizontal(|ui| {
                        text::icon(ui, cx, sign, k.size.icon, ink);
                        let room = ui.available_width() - k.size.tool - k.space.one;
                        ui.scope(|ui| {
                            ui.set_width(room);
                            ui.add(Label::new(RichText::new(words).color(k.c.text)).wrap());
                        });
                        if ui.add(Button::icon_only(cx, Icon::X, cx.t.t("notice-close"))).clicked() {
                            self.until = cx.now;
                        }
                    });
                });
        });
    }
}
