//! The question to the customer, in a window of its own above all others.
//!
//! Allow can be chosen only with a pointer, and only when the press began after the window had been
//! on the screen for [`ARM`] seconds: a key or a click that was meant for something else never allows.

use std::time::Duration;

use deskside_session::{
    ParticipantId, Role,
    command::{Act, Command, RequestId},
    direction::Direction,
    hiding::HidingView,
    view::{LinkView, Prompt, Verified, View},
};
use eframe::egui::{
    self, CornerRadius, Frame, Key, Margin, PointerButton, Response, RichText, Sense, Stroke, Ui,
    ViewportBuilder, ViewportCommand, ViewportId, vec2,
};
use lucide_icons::Icon;

use super::{copied_ways, files, half, people, scope};
use crate::{
    acts,
    cx::Cx,
    widgets::{Button, Look, Tone, banner, code_box, icon, text},
};

/// Seconds for which the question must have been visible before it can be allowed.
pub const ARM: f64 = 1.0;
/// Distinguishes this window for the window manager (WM_CLASS on X11, app id on Wayland).
pub const APP_ID: &str = "deskside-prompt";

const WIDTH: f32 = 480.0;

/// The question on the screen.
pub struct PromptWindow {
    request: RequestId,
    all: bool,
    /// Other customers who could see it too, as they were when the question came; and whether they shall.
    others: Option<Vec<ParticipantId>>,
    let_others: bool,
    choice: scope::Choice,
    /// Which way what is copied goes so far, and shall go.
    direction: Option<(Direction, Direction)>,
    /// When it was first drawn, and when it lapses; in seconds since the windows opened.
    shown: f64,
    lapses: f64,
    /// The pointer's button went down on Allow when it was armed.
    pressed: bool,
    answered: bool,
    height: f32,
}

impl PromptWindow {
    /// `now`: when the view that carries the prompt arrived.
    pub fn new(prompt: &Prompt, now: f64) -> Self {
        Self {
            request: prompt.request,
            all: false,
            others: None,
            let_others: false,
            choice: scope::Choice::default(),
            direction: None,
            shown: f64::INFINITY,
            lapses: now + prompt.remaining_ms as f64 / 1000.0,
            pressed: false,
            answered: false,
            height: 650.0,
        }
    }

    /// Keeps up with the view: another question starts anew.
    pub fn update(slot: &mut Option<Self>, prompt: Option<&Prompt>, now: f64) {
        match (slot.as_mut(), prompt) {
            (Some(open), Some(p)) if open.request == p.request => {
                open.lapses = now + p.remaining_ms as f64 / 1000.0;
            }
            (_, Some(p)) => *slot = Some(Self::new(p, now)),
            (_, None) => *slot = None,
        }
    }

    /// Opens the window, or goes on showing it.
    pub fn show(&mut self, ui: &Ui, cx: &Cx<'_>, view: &View, prompt: &Prompt, hiding: &HidingView) {
        if self.answered {
            return;
        }
        let size = vec2(WIDTH, self.height);
        let mut builder = ViewportBuilder::default()
            .with_title(cx.t.t("prompt-window"))
            .with_app_id(APP_ID)
            .with_inner_size(size)
            .with_resizable(false)
            .with_minimize_button(false)
            .with_maximize_button(false)
            .with_always_on_top()
            .with_active(true);
        if let Some(screen) = ui.input(|i| i.viewport().monitor_size)
            && self.shown.is_infinite()
        {
            builder = builder.with_position(((screen - size) / 2.0).max(egui::Vec2::ZERO).to_pos2());
        }
        let id = ViewportId::from_hash_of("prompt");
        ui.ctx().show_viewport_immediate(id, builder, |ui, class| {
            if self.shown.is_infinite() {
                self.shown = cx.now;
                ui.ctx().send_viewport_cmd_to(id, ViewportCommand::Focus);
                ui.ctx().send_viewport_cmd_to(id, ViewportCommand::ContentProtected(true));
            }
            let own = class != egui::ViewportClass::EmbeddedWindow;
            let escape = ui.input(|i| i.key_pressed(Key::Escape));
            let closed = own && ui.input(|i| i.viewport().close_requested());
            let used = Frame::new()
                .fill(cx.k.c.window)
                .inner_margin(Margin::same(cx.k.space.three as i8))
                .show(ui, |ui| {
                    ui.set_width(WIDTH - 2.0 * cx.k.space.three);
                    self.content(ui, cx, view, prompt, hiding);
                });
            self.height = used.response.rect.height().ceil();
            if escape || closed {
                self.answer(cx, false);
            }
        });
    }

