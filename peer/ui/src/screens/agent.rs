//! The agent's window while a session is on: invitation or picture, and the panel at the side.

use deskside_session::{
    Role,
    app::{DeskView, NotesView, PhrasesView, TransferView},
    command::{Act, Command},
    hiding::HidingView,
    view::{LinkView, Other, Verified, View},
};
use eframe::egui::{Align, CentralPanel, Frame, Layout, Margin, Panel, RichText, ScrollArea, Stroke, Ui};
use lucide_icons::Icon;

use super::{
    chat::ChatForm,
    console::{Console, order::Order},
    copied::{Copied, Copy},
    deed::Deed,
    dialog::Dialog,
    files, half, idle, middle,
    notes::NotesForm,
    people, shortcuts,
    show_form::ShowForm,
    showing, stage,
    toast::Toast,
    transfer::{self, TransferForm},
    viewer::Viewer,
};
use crate::{
    acts,
    cx::Cx,
    number,
    widgets::{Button, Look, Tone, banner, card, digits, strong, text},
    words,
};

/// What the agent's session keeps between two pictures of itself.
#[derive(Default)]
pub struct AgentSession {
    pub viewer: Viewer,
    copied: Copied,
    pub console: Console,
}

/// What the window around it lends.
pub struct Around<'a> {
    pub server: &'a str,
    pub hiding: &'a HidingView,
    pub phrases: Option<&'a PhrasesView>,
    /// The native window, if it has one in which others can be laid.
    pub root: Option<u64>,
    pub desk: Option<&'a DeskView>,
    pub transfer: Option<TransferView>,
    pub passing: &'a mut TransferForm,
    /// A question lies over everything.
    pub dialog: bool,
    pub notes: Option<(&'a NotesView, &'a mut NotesForm)>,
    pub order: &'a mut Order,
    pub chat: &'a mut ChatForm,
    pub toast: &'a mut Toast,
}

impl AgentSession {
    /// Draws it; a question to ask, if a button led to one.
    pub fn show(&mut self, ui: &mut Ui, cx: &Cx<'_>, view: &View, mut around: Around<'_>) -> Option<Dialog> {
        let k = cx.k;
        files::dropped(ui.ctx(), cx, view);
        let mut dialog = shortcuts::console(ui.ctx(), cx, view, self, &mut around);
        let watching = view.sharing.as_ref().filter(|s| s.sharer != view.me);
        if self.viewer.side || watching.is_none() {
            let frame = Frame::new().fill(k.c.window);
            let stroke = Stroke::new(1.0, k.c.line);
            let side = Panel::right("side")
                .frame(frame)
                .resizable(false)
                .exact_size(336.0)
                .show_separator_line(false);
            let rect =
                side.show(ui, |ui| dialog = dialog.or(self.side(ui, cx, view, &mut around))).response.rect;
            ui.painter().vline(rect.left(), rect.y_range(), stroke);
            let foot = k.size.control * 2.0 + k.space.four;
            around.toast.show(ui, cx, view, rect.with_max_y(rect.bottom() - foot));
        }
        if let Some(desk) = around.desk.filter(|_| view.role == Role::Primary) {
            around.passing.show(ui, cx, desk);
        }
        self.console.showing.open &= Deed::AskShow.possible(view);
        self.console.showing.show(ui, cx, around.hiding);
        let shown = view.sharing.as_ref().filter(|s| s.sharer == view.me);
        match watching {
            None if shown.is_some() => {
                self.viewer.close_if_open(ui.ctx(), cx);
                shown.into_iter().for_each(|sharing| showing::show(ui, cx, view, sharing));
            }
            Some(sharing) => {
                let passing = around.passing.open && view.role == Role::Primary;
                let covered = around.dialog || passing || self.console.showing.open;
                stage::show(ui, cx, view, sharing, &mut self.viewer, around.toast, around.root, covered);
            }
            None => {
                self.viewer.close_if_open(ui.ctx(), cx);
                let frame = Frame::new().fill(k.c.window).inner_margin(Margin::same(k.space.three as i8));
                CentralPanel::default().frame(frame).show(ui, |ui| {
                    ScrollArea::vertical()
                        .auto_shrink(false)
                        .show(ui, |ui| self.lobby(ui, cx, view, around.server));
                });
            }
        }
        dialog
    }

    /// Nothing is shared yet: the invitation, or what to ask whoever is there.
    fn lobby(&mut self, ui: &mut Ui, cx: &Cx<'_>, view: &View, server: &str) {
        if view.role == Role::Assistant {
            return middle(ui, 480.0, 300.0, |ui| assisting(ui, cx, view));
        }
        match people::helped(view) {
            None => middle(ui, 560.0, 470.0, |ui| self.invitation(ui, cx, view, server)),
            Some(customer) => {
                middle(ui, 480.0, 440.0, |ui| ready(ui, cx, view, customer, &mut self.console.showing))
            }
        }
    }

