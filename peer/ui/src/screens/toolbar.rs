//! The tools above the remote picture. Their hints stand in the line below them, because whatever
//! drops over the picture would lie under its native surface.

use deskside_session::{
    Role,
    command::{Act, Coder, Command, Screen, Shortcut},
    view::{Sharing, View},
};
use eframe::egui::{Align, Frame, Layout, Margin, Panel, Response, RichText, Ui};
use lucide_icons::Icon;

use super::{
    deed::Deed,
    draw, quality,
    viewer::Viewer,
    zoom::{CHOICES, Lens, Zoom},
};
use crate::{
    cx::Cx,
    keys::{Action, hint as keyed},
    widgets::{
        Button, Look, icon,
        menu::{item, menu},
        rule, text,
    },
    words,
};

/// How many of the tools have words, by the room that there is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Room {
    Tight,
    Narrow,
    Middle,
    Wide,
}

impl Room {
    fn of(width: f32) -> Self {
        match width {
            w if w < 640.0 => Self::Tight,
            w if w < 840.0 => Self::Narrow,
            w if w < 1080.0 => Self::Middle,
            _ => Self::Wide,
        }
    }
}

/// Draws the tools and the line below them.
pub fn show(
    ui: &mut Ui,
    cx: &Cx<'_>,
    view: &View,
    sharing: &Sharing,
    viewer: &mut Viewer,
    news: Option<&str>,
) {
    let k = cx.k;
    let frame = Frame::new().fill(k.c.surface).inner_margin(Margin::symmetric(12, 6));
    let mut hint = None;
    Panel::top("tools").frame(frame).show_separator_line(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.x = k.space.half;
        let room = Room::of(ui.available_width());
        ui.horizontal(|ui| {
            ui.set_min_height(k.size.tool);
            control(ui, cx, view, sharing, room, &mut hint);
            draw::switch(ui, cx, view, sharing, viewer.pen, room == Room::Wide, &mut hint);
            gap(ui, cx);
            picture(ui, cx, viewer, room, &mut hint);
            if view.role == Role::Primary {
                coding(ui, cx, sharing, room, &mut hint);
            }
            if view.role == Role::Primary || sharing.controller == Some(view.me) {
                gap(ui, cx);
                keys(ui, cx, view, sharing, viewer, room, &mut hint);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                window(ui, cx, view, viewer, room, &mut hint)
            });
        });
    });
    draw::tools(ui, cx, view, &mut hint);
    viewer.apps.strip(ui, cx, sharing, &mut hint);
    let frame = Frame::new().fill(k.c.sunken).inner_margin(Margin::symmetric(16, 3));
    Panel::top("hints").frame(frame).show_separator_line(false).show(ui, |ui| {
        ui.set_min_height(18.0);
        let (words, ink) = match (hint, news) {
            (Some(hint), _) => (hint, k.c.text),
            (None, Some(news)) => (news.to_owned(), k.c.text),
            (None, None) => (status(cx, view, sharing), k.c.muted),
        };
        text::elided(ui, RichText::new(words).size(k.text.small).color(ink));
    });
}

fn gap(ui: &mut Ui, cx: &Cx<'_>) {
    ui.add_space(cx.k.space.half);
    let (rect, _) = ui.allocate_exact_size(eframe::egui::vec2(1.0, 20.0), eframe::egui::Sense::hover());
    ui.painter().vline(rect.center().x, rect.y_range(), eframe::egui::Stroke::new(1.0, cx.k.c.line));
    ui.add_space(cx.k.space.half);
}

/// Remembers what the pointer or the keyboard is on.
pub(super) fn note(response: &Response, hint: &mut Option<String>, words: String) {
    if response.hovered() || response.has_focus() {
        *hint = Some(words);
    }
}