    fn content(&mut self, ui: &mut Ui, cx: &Cx<'_>, view: &View, prompt: &Prompt, hiding: &HidingView) {
        let k = cx.k;
        ui.spacing_mut().item_spacing.y = 12.0;
        who_asks_what(ui, cx, view, prompt);
        if let Some(asked) = &prompt.files {
            files::asked(ui, cx, asked);
        }
        text::text(ui, cx, acts::means(cx.t, prompt.act));
        if !prompt.along.is_empty() {
            let names = prompt.along.iter().map(|n| cx.t.name(n)).collect::<Vec<_>>().join(", ");
            wrapped(ui, cx, Icon::Eye, &cx.t.ta("prompt-along", &[("names", (&names).into())]));
        }
        proof(ui, cx, view, prompt);
        banner(ui, cx, Tone::Warn, "", &cx.t.t("prompt-warning"));
        let others = self.others.get_or_insert_with(|| could_see(view, prompt)).clone();
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = k.space.one;
            self.choice.show(ui, cx, view, prompt, hiding);
            if copied_ways::goes(prompt.act) {
                let first = || (view.clipboard, copied_ways::first(view));
                copied_ways::ask(ui, cx, &mut self.direction.get_or_insert_with(first).1);
            }
            if !others.is_empty() {
                let names: Vec<_> = others.iter().map(|id| people::short_name(cx, view, *id)).collect();
                let words = cx.t.ta("prompt-others", &[("names", (&names.join(", ")).into())]);
                ui.checkbox(&mut self.let_others, RichText::new(words).color(k.c.text));
            }
            ui.checkbox(&mut self.all, RichText::new(cx.t.t("prompt-all")).color(k.c.text));
        });
        let left = (self.lapses - cx.now).max(0.0);
        self.buttons(ui, cx, left);
        ui.vertical_centered(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            let seconds = left.ceil() as u32;
            let words = cx.t.ta("prompt-countdown", &[("seconds", seconds.into())]);
            ui.label(RichText::new(words).color(k.c.text));
            text::small(ui, cx, cx.t.t("prompt-mouse"));
        });
        // Wakes when the number changes, not sixty times a second.
        let next = (left - (left.ceil() - 1.0)).max(0.02);
        ui.ctx().request_repaint_after(Duration::from_secs_f64(next));
    }

    fn buttons(&mut self, ui: &mut Ui, cx: &Cx<'_>, left: f64) {
        let age = cx.now - self.shown;
        let armed = age >= ARM && left > 0.0 && self.choice.is_made();
        let mut answer = None;
        ui.horizontal(|ui| {
            let size = half(ui, cx);
            let refuse = Button::new(cx, cx.t.t("prompt-refuse"))
                .look(Look::Strong)
                .icon(Icon::X)
                .width(size)
                .height(cx.k.size.tall);
            if ui.add(refuse).clicked() {
                answer = Some(false);
            }
            let words = if armed { cx.t.t("prompt-allow") } else { cx.t.t("prompt-allow-wait") };
            let allow = Button::new(cx, words)
                .name(cx.t.t("prompt-allow"))
                .look(Look::Primary)
                .icon(Icon::Check)
                .width(size)
                .height(cx.k.size.tall)
                // Not focusable: no key reaches it.
                .sense(Sense::CLICK)
                .fill((age / ARM).clamp(0.0, 1.0) as f32);
            let response = ui.add_enabled(armed, allow);
            if self.chosen(ui, &response, armed) {
                answer = Some(true);
            }
        });
        if !armed && left > 0.0 {
            ui.ctx().request_repaint_after(Duration::from_millis(100));
        }
        if let Some(allow) = answer {
            self.answer(cx, allow);
        }
    }

    /// A press and a release of the pointer on Allow, the press after arming; or the choice of a
    /// screen reader, which does not come as a key.
    fn chosen(&mut self, ui: &Ui, allow: &Response, armed: bool) -> bool {
        if ui.input(|i| i.pointer.button_pressed(PointerButton::Primary)) {
            self.pressed = armed && allow.contains_pointer();
        }
        let by_reader =
            ui.input(|i| i.has_accesskit_action_request(allow.id, egui::accesskit::Action::Click));
        armed && allow.clicked() && (by_reader || self.pressed)
    }

    fn answer(&mut self, cx: &Cx<'_>, allow: bool) {
        if !self.answered {
            self.answered = true;
            if allow {
                self.choice.tell(cx);
                if let Some((before, direction)) = self.direction
                    && before != direction
                {
                    cx.session(Command::ClipboardDirection { direction });
                }
            }
            cx.session(Command::Answer { request: self.request, allow, all: allow && self.all });
            for id in self.others.iter().flatten().filter(|_| allow && self.let_others) {
                cx.session(Command::Exclude { id: *id, excluded: false });
            }
        }
    }
}