    fn invitation(&mut self, ui: &mut Ui, cx: &Cx<'_>, view: &View, server: &str) {
        let k = cx.k;
        let shown = view.number.to_string();
        text::heading(ui, cx, cx.t.t("session-invite"));
        text::muted(ui, cx, cx.t.t("session-invite-lead"));
        ui.add_space(k.space.one);
        card(cx).inner_margin(Margin::same(k.space.three as i8)).show(ui, |ui| {
            ui.set_width(ui.available_width());
            let words = cx.t.ta("session-number", &[("number", (&shown).into())]);
            digits(ui, cx, &number::group(&shown), k.text.number * 1.3, k.c.text, &words);
            ui.add_space(k.space.one);
            self.copy_buttons(ui, cx, view);
        });
        ui.add_space(k.space.one);
        card(cx).show(ui, |ui| {
            ui.set_width(ui.available_width());
            strong(ui, cx, cx.t.t("session-tell"));
            for (i, words) in [
                cx.t.ta("session-tell-1", &[("server", server.into())]),
                cx.t.ta("session-tell-2", &[("number", (&number::group(&shown)).into())]),
                cx.t.t("session-tell-3"),
            ]
            .into_iter()
            .enumerate()
            {
                ui.horizontal_top(|ui| {
                    ui.label(
                        RichText::new((i + 1).to_string())
                            .font(k.strong(k.text.strong))
                            .color(k.c.accent_text),
                    );
                    text::text(ui, cx, words);
                });
            }
            ui.add_space(k.space.half);
            text::small(ui, cx, cx.t.t("session-link-better"));
        });
        ui.add_space(k.space.half);
        idle(ui, cx, &cx.t.t("session-waiting"));
    }

    fn copy_buttons(&mut self, ui: &mut Ui, cx: &Cx<'_>, view: &View) {
        ui.horizontal(|ui| {
            let width = if view.link.is_some() { half(ui, cx) } else { ui.available_width() };
            let number = number::group(&view.number.to_string());
            self.copy_button(ui, cx, Copy::Number, &number, width);
            if let Some(link) = &view.link {
                self.copy_button(ui, cx, Copy::Link, link, width);
            }
        });
    }

    fn copy_button(&mut self, ui: &mut Ui, cx: &Cx<'_>, what: Copy, value: &str, width: f32) {
        let (sign, words) = match (what, self.copied.now(cx, what)) {
            (_, true) => (Icon::Check, cx.t.t("session-copied")),
            (Copy::Number, _) => (Icon::Copy, cx.t.t("session-copy-number")),
            (Copy::Link, _) => (Icon::Link, cx.t.t("session-copy-link")),
        };
        let look = if what == Copy::Link { Look::Primary } else { Look::Secondary };
        if ui.add(Button::new(cx, words).icon(sign).look(look).width(width)).clicked() {
            self.copied.copy(ui, cx, what, value);
        }
    }

    fn side(&mut self, ui: &mut Ui, cx: &Cx<'_>, view: &View, around: &mut Around<'_>) -> Option<Dialog> {
        let k = cx.k;
        let mut dialog = None;
        let margin = Margin::same(k.space.two as i8);
        let whole = ui.max_rect().height();
        Panel::bottom("side-foot").frame(Frame::new().inner_margin(margin)).show_separator_line(false).show(
            ui,
            |ui| {
                if shortcuts::may_transfer(view, around) {
                    let pass = Button::new(cx, cx.t.t("transfer")).icon(Icon::ArrowRightLeft);
                    if ui.add(pass.width(ui.available_width())).clicked() {
                        around.passing.open = true;
                    }
                }
                ui.horizontal(|ui| {
                    let primary = view.role == Role::Primary;
                    let leaves = shortcuts::may_leave(view);
                    let width = if primary && leaves { half(ui, cx) } else { ui.available_width() };
                    let leave = Button::new(cx, cx.t.t("session-leave")).icon(Icon::LogOut).width(width);
                    if leaves && ui.add(leave).clicked() {
                        dialog = Some(Dialog::Leave);
                    }
                    let end = Button::new(cx, cx.t.t("session-end"))
                        .icon(Icon::Power)
                        .look(Look::Danger)
                        .width(width);
                    if primary && ui.add(end).clicked() {
                        dialog = Some(Dialog::End);
                    }
                });
            },
        );
        let top = Frame::new().inner_margin(Margin { bottom: 0, ..margin });
        // The more people, the more there is to say.
        let head = whole * if view.others.len() > 1 { 0.44 } else { 0.6 };
        Panel::top("side-head").frame(top).show_separator_line(false).max_size(head + 16.0).show(ui, |ui| {
            ScrollArea::vertical().id_salt("side-head").max_height(head).min_scrolled_height(head).show(
                ui,
                |ui| {
                    ui.spacing_mut().item_spacing.y = 12.0;
                    if !view.server_up {
                        banner(ui, cx, Tone::Warn, "", &cx.t.t("session-server-down"));
                    }
                    self.people_head(ui, cx, view);
                    if let Some(transfer) = around.transfer {
                        transfer::state(ui, cx, transfer);
                    }
                    dialog = dialog.or(people::show(ui, cx, view));
                },
            );
        });
        CentralPanel::default().frame(Frame::new().inner_margin(Margin { bottom: 0, ..margin })).show(
            ui,
            |ui| {
                self.console.show(ui, cx, view, around, &mut self.copied);
            },
        );
        dialog
    }

