//! The customer's window while a session is on: who is there, what is allowed, chat, leave.

use deskside_session::{
    Role,
    command::{Act, Command},
    hiding::HidingView,
    view::{LinkView, Other, View},
};
use eframe::egui::{Frame, Margin, Panel, RichText, ScrollArea, Ui};
use lucide_icons::Icon;

use super::{chat::ChatForm, copied_ways, dialog::Dialog, files, hiding, own_screen, people, toast::Toast};
use crate::{
    acts,
    cx::Cx,
    widgets::{self, Button, Look, Tone, banner, banner::note, card, icon, strong, text},
    words,
};

/// Draws it; a question to ask, if a button led to one.
pub fn show(
    ui: &mut Ui,
    cx: &Cx<'_>,
    view: &View,
    open: &HidingView,
    chat: &mut ChatForm,
    toast: &mut Toast,
) -> Option<Dialog> {
    let k = cx.k;
    let mut dialog = None;
    let frame = Frame::new().fill(k.c.window).inner_margin(Margin::same(k.space.two as i8));
    // The messages keep room for a few lines.
    let head = (ui.max_rect().height() - 300.0).max(160.0);
    Panel::bottom("customer-foot").frame(frame).show_separator_line(false).show(ui, |ui| {
        let leave = Button::new(cx, cx.t.t("customer-leave")).icon(Icon::LogOut).width(ui.available_width());
        if ui.add(leave).clicked() {
            dialog = Some(Dialog::Leave);
        }
    });
    let frame =
        Frame::new().fill(k.c.window).inner_margin(Margin { bottom: 0, ..Margin::same(k.space.two as i8) });
    Panel::top("customer-head").frame(frame).show_separator_line(false).max_size(head + 16.0).show(
        ui,
        |ui| {
            ScrollArea::vertical().id_salt("head").max_height(head).min_scrolled_height(head).show(
                ui,
                |ui| {
                    ui.spacing_mut().item_spacing.y = 12.0;
                    if !view.server_up {
                        banner(ui, cx, Tone::Warn, "", &cx.t.t("session-server-down"));
                    }
                    files::show(ui, cx, view);
                    own_screen::show(ui, cx, view, open);
                    agents(ui, cx, view);
                    permissions(ui, cx, view);
                },
            );
        },
    );
    let frame =
        Frame::new().fill(k.c.window).inner_margin(Margin { bottom: 0, ..Margin::same(k.space.two as i8) });
    eframe::egui::CentralPanel::default().frame(frame).show(ui, |ui| {
        ui.horizontal(|ui| {
            icon(ui, cx, Icon::MessageCircle, k.size.icon, k.c.muted);
            strong(ui, cx, cx.t.t("session-chat"));
        });
        let place = ui.available_rect_before_wrap();
        chat.show(ui, cx, view, None);
        toast.show(ui, cx, view, place.with_max_y(place.bottom() - k.size.control));
    });
    dialog
}

fn agents(ui: &mut Ui, cx: &Cx<'_>, view: &View) {
    let k = cx.k;
    if !view.others.iter().any(|o| o.role != Role::Customer) {
        card(cx).show(ui, |ui| {
            ui.set_width(ui.available_width());
            super::idle(ui, cx, &cx.t.t("customer-nobody"));
            text::muted(ui, cx, cx.t.t("customer-nobody-lead"));
        });
    }
    for other in &view.others {
        ui.push_id(other.id, |ui| {
            card(cx).show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.horizontal(|ui| {
                    ui.spacing_mut().item_spacing.x = 12.0;
                    widgets::avatar(ui, cx, &other.name, k.size.avatar + 4.0);
                    ui.vertical(|ui| {
                        ui.spacing_mut().item_spacing.y = 0.0;
                        text::elided(
                            ui,
                            RichText::new(cx.t.name(&other.name))
                                .font(k.strong(k.text.title))
                                .color(k.c.text),
                        );
                        let organisation = [("organisation", (&view.organisation).into())];
                        let below = match other.role {
                            Role::Customer => words::role(cx.t, other.role),
                            Role::Assistant => cx.t.ta("customer-assistant-of", &organisation),
                            Role::Primary => cx.t.ta("customer-organisation-of", &organisation),
                        };
                        text::elided(ui, RichText::new(below).color(k.c.muted));
                        if people::by_link(other) {
                            note(ui, cx, Icon::ShieldCheck, &cx.t.t("verified-link"), k.c.good_text);
                        }
                    });
                });
                match other.role {
                    Role::Customer => another(ui, cx, view, other),
                    Role::Assistant => watcher(ui, cx, view, other),
                    Role::Primary => shows(ui, cx, view, other),
                }
                match other.link {
                    LinkView::Secure { .. } => people::code(ui, cx, view.role, other),
                    LinkView::Connecting => {
                        note(ui, cx, Icon::Hourglass, &words::link(cx.t, other), k.c.muted);
                    }
                    LinkView::Lost => {
                        note(ui, cx, Icon::WifiOff, &words::link(cx.t, other), k.c.warn_text);
                    }
                    LinkView::Refused { reason } => {
                        let (what, to_do) = words::refusal(cx.t, reason);
                        banner(ui, cx, Tone::Danger, &what, &to_do);
                    }
                }
            });
        });
    }
}

