//! The agent's sign-in.

use deskside_session::app::{AppOnly, Problem};
use eframe::egui::Ui;
use lucide_icons::Icon;

use super::{column, foot, problem, waiting};
use crate::{
    cx::Cx,
    widgets::{
        Button, Look,
        button::link,
        field::{Field, entered},
    },
};

#[derive(Default)]
pub struct SignInForm {
    server: Option<String>,
    name: String,
    password: String,
    reveal: bool,
    focused: bool,
}

impl SignInForm {
    /// Forgets what must not stay in memory.
    pub fn clear(&mut self) {
        self.password.clear();
        self.reveal = false;
        self.focused = false;
    }

    pub fn show(&mut self, ui: &mut Ui, cx: &Cx<'_>, server: &str, busy: bool, told: Option<&Problem>) {
        let k = cx.k;
        column(ui, cx, &cx.t.t("signin-title"), &cx.t.t("signin-lead"), |ui| {
            let submit = ui.add_enabled_ui(!busy, |ui| self.fields(ui, cx, server)).inner;
            ui.add_space(k.space.one);
            if busy {
                waiting(ui, cx, &cx.t.t("signin-busy"));
            } else {
                let complete = !self.name.trim().is_empty() && !self.password.is_empty();
                let button = Button::new(cx, cx.t.t("signin-button"))
                    .look(Look::Primary)
                    .height(k.size.tall)
                    .width(ui.available_width());
                if (ui.add_enabled(complete, button).clicked() || submit) && complete {
                    self.submit(cx, server);
                }
                ui.add_space(k.space.one);
                problem(ui, cx, told);
                foot(ui, cx, k.space.three);
                ui.horizontal(|ui| {
                    ui.add_space(-k.space.one);
                    if link(ui, cx, &cx.t.t("signin-back")).clicked() {
                        self.clear();
                        cx.send(AppOnly::ShowAgent { agent: false });
                    }
                });
            }
        });
    }

    fn fields(&mut self, ui: &mut Ui, cx: &Cx<'_>, server: &str) -> bool {
        let k = cx.k;
        let mut submit = false;
        let address = self.server.get_or_insert_with(|| server.to_owned());
        let output = Field::new(cx, "server", cx.t.t("signin-server")).show(ui, cx, address);
        submit |= entered(ui, &output.response);
        ui.add_space(k.space.half);
        let output = Field::new(cx, "user", cx.t.t("signin-name")).show(ui, cx, &mut self.name);
        submit |= entered(ui, &output.response);
        if !self.focused {
            self.focused = true;
            output.response.request_focus();
        }
        ui.add_space(k.space.half);
        crate::widgets::strong(ui, cx, cx.t.t("signin-password"));
        ui.horizontal(|ui| {
            let (sign, words) = if self.reveal {
                (Icon::EyeOff, cx.t.t("signin-hide"))
            } else {
                (Icon::Eye, cx.t.t("signin-show"))
            };
            let side = k.size.control;
            let room = ui.available_width() - side - ui.spacing().item_spacing.x;
            let field = Field {
                shown: false,
                password: !self.reveal,
                ..Field::new(cx, "password", cx.t.t("signin-password"))
            };
            ui.scope(|ui| {
                ui.set_max_width(room);
                let output = field.show(ui, cx, &mut self.password);
                submit |= entered(ui, &output.response);
            });
            let eye = Button::icon_only(cx, sign, &words).height(side);
            if ui.add(eye).on_hover_text(words).clicked() {
                self.reveal = !self.reveal;
            }
        });
        submit
    }

    fn submit(&mut self, cx: &Cx<'_>, server: &str) {
        let address = self.server.as_deref().map(str::trim).filter(|s| !s.is_empty() && *s != server);
        cx.send(AppOnly::SignIn {
            server: address.map(str::to_owned),
            name: self.name.trim().to_owned(),
            password: self.password.clone(),
        });
    }
}