    fn people_head(&mut self, ui: &mut Ui, cx: &Cx<'_>, view: &View) {
        let k = cx.k;
        ui.horizontal(|ui| {
            strong(ui, cx, cx.t.t("session-people"));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if view.others.is_empty() {
                    return;
                }
                // Once somebody is there, the large number is gone: more can still be invited from here.
                let number = number::group(&view.number.to_string());
                let sign = if self.copied.now(cx, Copy::Number) { Icon::Check } else { Icon::Copy };
                let copy = Button::new(cx, &number).tool().icon(sign).name(cx.t.t("session-copy-number"));
                if ui.add(copy).on_hover_text(cx.t.t("session-copy-number")).clicked() {
                    self.copied.copy(ui, cx, Copy::Number, &number);
                }
            });
        });
        ui.add_space(-k.space.half);
    }
}

/// What is being waited for.
pub(crate) fn waiting_words(cx: &Cx<'_>, view: &View) -> Option<String> {
    let customer = people::helped(view)?;
    let name = cx.t.short_name(&customer.name);
    let act = acts::what(cx.t, view.asked?);
    let both = [("name", (&name).into()), ("act", (&act).into())];
    let name = [("name", (&name).into())];
    Some(match view.asked? {
        Act::View => cx.t.ta("ask-waiting-view", &name),
        Act::Control => cx.t.ta("ask-waiting-control", &name),
        Act::Clipboard => cx.t.ta("ask-waiting-clipboard", &name),
        _ => cx.t.ta("ask-waiting-act", &both),
    })
}

/// A question that waits for its answer.
pub(super) fn asked(ui: &mut Ui, cx: &Cx<'_>, view: &View) {
    let Some(words) = waiting_words(cx, view) else { return };
    card(cx).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            crate::widgets::busy_dots(ui, cx, cx.k.c.accent);
            text::text(ui, cx, words);
        });
        let cancel = Button::new(cx, cx.t.t("ask-cancel")).icon(Icon::X).width(ui.available_width());
        if ui.add(cancel).clicked() {
            cx.session(Command::CancelAsk);
        }
    });
}

/// An assistant, while there is no picture for it: who leads, and whether the picture will come.
fn assisting(ui: &mut Ui, cx: &Cx<'_>, view: &View) {
    let k = cx.k;
    let Some(leader) = people::leader(view) else {
        ui.vertical_centered(|ui| {
            text::heading(ui, cx, cx.t.t("assist-nobody"));
            text::muted(ui, cx, cx.t.t("assist-nobody-lead"));
        });
        return;
    };
    let name = cx.t.short_name(&leader.name);
    let named = |key| cx.t.ta(key, &[("name", (&name).into())]);
    let watches = view.watchers.contains(&view.me);
    ui.vertical_centered(|ui| {
        crate::widgets::avatar(ui, cx, &leader.name, 72.0);
        ui.add_space(k.space.one);
        text::heading(ui, cx, named("assist-leads"));
        text::muted(ui, cx, if watches { named("assist-watches") } else { named("assist-waits") });
    });
}

/// A customer is there, and nothing is shared: what can be asked.
fn ready(ui: &mut Ui, cx: &Cx<'_>, view: &View, customer: &Other, form: &mut ShowForm) {
    let k = cx.k;
    let name = cx.t.short_name(&customer.name);
    let named = |key| cx.t.ta(key, &[("name", (&name).into())]);
    let (title, lead) = match &customer.link {
        LinkView::Connecting => (named("ready-connecting-title"), named("ready-connecting-lead")),
        LinkView::Lost => (named("ready-lost-title"), named("ready-lost-lead")),
        LinkView::Refused { reason } => (named("ready-refused-title"), words::refusal(cx.t, *reason).1),
        LinkView::Secure { .. } => (named("ready-title"), named("ready-lead")),
    };
    ui.vertical_centered(|ui| {
        crate::widgets::avatar(ui, cx, &customer.name, 72.0);
        ui.add_space(k.space.one);
        text::heading(ui, cx, title);
        text::muted(ui, cx, lead);
    });
    ui.add_space(k.space.two);
    let LinkView::Secure { verified, .. } = &customer.link else { return };
    if matches!(verified, Verified::Code { .. }) {
        banner(ui, cx, Tone::Warn, "", &named("ready-code-first"));
        ui.add_space(k.space.half);
    }
    if view.asked.is_some() {
        asked(ui, cx, view);
        return;
    }
    let wide = ui.available_width();
    for (deed, sign, look) in [
        (Deed::AskView, Icon::Eye, Look::Primary),
        (Deed::AskControl, Icon::MousePointer2, Look::Secondary),
        (Deed::AskShow, Icon::ScreenShare, Look::Quiet),
    ] {
        let button = Button::new(cx, deed.words(cx.t)).icon(sign).look(look).width(wide);
        if ui.add(button.height(k.size.tall)).clicked() {
            form.click(cx, deed);
        }
    }
}