/// Whether somebody sees what is shared, and the way to change that.
fn watcher(ui: &mut Ui, cx: &Cx<'_>, view: &View, other: &Other) {
    let k = cx.k;
    let excluded = view.excluded.contains(&other.id);
    if !(excluded || view.watchers.contains(&other.id)) {
        return;
    }
    let sees = view.sharing.as_ref().is_some_and(|s| s.viewers.contains(&other.id));
    let (sign, words, ink) = match (excluded, sees) {
        (true, _) => (Icon::EyeOff, cx.t.t("customer-excluded"), k.c.muted),
        (false, true) => (Icon::Eye, cx.t.t("customer-sees"), k.c.warn_text),
        (false, false) => (Icon::Eye, cx.t.t("customer-would-see"), k.c.muted),
    };
    ui.add_space(k.space.half);
    note(ui, cx, sign, &words, ink);
    let name = cx.t.short_name(&other.name);
    let named = |key| cx.t.ta(key, &[("name", (&name).into())]);
    let words = match (other.role, excluded) {
        (Role::Customer, true) => named("customer-show"),
        (Role::Customer, false) => named("customer-hide"),
        (_, true) => named("customer-include"),
        (_, false) => named("customer-exclude"),
    };
    let sign = if excluded { Icon::Eye } else { Icon::EyeOff };
    if ui.add(Button::new(cx, words).icon(sign).width(ui.available_width())).clicked() {
        cx.session(Command::Exclude { id: other.id, excluded: !excluded });
    }
}

/// What another customer sees of what I share, and the way to change that; or that I see what it shares.
fn another(ui: &mut Ui, cx: &Cx<'_>, view: &View, other: &Other) {
    let k = cx.k;
    match &view.sharing {
        Some(sharing) if sharing.sharer == other.id => {
            ui.add_space(k.space.half);
            note(ui, cx, Icon::Monitor, &cx.t.t("customer-shares"), k.c.accent_text);
        }
        Some(sharing) if sharing.sharer == view.me => {
            watcher(ui, cx, view, other);
        }
        _ => {}
    }
}

/// That I see what the agent shows, and what I may do there.
fn shows(ui: &mut Ui, cx: &Cx<'_>, view: &View, other: &Other) {
    let k = cx.k;
    let Some(sharing) = view.sharing.as_ref().filter(|s| s.sharer == other.id) else { return };
    ui.add_space(k.space.half);
    if sharing.controller == Some(view.me) {
        note(ui, cx, Icon::MousePointer2, &cx.t.t("customer-may-control"), k.c.good_text);
    } else {
        note(ui, cx, Icon::ScreenShare, &cx.t.t("customer-shares"), k.c.accent_text);
    }
}

fn permissions(ui: &mut Ui, cx: &Cx<'_>, view: &View) {
    let k = cx.k;
    card(cx).show(ui, |ui| {
        ui.set_width(ui.available_width());
        strong(ui, cx, cx.t.t("customer-permissions"));
        let shares = view.sharing.as_ref().is_some_and(|s| s.sharer == view.me);
        let mut acts: Vec<Act> = view.grants.iter().map(|g| g.act).collect();
        acts.sort_unstable();
        acts.dedup();
        if acts.is_empty() && !view.allow_all {
            text::muted(ui, cx, cx.t.t("customer-nothing"));
            return hiding::button(ui, cx);
        }
        if view.allow_all {
            banner(ui, cx, Tone::Warn, "", &cx.t.t("customer-allow-all"));
        }
        if view.allow_all || acts.len() > 1 {
            let all = Button::new(cx, cx.t.t("customer-revoke-all"))
                .icon(Icon::Undo2)
                .height(k.size.control)
                .width(ui.available_width());
            if ui.add(all).clicked() {
                cx.session(Command::Revoke { act: None });
            }
        }
        for act in &acts {
            permission(ui, cx, *act);
            if acts.iter().rev().find(|a| copied_ways::goes(**a)) == Some(act) {
                copied_ways::choose(ui, cx, view);
            }
        }
        if !shares {
            hiding::button(ui, cx);
        }
    });
}

fn permission(ui: &mut Ui, cx: &Cx<'_>, act: Act) {
    let k = cx.k;
    let words = words::act(cx.t, act);
    ui.horizontal(|ui| {
        ui.set_min_height(k.size.tool);
        icon(ui, cx, acts::sign(act), k.size.icon, k.c.accent_text);
        ui.with_layout(eframe::egui::Layout::right_to_left(eframe::egui::Align::Center), |ui| {
            let name = cx.t.ta("customer-revoke-act", &[("act", (&words).into())]);
            let back = Button::new(cx, cx.t.t("customer-revoke")).tool().look(Look::Secondary).name(name);
            if ui.add(back).clicked() {
                cx.session(Command::Revoke { act: Some(act) });
            }
            ui.with_layout(eframe::egui::Layout::left_to_right(eframe::egui::Align::Center), |ui| {
                ui.add(eframe::egui::Label::new(RichText::new(&words).color(k.c.text)).wrap());
            });
        });
    });
}
