//! The first window: one field for the number, one button.

use deskside_session::app::{AppOnly, Problem};
use eframe::egui::{Align, Ui, text::CCursor, text_selection::CCursorRange};

use super::{column, foot, problem, waiting};
use crate::{
    cx::Cx,
    number,
    widgets::{
        Button, Look, Tone, banner,
        button::link,
        field::{Field, entered},
        text,
    },
};

/// What is typed, and what is wrong with it before anybody was asked.
#[derive(Default)]
pub struct JoinForm {
    target: String,
    empty: bool,
    malformed: bool,
    focused: bool,
}

impl JoinForm {
    pub fn show(&mut self, ui: &mut Ui, cx: &Cx<'_>, busy: bool, told: Option<&Problem>) {
        let k = cx.k;
        column(ui, cx, &cx.t.t("join-title"), &cx.t.t("join-lead"), |ui| {
            let submit = ui.add_enabled_ui(!busy, |ui| self.number_field(ui, cx, told)).inner;
            ui.add_space(k.space.half);
            if busy {
                waiting(ui, cx, &cx.t.t("join-busy"));
                if ui.add(Button::new(cx, cx.t.t("join-cancel")).width(ui.available_width())).clicked() {
                    cx.send(AppOnly::CancelJoin);
                }
            } else {
                let join = Button::new(cx, cx.t.t("join-button"))
                    .look(Look::Primary)
                    .height(k.size.tall)
                    .width(ui.available_width());
                if ui.add(join).clicked() || submit {
                    self.submit(cx);
                }
                ui.add_space(k.space.one);
                self.trouble(ui, cx, told);
            }
            ui.add_space(k.space.one);
            text::small(ui, cx, cx.t.t("join-safety"));
            foot(ui, cx, k.space.three);
            ui.horizontal(|ui| {
                // The link's own distance to its edge must not move it out of line.
                ui.add_space(-k.space.one);
                if !busy && link(ui, cx, &cx.t.t("join-agent")).clicked() {
                    cx.send(AppOnly::ShowAgent { agent: true });
                }
            });
        });
    }

    fn number_field(&mut self, ui: &mut Ui, cx: &Cx<'_>, told: Option<&Problem>) -> bool {
        let k = cx.k;
        let link = number::is_link(&self.target);
        let name = if link { cx.t.t("join-link") } else { cx.t.t("join-number") };
        let field = Field {
            // The caret in the middle of made-up digits would look like a typed number.
            hint: if ui.memory(|m| m.has_focus(Field::egui_id("number"))) {
                String::new()
            } else {
                cx.t.t("join-hint")
            },
            font: if link { k.font(k.text.body) } else { k.strong(k.text.number * 0.85) },
            align: if link { Align::Min } else { Align::Center },
            height: 72.0,
            wrong: told.is_some() || self.empty || self.malformed,
            ..Field::new(cx, "number", name)
        };
        let mut output = field.show(ui, cx, &mut self.target);
        let response = output.response.response.clone();
        if !self.focused {
            self.focused = true;
            response.request_focus();
        }
        if response.changed() {
            (self.empty, self.malformed) = (false, false);
            let cursor =
                output.cursor_range.map_or(self.target.chars().count(), |r| usize::from(r.primary.index));
            let (text, at) = number::regroup(&self.target, cursor);
            if text != self.target {
                self.target = text;
                output.state.cursor.set_char_range(Some(CCursorRange::one(CCursor::new(at))));
                output.state.store(ui.ctx(), response.id);
            }
        }
        let submit = entered(ui, &response);
        if submit {
            response.request_focus();
        }
        submit
    }

    fn submit(&mut self, cx: &Cx<'_>) {
        let target = self.target.trim().to_owned();
        self.empty = target.is_empty();
        self.malformed = !self.empty && !number::is_link(&target) && number::digits(&target) != 9;
        if !self.empty && !self.malformed {
            cx.send(AppOnly::Join { target, name: None });
        }
    }

    fn trouble(&self, ui: &mut Ui, cx: &Cx<'_>, told: Option<&Problem>) {
        if self.empty {
            banner(ui, cx, Tone::Warn, &cx.t.t("problem-empty"), &cx.t.t("problem-empty-do"));
        } else if self.malformed {
            problem(ui, cx, Some(&Problem::MalformedNumber));
        } else {
            problem(ui, cx, told);
        }
    }
}