/// Other customers whom the agent would let see it, and who do not yet.
fn could_see(view: &View, prompt: &Prompt) -> Vec<ParticipantId> {
    let customers = view.others.iter().filter(|o| o.role == Role::Customer && view.excluded.contains(&o.id));
    let shows = matches!(prompt.act, Act::View | Act::Control);
    customers.filter(|_| shows).map(|o| o.id).collect()
}

fn wrapped(ui: &mut Ui, cx: &Cx<'_>, sign: Icon, words: &str) {
    ui.horizontal_top(|ui| {
        icon(ui, cx, sign, 20.0, cx.k.c.muted);
        ui.add(egui::Label::new(RichText::new(words).color(cx.k.c.text)).wrap());
    });
}

fn who_asks_what(ui: &mut Ui, cx: &Cx<'_>, view: &View, prompt: &Prompt) {
    let k = cx.k;
    let (sign, what) = (acts::sign(prompt.act), acts::question(cx.t, prompt.act));
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = k.space.two;
        let (rect, _) = ui.allocate_exact_size(vec2(56.0, 56.0), Sense::hover());
        ui.painter().rect_filled(rect, CornerRadius::same(k.radius.pill), k.c.accent_soft);
        ui.painter().text(
            rect.center(),
            egui::Align2::CENTER_CENTER,
            char::from(sign),
            k.icon(28.0),
            k.c.accent_text,
        );
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let name = RichText::new(cx.t.name(&prompt.name)).font(k.strong(k.text.heading)).color(k.c.text);
            text::elided(ui, name);
            let from = cx.t.ta("prompt-from", &[("organisation", (&view.organisation).into())]);
            text::elided(ui, RichText::new(from).color(k.c.muted));
        });
    });
    text::title(ui, cx, what);
}

fn proof(ui: &mut Ui, cx: &Cx<'_>, view: &View, prompt: &Prompt) {
    let k = cx.k;
    let link = view.others.iter().find(|o| o.id == prompt.from).map(|o| &o.link);
    match link {
        Some(LinkView::Secure { verified: Verified::Code { code }, .. }) => {
            Frame::new()
                .fill(k.c.surface)
                .stroke(Stroke::new(1.0, k.c.line))
                .corner_radius(CornerRadius::same(k.radius.card))
                .inner_margin(Margin::same(12))
                .show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    ui.spacing_mut().item_spacing.y = k.space.one;
                    text::strong(ui, cx, cx.t.t("prompt-code"));
                    code_box(ui, cx, code);
                });
        }
        Some(LinkView::Secure { verified: Verified::Link, .. }) => {
            ui.horizontal(|ui| {
                icon(ui, cx, Icon::ShieldCheck, 20.0, k.c.good);
                ui.add(egui::Label::new(RichText::new(cx.t.t("prompt-link")).color(k.c.good_text)).wrap());
            });
        }
        _ => banner(ui, cx, Tone::Danger, "", &cx.t.t("prompt-unproven")),
    }
}
