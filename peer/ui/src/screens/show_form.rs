//! Before the agent asks to show something of its own: what that is.

use deskside_session::{
    command::{Act, Command},
    hiding::HidingView,
};
use eframe::egui::{Frame, Id, Key, Margin, Modal, ScrollArea, Ui};
use lucide_icons::Icon;

use super::{deed::Deed, half, scope::Choice};
use crate::{
    cx::Cx,
    widgets::{Button, Look, text},
};

/// The dialog while it is open, and what is chosen in it.
#[derive(Default)]
pub struct ShowForm {
    pub open: bool,
    choice: Choice,
}

impl ShowForm {
    /// What a click on the deed does: this one first asks what is to be shown.
    pub fn click(&mut self, cx: &Cx<'_>, deed: Deed) {
        if deed == Deed::AskShow {
            *self = Self { open: true, choice: Choice::default() };
        } else {
            deed.tell(cx);
        }
    }

    /// The dialog over the window.
    pub fn show(&mut self, ui: &mut Ui, cx: &Cx<'_>, hiding: &HidingView) {
        if !self.open {
            return;
        }
        let k = cx.k;
        let frame = Frame::window(ui.style()).inner_margin(Margin::same(k.space.three as i8));
        let modal = Modal::new(Id::unique("show")).frame(frame).show(ui.ctx(), |ui| {
            ui.set_width((ui.ctx().content_rect().width() - 96.0).clamp(240.0, 460.0));
            text::title(ui, cx, cx.t.t("show-title"));
            text::muted(ui, cx, cx.t.t("show-lead"));
            let tall = (ui.ctx().content_rect().height() - 240.0).max(160.0);
            ScrollArea::vertical().id_salt("show-what").max_height(tall).show(ui, |ui| {
                self.choice.choose(ui, cx, hiding);
            });
            ui.add_space(k.space.one);
            ui.horizontal(|ui| {
                let width = half(ui, cx);
                if ui.add(Button::new(cx, cx.t.t("dialog-cancel")).width(width)).clicked() {
                    self.open = false;
                }
                let ask = Button::new(cx, cx.t.t("show-ask")).icon(Icon::ScreenShare).look(Look::Primary);
                if ui.add_enabled(self.choice.is_made(), ask.width(width)).clicked() {
                    self.choice.tell_all(cx);
                    cx.session(Command::Ask { act: Act::Show });
                    self.open = false;
                }
            });
        });
        if modal.should_close() || ui.input(|i| i.key_pressed(Key::Escape)) {
            self.open = false;
        }
    }
}
