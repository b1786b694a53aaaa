//! After a session.

use deskside_session::{
    Role,
    app::{AppOnly, Ending, NotesView, Problem},
};
use eframe::egui::Ui;
use lucide_icons::Icon;

use super::{column, notes::NotesForm, problem};
use crate::{
    cx::Cx,
    texts::clean,
    widgets::{Button, Look, Tone, banner, icon, strong, text},
    words,
};

/// What is known of it.
#[derive(Clone, Copy)]
pub struct After<'a> {
    pub role: Role,
    pub ending: Ending,
    /// Both sides kept a log of it.
    pub log: bool,
    /// Where the receipt was saved.
    pub receipt: Option<&'a str>,
}

/// True when the program should close.
pub fn show(
    ui: &mut Ui,
    cx: &Cx<'_>,
    after: After<'_>,
    notes: Option<(&NotesView, &mut NotesForm)>,
    told: Option<&Problem>,
) -> bool {
    let k = cx.k;
    let After { role, ending, .. } = after;
    let (title, lead) = words::ending(cx.t, role, ending);
    let mut quit = false;
    let safe = ending != Ending::NotTrusted;
    column(ui, cx, &title, if safe { &lead } else { "" }, |ui| {
        if safe {
            let (sign, ink) = match ending {
                Ending::Expired => (Icon::Hourglass, k.c.warn),
                _ => (Icon::CircleCheck, k.c.good),
            };
            icon(ui, cx, sign, 48.0, ink);
            ui.add_space(k.space.two);
        } else {
            banner(ui, cx, Tone::Danger, "", &lead);
            ui.add_space(k.space.one);
        }
        problem(ui, cx, told);
        if let Some((notes, form)) = notes {
            strong(ui, cx, cx.t.t("notes-last"));
            form.show(ui, cx, notes, 180.0);
            ui.add_space(k.space.one);
        }
        let home =
            if role == Role::Customer { cx.t.t("ended-home-customer") } else { cx.t.t("ended-home-agent") };
        let wide = ui.available_width();
        if ui.add(Button::new(cx, home).look(Look::Primary).height(k.size.tall).width(wide)).clicked() {
            cx.send(AppOnly::Home);
        }
        if after.log {
            receipt(ui, cx, after.receipt);
        }
        if ui.add(Button::new(cx, cx.t.t("ended-quit")).width(wide)).clicked() {
            quit = true;
        }
    });
    quit
}

/// What happened, in plain words, for whoever wants to keep it.
fn receipt(ui: &mut Ui, cx: &Cx<'_>, saved: Option<&str>) {
    match saved {
        Some(path) => {
            let path = clean(path);
            let words = cx.t.ta("ended-receipt-saved", &[("file", (&*path).into())]);
            text::small(ui, cx, words);
        }
        None => {
            let save =
                Button::new(cx, cx.t.t("ended-receipt")).icon(Icon::Receipt).width(ui.available_width());
            if ui.add(save).on_hover_text(cx.t.t("ended-receipt-lead")).clicked() {
                cx.send(AppOnly::SaveReceipt { path: None });
            }
        }
    }
}
