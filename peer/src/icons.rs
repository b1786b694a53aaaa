//! The icons of windows and of installed programs, for the own windows alone.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use deskside_devices::windows::Icon;
use deskside_ui::{IconOf, Pixels};

/// The newest ones.
#[derive(Default)]
pub struct Icons(Mutex<State>);

#[derive(Default)]
struct State {
    windows: HashMap<u64, Pixels>,
    programs: HashMap<String, Pixels>,
    /// Of the window from which the person came.
    came_from: HashMap<u64, Pixels>,
}

impl Icons {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// In place of those before.
    pub fn set_windows(&self, icons: HashMap<u64, Icon>) {
        self.lock().windows = shared(icons);
    }

    pub fn set_programs(&self, icons: HashMap<String, Icon>) {
        self.lock().programs = shared(icons);
    }

    pub fn set_came_from(&self, icons: HashMap<u64, Icon>) {
        self.lock().came_from = shared(icons);
    }

    pub fn get(&self, of: IconOf<'_>) -> Option<Pixels> {
        let state = self.lock();
        match of {
            IconOf::Window(id) => state.windows.get(&id).or_else(|| state.came_from.get(&id)).cloned(),
            IconOf::Program(id) => state.programs.get(id).cloned(),
        }
    }
}

fn shared<K: Eq + std::hash::Hash>(icons: HashMap<K, Icon>) -> HashMap<K, Pixels> {
    icons.into_iter().map(|(k, icon)| (k, Arc::new(icon.0))).collect()
}
