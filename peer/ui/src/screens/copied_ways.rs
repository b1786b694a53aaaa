//! Which way what is copied goes: the customer chooses, the agent is told.

use deskside_session::{
    Role,
    command::{Act, Command},
    direction::Direction,
    view::View,
};
use eframe::egui::Ui;
use lucide_icons::Icon;

use crate::{
    cx::Cx,
    widgets::{
        Button,
        menu::{item, menu},
    },
    words,
};

/// The menu below the permissions for what is copied.
pub fn choose(ui: &mut Ui, cx: &Cx<'_>, view: &View) {
    let now = words::direction(cx.t, Role::Customer, view.clipboard);
    let button =
        Button::new(cx, &now).icon(sign(view.clipboard, view.role)).name(cx.t.t("copied-ways")).drops();
    let response = ui.add(button.height(cx.k.size.control).width(ui.available_width()));
    menu(cx, &response, 300.0, |ui| {
        for direction in Direction::ALL {
            let chosen = Some(view.clipboard == direction);
            if item(ui, cx, chosen, &words::direction(cx.t, Role::Customer, direction), "").clicked() {
                cx.session(Command::ClipboardDirection { direction });
            }
        }
    });
}

/// In the question for the clipboard: what is chosen counts when it is allowed.
pub fn ask(ui: &mut Ui, cx: &Cx<'_>, chosen: &mut Direction) {
    for direction in Direction::ALL.into_iter().filter(|d| *d != Direction::Off) {
        let on = Some(*chosen == direction);
        if item(ui, cx, on, &words::direction(cx.t, Role::Customer, direction), "").clicked() {
            *chosen = direction;
        }
    }
}

/// What the question begins with.
pub fn first(view: &View) -> Direction {
    match view.clipboard {
        Direction::Off => Direction::Both,
        d => d,
    }
}

/// At the agent: what works, when it is not both ways.
pub fn told(cx: &Cx<'_>, view: &View) -> Option<(Icon, String)> {
    let granted = view.grants.iter().any(|g| goes(g.act));
    (granted && view.clipboard != Direction::Both)
        .then(|| (sign(view.clipboard, view.role), words::direction(cx.t, view.role, view.clipboard)))
}

/// Whether a direction matters to it.
pub fn goes(act: Act) -> bool {
    matches!(act, Act::Clipboard | Act::CopiedFiles)
}

/// Out of this computer, or into it.
fn sign(direction: Direction, me: Role) -> Icon {
    match (direction, me == Role::Customer) {
        (Direction::Both, _) => Icon::ArrowLeftRight,
        (Direction::Off, _) => Icon::ClipboardX,
        (Direction::ToAgent, true) | (Direction::ToCustomer, false) => Icon::ArrowUpRight,
        (Direction::ToAgent, false) | (Direction::ToCustomer, true) => Icon::ArrowDownLeft,
    }
}