/// Who the picture is of, and how it comes.
fn status(cx: &Cx<'_>, view: &View, sharing: &Sharing) -> String {
    let mut parts = Vec::new();
    if let Some(sharer) = view.others.iter().find(|o| o.id == sharing.sharer) {
        parts.push(cx.t.name(&sharer.name));
        parts.push(words::link(cx.t, sharer));
    }
    if let Some(leader) = super::people::leader(view) {
        parts.push(cx.t.ta("assist-leads", &[("name", (&leader.name).into())]));
    }
    if sharing.width > 0 {
        let (width, height) = (sharing.width.to_string(), sharing.height.to_string());
        parts.push(cx.t.ta("viewer-size", &[("width", (&width).into()), ("height", (&height).into())]));
    }
    if sharing.coder != Coder::Auto {
        parts.push(words::coder(cx.t, sharing.coder));
    }
    parts.extend(quality::words(cx, sharing.quality));
    parts.extend(super::scope::hint(cx, sharing));
    parts.extend(super::hiding::hint(cx, view, sharing));
    parts.join("  ·  ")
}

pub(super) fn who_controls(cx: &Cx<'_>, view: &View, sharing: &Sharing) -> String {
    match sharing.controller {
        Some(id) if id == view.me => cx.t.t("viewer-controlling"),
        Some(id) => {
            let name = view.others.iter().find(|o| o.id == id).map(|o| o.name.as_str()).unwrap_or_default();
            cx.t.ta("viewer-other-controls", &[("name", name.into())])
        }
        None => cx.t.t("viewer-viewing"),
    }
}

fn control(ui: &mut Ui, cx: &Cx<'_>, view: &View, sharing: &Sharing, room: Room, hint: &mut Option<String>) {
    let t = cx.t;
    let k = cx.k;
    let mine = sharing.controller == Some(view.me);
    let words = who_controls(cx, view, sharing);
    let (sign, ink) = match sharing.controller {
        Some(_) if mine => (Icon::MousePointer2, k.c.good_text),
        Some(_) => (Icon::MousePointer2, k.c.muted),
        None => (Icon::Eye, k.c.muted),
    };
    icon(ui, cx, sign, k.size.icon, ink);
    if room > Room::Tight {
        ui.scope(|ui| {
            ui.set_max_width(if room == Room::Wide { 180.0 } else { 130.0 });
            text::elided(ui, RichText::new(words).font(k.strong(k.text.strong)).color(ink));
        });
    }
    if view.role != Role::Primary && !mine {
        return;
    }
    ui.add_space(k.space.half);
    if mine {
        let words = t.t("release-control");
        let shown = if room > Room::Tight { words.clone() } else { String::new() };
        let release = Button::new(cx, shown).tool().name(&words).look(Look::Secondary).icon(Icon::Undo2);
        let response = ui.add(release);
        note(&response, hint, keyed(t, &words, Action::Do(Deed::Release)));
        if response.clicked() {
            cx.session(Command::ReleaseControl);
        }
    } else if view.asked.is_none() {
        let words = t.t("ask-control");
        let shown = if room > Room::Tight { words.clone() } else { String::new() };
        let ask = Button::new(cx, shown).tool().name(&words).look(Look::Primary).icon(Icon::MousePointer2);
        let response = ui.add(ask);
        note(&response, hint, keyed(t, &words, Action::Do(Deed::AskControl)));
        if response.clicked() {
            cx.session(Command::Ask { act: Act::Control });
        }
    } else {
        let words = t.t("ask-cancel");
        let shown = if room > Room::Tight { words.clone() } else { String::new() };
        let cancel = Button::new(cx, shown).tool().name(words).look(Look::Secondary).icon(Icon::Hourglass);
        let response = ui.add(cancel);
        if let Some(words) = super::agent::waiting_words(cx, view) {
            note(&response, hint, words);
        }
        if response.clicked() {
            cx.session(Command::CancelAsk);
        }
    }
}

