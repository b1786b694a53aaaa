//! The own screen while it is shared or shown: how it stands, the ways to pause and end it, and what else there is to
//! choose; the same for a customer and for an agent.

use deskside_session::{
    Role,
    command::Command,
    hiding::HidingView,
    marks::{Draw, Pen},
    view::{Sharing, View},
};
use eframe::egui::{Align, Label, Layout, RichText, Ui};
use lucide_icons::Icon;

use super::{bar, choose, draw, half, hiding, quality, scope};
use crate::{
    cx::Cx,
    widgets::{
        Button, Look, card, icon,
        menu::{item, menu},
        rule, text,
    },
};

/// In the panel of a customer who shares.
pub fn show(ui: &mut Ui, cx: &Cx<'_>, view: &View, open: &HidingView) {
    let Some(sharing) = view.sharing.as_ref().filter(|s| s.sharer == view.me) else { return };
    card(cx).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = cx.k.space.one;
        state(ui, cx, view, sharing);
        hiding::warn(ui, cx, view);
        controls(ui, cx, view, sharing);
        scope::shared(ui, cx, view, open);
        choose::narrow(ui, cx, view);
        text::small(ui, cx, cx.t.t("customer-escape"));
    });
}

/// Who sees it or controls it, who else does, and how much is seen.
fn state(ui: &mut Ui, cx: &Cx<'_>, view: &View, sharing: &Sharing) {
    let k = cx.k;
    let sign = match (sharing.paused, sharing.controller) {
        (true, _) => Icon::CirclePause,
        (false, Some(_)) => Icon::MousePointer2,
        (false, None) => Icon::ScreenShare,
    };
    ui.horizontal(|ui| {
        icon(ui, cx, sign, k.size.icon + 4.0, bar::tone(cx, sharing));
        ui.with_layout(Layout::top_down(Align::Min), |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            // On one line with the sign.
            ui.add_space(3.0);
            let words = bar::state(cx, view, sharing);
            let words = RichText::new(words).font(k.strong(k.text.strong)).color(k.c.text);
            ui.add(Label::new(words).wrap());
            let more = [scope::hint(cx, sharing), bar::also(cx, view, sharing)];
            for more in more.into_iter().flatten() {
                ui.add(Label::new(RichText::new(more).size(k.text.small).color(k.c.muted)).wrap());
            }
        });
    });
}

/// Taking control back, pausing, stopping; and the tools below them.
pub fn controls(ui: &mut Ui, cx: &Cx<'_>, view: &View, sharing: &Sharing) {
    let t = cx.t;
    ui.spacing_mut().item_spacing.y = cx.k.space.one;
    if sharing.controller.is_some() && !sharing.paused {
        let back = Button::new(cx, t.t("bar-takeback")).icon(Icon::Hand).look(Look::Primary);
        let back = back.name(t.t("screen-takeback")).width(ui.available_width());
        if ui.add(back).clicked() {
            cx.session(Command::TakeBack);
        }
    }
    ui.horizontal(|ui| {
        let width = half(ui, cx);
        ui.spacing_mut().item_spacing.x = cx.k.space.one;
        // The bar above all windows has the same words: those for who cannot see them tell them apart.
        let (sign, words, name) = if sharing.paused {
            (Icon::Play, t.t("bar-resume"), t.t("screen-resume"))
        } else {
            (Icon::Pause, t.t("bar-pause"), t.t("screen-pause"))
        };
        if ui.add(Button::new(cx, words).icon(sign).name(name).width(width)).clicked() {
            cx.session(Command::Pause { paused: !sharing.paused });
        }
        let (words, name) = match view.role {
            Role::Customer => (t.t("bar-stop"), t.t("stop-sharing")),
            _ => (t.t("showing-stop"), t.t("showing-stop")),
        };
        let stop = Button::new(cx, words).icon(Icon::CircleStop).look(Look::Danger).name(name);
        if ui.add(stop.width(width)).clicked() {
            cx.session(Command::StopSharing);
        }
    });
    tools(ui, cx, view, sharing);
}

/// One row, and the palette below it while the pen is out.
fn tools(ui: &mut Ui, cx: &Cx<'_>, view: &View, sharing: &Sharing) {
    let t = cx.t;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = cx.k.space.half;
        let drawing = view.pen.is_some();
        let name = if drawing { t.t("draw-off") } else { t.t("draw-here") };
        let pen =
            Button::new(cx, t.t("screen-draw")).tool().icon(Icon::PencilLine).name(&name).selected(drawing);
        let may = !sharing.no_drawing && !sharing.paused;
        let hint = match (sharing.cannot_draw, sharing.no_drawing) {
            (true, _) => t.t("screen-cannot-draw"),
            (false, true) => t.t("screen-no-drawing"),
            (false, false) => name,
        };
        let pen = ui.add_enabled(may || drawing, pen);
        if pen.on_hover_text(&hint).on_disabled_hover_text(&hint).clicked() {
            draw::toggle(cx, view, sharing, Pen::default());
        }
        picture(ui, cx, sharing);
        more(ui, cx, view, sharing);
    });
    if view.pen.is_some() {
        draw::palette_here(ui, cx, view);
    }
}

/// How the picture of the own screen is to be.
fn picture(ui: &mut Ui, cx: &Cx<'_>, sharing: &Sharing) {
    let chosen = quality::words(cx, sharing.quality).join(", ");
    let name = cx.t.t("customer-quality");
    let hint = match chosen.as_str() {
        "" => name.clone(),
        _ => cx.t.ta("customer-quality-now", &[("quality", (&chosen).into())]),
    };
    let button = Button::new(cx, cx.t.t("viewer-coder")).tool().icon(Icon::Image).name(name).drops();
    let response = ui.add(button.selected(!chosen.is_empty())).on_hover_text(hint);
    quality::choices(cx, &response, sharing.quality);
}

/// What is needed now and then.
fn more(ui: &mut Ui, cx: &Cx<'_>, view: &View, sharing: &Sharing) {
    let t = cx.t;
    let button =
        Button::new(cx, t.t("screen-more")).tool().icon(Icon::Ellipsis).name(t.t("screen-more-name"));
    let response = ui.add(button.drops());
    menu(cx, &response, 260.0, |ui| {
        if item(ui, cx, None, &t.t("hide"), &t.t("screen-hide-hint")).clicked() {
            hiding::open_window(ui.ctx(), cx);
        }
        // A customer has the list of them in the card.
        let alone = view.role != Role::Customer && !sharing.programs.is_empty();
        if alone && item(ui, cx, None, &t.t("scope-widen"), "").clicked() {
            cx.session(Command::Only { windows: Vec::new() });
        }
        rule(ui, cx);
        if !view.marks.is_empty() && item(ui, cx, None, &t.t("draw-clear"), "").clicked() {
            cx.session(Command::Draw { draw: Draw::Clear });
        }
        let words = if sharing.no_drawing { t.t("draw-allow") } else { t.t("draw-forbid") };
        if !sharing.cannot_draw && item(ui, cx, None, &words, "").clicked() {
            cx.session(Command::ForbidDrawing { forbidden: !sharing.no_drawing });
        }
    });
}
