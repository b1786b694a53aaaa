//! What an agent writes down about a session; kept while it is typed.

use deskside_session::app::{AppOnly, NotesState, NotesView};
use eframe::egui::{CornerRadius, Frame, Margin, ScrollArea, Stroke, TextEdit, Ui, vec2};
use lucide_icons::Icon;

use crate::{
    cx::Cx,
    widgets::{banner::note, field::Field},
};

/// The text as it stands in the window.
#[derive(Default)]
pub struct NotesForm {
    text: String,
    /// What the program had last.
    seen: Option<String>,
    /// What it was told and did not show yet, oldest first.
    told: Vec<String>,
}

impl NotesForm {
    /// The program's text changes by itself when it is loaded and when a colleague wrote.
    fn follow(&mut self, notes: &NotesView) {
        if notes.state == NotesState::Loading || self.seen.as_ref() == Some(&notes.text) {
            return;
        }
        self.seen = Some(notes.text.clone());
        match self.told.iter().position(|t| *t == notes.text) {
            Some(at) => drop(self.told.drain(..=at)),
            None => {
                self.text.clone_from(&notes.text);
                self.told.clear();
            }
        }
    }

    /// As wide as `ui` and `height` high, with the state below.
    pub fn show(&mut self, ui: &mut Ui, cx: &Cx<'_>, notes: &NotesView, height: f32) {
        let k = cx.k;
        self.follow(notes);
        let (sign, words, ink) = match notes.state {
            NotesState::Loading => (Icon::Hourglass, cx.t.t("notes-loading"), k.c.muted),
            NotesState::Saved => (Icon::Check, cx.t.t("notes-saved"), k.c.good_text),
            NotesState::Saving => (Icon::Hourglass, cx.t.t("notes-saving"), k.c.muted),
            NotesState::TooLong => (Icon::CircleAlert, cx.t.t("notes-too-long"), k.c.danger_text),
        };
        let frame = Frame::new()
            .fill(k.c.surface)
            .stroke(Stroke::new(1.0, k.c.line_strong))
            .corner_radius(CornerRadius::same(k.radius.control))
            .inner_margin(Margin::symmetric(12, 8));
        let room = (height - 44.0).max(60.0);
        frame.show(ui, |ui| {
            ScrollArea::vertical().id_salt("notes").max_height(room).auto_shrink(false).show(ui, |ui| {
                let edit = TextEdit::multiline(&mut self.text)
                    .id(Field::egui_id("notes"))
                    .frame(Frame::new())
                    .hint_text(cx.t.t("notes-hint"))
                    .desired_width(f32::INFINITY)
                    .min_size(vec2(0.0, room));
                let response = ui.add_enabled(notes.state != NotesState::Loading, edit);
                if response.changed() {
                    self.told.push(self.text.clone());
                    cx.send(AppOnly::Notes { text: self.text.clone() });
                }
                let _ = response.accessible_name(cx.t.t("notes"));
            });
        });
        note(ui, cx, sign, &words, ink);
    }
}
