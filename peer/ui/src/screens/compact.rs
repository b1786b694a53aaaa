//! The agent's window as a slim bar above all others: how it stands, and the ways on.

use deskside_session::{
    Role,
    app::{AppView, Screen, TransferView},
    view::{LinkView, View},
};
use eframe::egui::{
    self, Align, CentralPanel, Context, CornerRadius, Frame, Layout, Margin, Pos2, Rect, RichText, Sense,
    Stroke, StrokeKind, Ui, Vec2, ViewportCommand, WindowLevel, vec2,
};
use lucide_icons::Icon;

use super::{
    agent::waiting_words,
    bar,
    deed::Deed,
    dialog::Dialog,
    people, shortcuts,
    toast::Toast,
    toolbar::{self, note},
};
use crate::{
    cx::Cx,
    keys::{self, Action},
    number,
    widgets::{Button, Look, icon, text},
    words,
};

/// In points.
const SIZE: Vec2 = vec2(640.0, 56.0);

/// The window as it was.
#[derive(Clone, Copy, Debug)]
pub struct Before {
    /// Frame and content, in points; where the system does not tell, absent.
    outer: Option<Rect>,
    inner: Option<Rect>,
    maximized: bool,
}

/// Where a bar led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The whole window.
    Window,
    /// The whole window, with its chat.
    Chat,
    /// A question to ask in the whole window.
    Ask(Dialog),
}

impl Before {
    /// The window as it is now.
    pub fn now(ctx: &Context) -> Self {
        ctx.input(|i| {
            let v = i.viewport();
            Self { outer: v.outer_rect, inner: v.inner_rect, maximized: v.maximized == Some(true) }
        })
    }

    /// Makes the window slim, in the middle of the upper edge of where it was.
    pub fn slim(self, ctx: &Context) {
        if self.maximized {
            ctx.send_viewport_cmd(ViewportCommand::Maximized(false));
        }
        ctx.send_viewport_cmd(ViewportCommand::Decorations(false));
        ctx.send_viewport_cmd(ViewportCommand::WindowLevel(WindowLevel::AlwaysOnTop));
        ctx.send_viewport_cmd(ViewportCommand::MinInnerSize(SIZE));
        ctx.send_viewport_cmd(ViewportCommand::InnerSize(SIZE));
        if let Some(was) = self.outer {
            let left = was.center().x - SIZE.x / 2.0;
            ctx.send_viewport_cmd(ViewportCommand::OuterPosition(egui::pos2(left.max(0.0), was.top())));
        }
    }

    /// Makes it again what it was; `usual` and `least`: its size when that is not known, and the smallest.
    pub fn restore(self, ctx: &Context, usual: Vec2, least: Vec2) {
        ctx.send_viewport_cmd(ViewportCommand::WindowLevel(WindowLevel::Normal));
        ctx.send_viewport_cmd(ViewportCommand::Decorations(true));
        // What a maximised window was before that is not known.
        let size = self.inner.filter(|_| !self.maximized).map_or(usual, |r| r.size());
        ctx.send_viewport_cmd(ViewportCommand::InnerSize(size));
        ctx.send_viewport_cmd(ViewportCommand::MinInnerSize(least.min(size)));
        if let Some(at) = self.outer.filter(|_| !self.maximized).map(|r| r.min) {
            ctx.send_viewport_cmd(ViewportCommand::OuterPosition(at));
        }
        if self.maximized {
            ctx.send_viewport_cmd(ViewportCommand::Maximized(true));
        }
    }
}

/// Whether something happened that a person must see, and for which the bar has no room.
pub fn is_too_small(before: Option<&AppView>, now: &AppView) -> bool {
    let refused = |v: &AppView| match &v.screen {
        Screen::Session { session, .. } => {
            session.others.iter().filter(|o| matches!(o.link, LinkView::Refused { .. })).count()
        }
        _ => 0,
    };
    let transfer = |v: &AppView| match v.screen {
        Screen::Session { transfer: Some(t), .. } => {
            matches!(t, TransferView::Returned { .. } | TransferView::Refused { .. }).then_some(t)
        }
        _ => None,
    };
    now.problem.is_some() && before.is_none_or(|b| b.problem != now.problem)
        || refused(now) > before.map_or(0, refused)
        || transfer(now).is_some() && transfer(now) != before.and_then(transfer)
}

/// Fills the window with the bar; where it led to, if a button was used.
pub fn show(ui: &mut Ui, cx: &Cx<'_>, view: &View, toast: &mut Toast) -> Option<Next> {
    let k = cx.k;
    let frame = Frame::new().fill(k.c.surface).inner_margin(Margin::symmetric(14, 0));
    let mut next = None;
    CentralPanel::default().frame(frame).show(ui, |ui| {
        let whole = ui.max_rect().expand2(vec2(14.0, 0.0));
        ui.painter().rect_stroke(whole, CornerRadius::ZERO, Stroke::new(2.0, k.c.accent), StrokeKind::Inside);
        // Not for the keyboard.
        let drag = ui.interact(whole, egui::Id::unique("compact-drag"), Sense::DRAG);
        if drag.drag_started() {
            ui.ctx().send_viewport_cmd(ViewportCommand::StartDrag);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = k.space.half;
            let mut hint = None;
            next = by_key(ui.ctx(), cx, view).or(buttons(ui, cx, view, &mut hint));
            let news = toast.words(ui.ctx(), cx, view).map(|(words, _)| words);
            // A hint of its own would lie over the buttons.
            let state = hint.or(news).unwrap_or_else(|| state(cx, view));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| who(ui, cx, view, &state));
        });
    });
    next
}