fn picture(ui: &mut Ui, cx: &Cx<'_>, viewer: &mut Viewer, room: Room, hint: &mut Option<String>) {
    let t = cx.t;
    for (zoom, sign, words, long) in [
        (Zoom::Fit, Icon::Scaling, t.t("viewer-fit"), keyed(t, &t.t("viewer-fit-hint"), Action::Fit)),
        (Zoom::Percent(100), Icon::Image, t.t("viewer-one"), t.t("viewer-one-hint")),
    ] {
        let button = if room == Room::Wide || zoom != Zoom::Fit {
            Button::new(cx, &words).tool()
        } else {
            Button::icon_only(cx, sign, &words)
        };
        let response = ui.add(button.selected(viewer.lens.zoom() == zoom));
        note(&response, hint, long);
        if response.clicked() {
            viewer.lens.set(zoom);
        }
    }
    if room > Room::Tight {
        percent(ui, cx, &mut viewer.lens, hint);
    }
}

/// How large the picture is, and the sizes to choose from.
fn percent(ui: &mut Ui, cx: &Cx<'_>, lens: &mut Lens, hint: &mut Option<String>) {
    let t = cx.t;
    let words = |percent: u16| t.ta("viewer-percent", &[("percent", (&percent.to_string()).into())]);
    let Some(now) = lens.percent() else { return };
    let button = Button::new(cx, words(now)).tool().name(t.t("viewer-zoom")).drops();
    let response = ui.add(button);
    note(&response, hint, t.t("viewer-zoom-hint"));
    menu(cx, &response, 140.0, |ui| {
        for choice in CHOICES {
            let chosen = lens.zoom() == Zoom::Percent(choice);
            if item(ui, cx, Some(chosen), &words(choice), "").clicked() {
                lens.set(Zoom::Percent(choice));
            }
        }
    });
}

fn coding(ui: &mut Ui, cx: &Cx<'_>, sharing: &Sharing, room: Room, hint: &mut Option<String>) {
    let t = cx.t;
    let button = if room == Room::Wide { Button::new(cx, t.t("viewer-coder")) } else { Button::new(cx, "") };
    let response = ui.add(button.tool().icon(Icon::Image).name(t.t("viewer-coder")).drops());
    note(&response, hint, t.ta("viewer-coder-now", &[("coder", (&words::coder(t, sharing.coder)).into())]));
    quality::choices(cx, &response, sharing.quality);
    if sharing.monitors.len() > 1 {
        monitors(ui, cx, sharing, room, hint);
    }
}

fn monitors(ui: &mut Ui, cx: &Cx<'_>, sharing: &Sharing, room: Room, hint: &mut Option<String>) {
    let t = cx.t;
    let button =
        if room == Room::Wide { Button::new(cx, t.t("viewer-monitors")) } else { Button::new(cx, "") };
    let response = ui.add(button.tool().icon(Icon::Monitor).name(t.t("viewer-monitors")).drops());
    note(&response, hint, t.t("viewer-monitors"));
    menu(cx, &response, 280.0, |ui| {
        let all = sharing.screen == Screen::All;
        if item(ui, cx, Some(all), &t.t("viewer-monitor-all"), "").clicked() {
            cx.session(Command::SetScreen { screen: Screen::All });
        }
        for (i, monitor) in (0u32..).zip(&sharing.monitors) {
            let screen = Screen::Monitor(i);
            if item(ui, cx, Some(sharing.screen == screen), &words::monitor(t, monitor), "").clicked() {
                cx.session(Command::SetScreen { screen });
            }
        }
    });
}

