//! A signed-in agent's desk: what to begin, and beside it who waits and who is there.

use deskside_session::app::{AppOnly, AppView};
use eframe::egui::{self, Align, CentralPanel, Frame, Layout, Margin, Panel, RichText, ScrollArea, Ui, vec2};
use lucide_icons::Icon;

use super::{centred, desk, key_list, problem, waiting};
use crate::{
    cx::Cx,
    texts::clean,
    widgets::{
        self, Button, Look,
        button::link,
        card,
        field::{Field, entered},
        icon, strong, text,
    },
};

/// From this width on, who is there stands beside who waits.
const WIDE: f32 = 820.0;
/// Of the part with colleagues.
const SIDE: f32 = 300.0;

/// What is typed on the desk.
#[derive(Default)]
pub struct Home {
    target: String,
}

impl Home {
    /// Draws it; whether the list of keys was asked for.
    pub fn show(&mut self, ui: &mut Ui, cx: &Cx<'_>, view: &AppView, name: &str, busy: bool) -> bool {
        let k = cx.k;
        let listed = foot(ui, cx, view, busy);
        let frame = Frame::new().fill(k.c.window);
        CentralPanel::default().frame(frame).show(ui, |ui| {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                let room = ui.available_width();
                let width = (room - 2.0 * k.space.three).min(1080.0);
                centred(ui, width, 28.0, |ui| {
                    ui.spacing_mut().item_spacing.y = k.space.one;
                    head(ui, cx, name);
                    ui.add_space(k.space.two);
                    problem(ui, cx, view.problem.as_ref());
                    if width < WIDE {
                        self.begin(ui, cx, busy);
                        ui.add_space(k.space.two);
                        desk::offers(ui, cx, view.desk.as_ref(), busy);
                        desk::queues(ui, cx, view.desk.as_ref(), busy);
                        ui.add_space(k.space.two);
                        desk::colleagues(ui, cx, view.desk.as_ref());
                        return;
                    }
                    let main = width - SIDE - k.space.three;
                    ui.horizontal_top(|ui| {
                        ui.spacing_mut().item_spacing.x = k.space.three;
                        part(ui, cx, main, |ui| {
                            desk::offers(ui, cx, view.desk.as_ref(), busy);
                            desk::queues(ui, cx, view.desk.as_ref(), busy);
                        });
                        part(ui, cx, SIDE, |ui| {
                            self.begin(ui, cx, busy);
                            ui.add_space(k.space.two);
                            desk::colleagues(ui, cx, view.desk.as_ref());
                        });
                    });
                });
            });
        });
        listed
    }

    /// A session of one's own, or a colleague's.
    fn begin(&mut self, ui: &mut Ui, cx: &Cx<'_>, busy: bool) {
        let k = cx.k;
        card(cx).show(ui, |ui| {
            ui.set_width(ui.available_width());
            if busy {
                waiting(ui, cx, &cx.t.t("home-starting"));
            } else {
                let start = Button::new(cx, cx.t.t("home-start"))
                    .look(Look::Primary)
                    .icon(Icon::Plus)
                    .height(k.size.control + k.space.half)
                    .width(ui.available_width());
                if ui.add(start).clicked() {
                    cx.send(AppOnly::StartSession);
                }
            }
            text::small(ui, cx, cx.t.t("home-lead"));
            ui.add_space(k.space.half);
            widgets::rule(ui, cx);
            ui.add_space(k.space.half);
            ui.add_enabled_ui(!busy, |ui| self.assist(ui, cx));
        });
    }

    fn assist(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        strong(ui, cx, cx.t.t("home-assist"));
        ui.horizontal(|ui| {
            let button = Button::icon_only(cx, Icon::ArrowRight, cx.t.t("home-assist-button"))
                .look(Look::Secondary)
                .height(cx.k.size.control);
            let room = ui.available_width() - cx.k.size.control - cx.k.space.one;
            let field = Field {
                shown: false,
                hint: cx.t.t("home-assist-hint"),
                ..Field::new(cx, "assist", cx.t.t("home-assist-number"))
            };
            let response = ui
                .scope(|ui| {
                    ui.set_max_width(room);
                    field.show(ui, cx, &mut self.target).response.response
                })
                .inner;
            let sent = entered(ui, &response);
            let ready = !self.target.trim().is_empty();
            if ui.add_enabled(ready, button).clicked() || (sent && ready) {
                let target = std::mem::take(&mut self.target).trim().to_owned();
                cx.send(AppOnly::Assist { target });
            }
        });
        text::small(ui, cx, cx.t.t("home-assist-lead"));
    }
}

/// A column of this width.
fn part(ui: &mut Ui, cx: &Cx<'_>, width: f32, content: impl FnOnce(&mut Ui)) {
    ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::Min), |ui| {
        ui.set_width(width);
        ui.spacing_mut().item_spacing.x = cx.k.space.one;
        content(ui);
    });
}

fn head(ui: &mut Ui, cx: &Cx<'_>, name: &str) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 12.0;
        widgets::logo(ui, cx, 40.0);
        ui.scope(|ui| {
            ui.set_max_width(ui.available_width());
            text::heading(ui, cx, cx.t.ta("home-hello", &[("name", name.into())]));
        });
    });
}

/// Which server this is, the keys, and the way out; whether the list of keys was asked for.
fn foot(ui: &mut Ui, cx: &Cx<'_>, view: &AppView, busy: bool) -> bool {
    let k = cx.k;
    let mut listed = false;
    let frame = Frame::new().fill(k.c.window).inner_margin(Margin::symmetric(k.space.three as i8, 8));
    Panel::bottom("home-foot").frame(frame).show_separator_line(false).show(ui, |ui| {
        ui.horizontal(|ui| {
            icon(ui, cx, Icon::Server, 14.0, k.c.muted);
            let room = (ui.available_width() - 190.0).max(80.0);
            ui.scope(|ui| {
                ui.set_max_width(room);
                let words = RichText::new(clean(&view.server)).size(k.text.small).color(k.c.muted);
                text::elided(ui, words);
            });
            ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                // Whoever is in a session signs out when it is over.
                if !busy && view.tabs.is_empty() && link(ui, cx, &cx.t.t("home-signout")).clicked() {
                    cx.send(AppOnly::SignOut);
                }
                // With sessions it is in the bar above.
                if view.tabs.is_empty() {
                    listed = key_list::button(ui, cx).clicked();
                }
            });
        });
    });
    listed
}
