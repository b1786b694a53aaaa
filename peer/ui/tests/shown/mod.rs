//! The windows without a display, found by label and role.

#![allow(dead_code, reason = "each test file uses a part")]

use std::sync::Arc;

use deskside_session::app::{AppCommand, AppView};
use deskside_ui::{App, Language, Options, Texts};
use eframe::egui::{self, Key, vec2};
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable as _},
};

use crate::samples::Still;

/// The windows with a view, and the program behind them.
pub struct Shown {
    pub harness: Harness<'static, App>,
    pub program: Arc<Still>,
    pub texts: Texts,
}

pub fn open(program: Still, language: Language, root: Option<u64>) -> Shown {
    let program = Arc::new(program);
    let backend = Arc::clone(&program);
    let options = Options { language, dark: Some(false) };
    let mut harness =
        Harness::builder().with_size(vec2(1200.0, 900.0)).with_step_dt(0.05).with_max_steps(20).build_eframe(
            move |cc| {
                let app = App::new(&cc.egui_ctx, backend, &options).expect("words and tokens are there");
                match root {
                    Some(window) => app.with_window(window),
                    None => app,
                }
            },
        );
    harness.run_ok();
    let texts = Texts::new(language).expect("words");
    Shown { harness, program, texts }
}

pub fn show(view: AppView) -> Shown {
    open(Still::new(view), Language::English, None)
}

impl Shown {
    pub fn has(&self, label: &str) -> bool {
        self.harness.query_all_by_label(label).next().is_some()
    }

    #[track_caller]
    pub fn must(&self, label: &str) {
        assert!(self.has(label), "{label:?} is not there: {:?}", self.labels());
    }

    #[track_caller]
    pub fn must_not(&self, label: &str) {
        assert!(!self.has(label), "{label:?} is there: {:?}", self.labels());
    }

    pub fn labels(&self) -> Vec<String> {
        self.harness.root().children_recursive().filter_map(|n| n.accesskit_node().label()).collect()
    }

    /// Clicks the only button of this name.
    #[track_caller]
    pub fn click(&mut self, label: &str) {
        let buttons: Vec<_> =
            self.harness.query_all_by_role_and_label(egui::accesskit::Role::Button, label).collect();
        let [button] = &buttons[..] else {
            panic!("{} buttons are called {label:?}: {:?}", buttons.len(), self.labels())
        };
        button.click();
        self.harness.run_ok();
    }

    pub fn choose(&mut self, role: egui::accesskit::Role, label: &str) {
        self.harness.get_by_role_and_label(role, label).click();
        self.harness.run_ok();
    }

    pub fn key(&mut self, key: Key) {
        self.harness.key_press(key);
        self.harness.run_ok();
    }

    pub fn type_into(&mut self, label: &str, text: &str) {
        let is_field = |n: &egui_kittest::Node<'_>| {
            let role = n.accesskit_node().role();
            matches!(role, egui::accesskit::Role::TextInput | egui::accesskit::Role::PasswordInput)
        };
        let found = self.harness.query_all_by_label(label).find(is_field);
        found.unwrap_or_else(|| panic!("no field {label:?}: {:?}", self.labels())).focus();
        self.harness.run_ok();
        self.harness.event(egui::Event::Text(text.to_owned()));
        self.harness.run_ok();
    }

    /// Lets `seconds` pass on the windows' clock.
    pub fn wait(&mut self, seconds: f64) {
        let time = self.harness.ctx.input(|i| i.time) + seconds;
        self.harness.input_mut().time = Some(time);
        self.harness.step();
        self.harness.input_mut().time = None;
    }

    pub fn set(&mut self, view: AppView) {
        self.program.set(view);
        self.harness.run_ok();
    }

    pub fn told(&self) -> Vec<AppCommand> {
        self.program.told()
    }
}