/// Whose session it is, and how it stands.
fn who(ui: &mut Ui, cx: &Cx<'_>, view: &View, state: &str) {
    let k = cx.k;
    let customer = people::helped(view);
    let (sign, ink) = match customer {
        Some(customer) => people::link_sign(cx, &customer.link),
        None => (Icon::Hourglass, k.c.muted),
    };
    icon(ui, cx, sign, k.size.icon, ink);
    ui.add_space(k.space.one);
    let name = match customer {
        Some(customer) => cx.t.name(&customer.name),
        None => cx.t.ta("session-number", &[("number", (&number::group(&view.number.to_string())).into())]),
    };
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.add_space((SIZE.y - 40.0) / 2.0);
        text::elided(ui, RichText::new(name).font(k.strong(k.text.strong)).color(k.c.text));
        text::elided(ui, RichText::new(state).size(k.text.small).color(k.c.muted));
    });
}

/// What goes on, or what is in its way.
fn state(cx: &Cx<'_>, view: &View) -> String {
    let Some(customer) = people::helped(view) else { return cx.t.t("session-waiting") };
    let secure = matches!(customer.link, LinkView::Secure { .. });
    if !secure {
        return words::link(cx.t, customer);
    }
    let what = match (waiting_words(cx, view), &view.sharing) {
        (Some(waiting), _) => return waiting,
        (None, Some(sharing)) if sharing.sharer == view.me => return bar::state(cx, view, sharing),
        (None, Some(sharing)) => toolbar::who_controls(cx, view, sharing),
        (None, None) => return cx.t.t("console-sharing-none"),
    };
    format!("{what} · {}", words::link(cx.t, customer))
}

/// What was asked for by a key.
fn by_key(ctx: &Context, cx: &Cx<'_>, view: &View) -> Option<Next> {
    shortcuts::deeds(ctx, cx, view);
    let chat = keys::pressed(ctx, Action::Chat).then_some(Next::Chat);
    chat.or(shortcuts::ending(ctx, view).map(Next::Ask))
}

/// From right to left.
fn buttons(ui: &mut Ui, cx: &Cx<'_>, view: &View, hint: &mut Option<String>) -> Option<Next> {
    let t = cx.t;
    let mut next = None;
    let mut button = |ui: &mut Ui, sign, look, words: String, to| {
        let response = ui.add(Button::icon_only(cx, sign, &words).look(look));
        let keys = if to == Next::Window { keys::hint(t, &words, Action::Compact) } else { words };
        note(&response, hint, keys);
        if response.clicked() {
            next = Some(to);
        }
    };
    button(ui, Icon::Maximize2, Look::Secondary, t.t("compact-back"), Next::Window);
    let (sign, words, dialog) = if view.role == Role::Primary {
        (Icon::Power, t.t("session-end"), Dialog::End)
    } else {
        (Icon::LogOut, t.t("session-leave"), Dialog::Leave)
    };
    button(ui, sign, Look::QuietDanger, words, Next::Ask(dialog));
    let place = ui.cursor().right_top();
    let words = match view.unread {
        0 => t.t("session-chat"),
        n => format!("{}, {}", t.t("session-chat"), t.ta("chat-unread", &[("count", n.into())])),
    };
    button(ui, Icon::MessageCircle, Look::Quiet, words, Next::Chat);
    if view.unread > 0 {
        unread(ui, cx, egui::pos2(place.x - 8.0, ui.max_rect().center().y - 9.0), view.unread);
    }
    deeds(ui, cx, view, hint);
    next
}

/// How many messages are not read, at the corner of the button that leads to them.
fn unread(ui: &Ui, cx: &Cx<'_>, at: Pos2, count: u32) {
    let k = cx.k;
    ui.painter().circle(at, 8.0, k.c.danger, Stroke::new(2.0, k.c.surface));
    let count = count.min(99).to_string();
    ui.painter().text(at, egui::Align2::CENTER_CENTER, count, k.strong(10.0), k.c.on_danger);
}

/// What can be asked, released or stopped now.
fn deeds(ui: &mut Ui, cx: &Cx<'_>, view: &View, hint: &mut Option<String>) {
    let t = cx.t;
    let watches = view.sharing.is_some();
    for (deed, sign, look, worded) in [
        (Deed::Stop, Icon::CircleStop, Look::QuietDanger, false),
        (Deed::Release, Icon::Undo2, Look::Secondary, true),
        (Deed::TakeBack, Icon::Hand, Look::Secondary, true),
        (Deed::CancelAsk, Icon::X, Look::Secondary, true),
        (Deed::AskControl, Icon::MousePointer2, Look::Primary, watches),
        (Deed::AskView, Icon::Eye, Look::Primary, true),
    ] {
        if !deed.possible(view) || (deed == Deed::CancelAsk && Deed::Release.possible(view)) {
            continue;
        }
        let words = deed.words(t);
        let response = if worded {
            ui.add(Button::new(cx, &words).tool().icon(sign).look(look))
        } else {
            let look = if look == Look::Primary { Look::Secondary } else { look };
            ui.add(Button::icon_only(cx, sign, &words).look(look))
        };
        note(&response, hint, words);
        if response.clicked() {
            cx.session(deed.command());
        }
    }
}