fn keys(
    ui: &mut Ui,
    cx: &Cx<'_>,
    view: &View,
    sharing: &Sharing,
    viewer: &mut Viewer,
    room: Room,
    hint: &mut Option<String>,
) {
    let t = cx.t;
    let mine = sharing.controller == Some(view.me);
    ui.add_enabled_ui(mine, |ui| {
        let button =
            if room == Room::Wide { Button::new(cx, t.t("viewer-shortcuts")) } else { Button::new(cx, "") };
        let response = ui.add(button.tool().icon(Icon::Command).name(t.t("viewer-shortcuts")).drops());
        note(&response, hint, t.t("viewer-shortcuts"));
        menu(cx, &response, 260.0, |ui| shortcuts(ui, cx));
        let words = t.t("viewer-grab");
        let button = if room == Room::Wide {
            Button::new(cx, &words).tool()
        } else {
            Button::icon_only(cx, Icon::Keyboard, &words)
        };
        let response = ui.add(button.icon(Icon::Keyboard).selected(viewer.grab && mine));
        note(&response, hint, if viewer.grab { t.t("viewer-grab-on") } else { t.t("viewer-grab-off") });
        if response.clicked() {
            viewer.set_grab(cx, !viewer.grab);
        }
    });
}

fn shortcuts(ui: &mut Ui, cx: &Cx<'_>) {
    let t = cx.t;
    let send = |shortcut| cx.session(Command::SendShortcut { shortcut });
    for (words, shortcut) in [
        ("Ctrl + Alt + Del".to_owned(), Shortcut::CtrlAltDelete),
        ("Alt + Tab".to_owned(), Shortcut::AltTab),
        ("Alt + F4".to_owned(), Shortcut::AltF4),
        ("Ctrl + Esc".to_owned(), Shortcut::CtrlEscape),
        (t.t("viewer-super"), Shortcut::Super),
        (t.t("viewer-print"), Shortcut::PrintScreen),
    ] {
        if item(ui, cx, None, &words, "").clicked() {
            send(shortcut);
        }
    }
    rule(ui, cx);
    ui.add_space(6.0);
    text::small(ui, cx, t.t("viewer-console"));
    ui.add_space(4.0);
    for row in [1..=6u8, 7..=12] {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            for f in row {
                let name = format!("Ctrl + Alt + F{f}");
                if ui.add(Button::new(cx, format!("F{f}")).tool().width(40.0).name(name)).clicked() {
                    send(Shortcut::CtrlAltF(f));
                }
            }
        });
    }
}

/// From right to left.
fn window(ui: &mut Ui, cx: &Cx<'_>, view: &View, viewer: &mut Viewer, room: Room, hint: &mut Option<String>) {
    let t = cx.t;
    let stops = match view.role {
        Role::Primary => Some(Command::StopSharing),
        // What an agent shows, it shows by the leave of the customer who is helped.
        Role::Customer if view.helped == Some(view.me) => Some(Command::Revoke { act: Some(Act::Show) }),
        _ => None,
    };
    if let Some(command) = stops {
        let words = t.t("stop-sharing");
        let stop = if room == Room::Wide { Button::new(cx, t.t("viewer-stop")) } else { Button::new(cx, "") };
        let response = ui.add(stop.tool().icon(Icon::CircleStop).look(Look::QuietDanger).name(&words));
        note(&response, hint, keyed(t, &words, Action::Do(Deed::Stop)));
        if response.clicked() {
            cx.session(command);
        }
    }
    let (sign, words) = if viewer.full_screen {
        (Icon::Minimize, t.t("viewer-window"))
    } else {
        (Icon::Maximize, t.t("viewer-full"))
    };
    let response = ui.add(Button::icon_only(cx, sign, &words));
    note(&response, hint, keyed(t, &words, Action::FullScreen));
    if response.clicked() {
        viewer.toggle_full_screen(ui.ctx());
    }
    let words = if viewer.side { t.t("viewer-panel-hide") } else { t.t("viewer-panel-show") };
    let response = ui.add(Button::icon_only(cx, Icon::PanelRight, &words).selected(viewer.side));
    note(&response, hint, keyed(t, &words, Action::Panel));
    if response.clicked() {
        viewer.side = !viewer.side;
    }
}
