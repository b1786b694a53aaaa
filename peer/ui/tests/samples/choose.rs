//! Something of this computer is to be chosen: what else there is than what is open.

use deskside_session::{
    app::AppView,
    choosing::{ChoosingView, Installed, StartState, Started},
    command::Act,
    hiding::{Hidden, OpenWindow},
    view::Verified,
};

use super::{agent, asks, code, customer_shares, hiding, in_session};

pub fn all() -> Vec<(&'static str, AppView)> {
    let listed = |plain| offered(hiding::listed(plain, Hidden::default()));
    vec![
        ("prompt-from", listed(asks(code(), Act::View, "Sam Okafor"))),
        ("customer-from", listed(customer_shares(|_, _| ()))),
        ("agent-offers", listed(in_session(agent(Verified::Link)))),
    ]
}

fn installed(id: &str, name: &str, about: &str) -> Installed {
    Installed { id: format!("{id}.desktop"), name: name.into(), about: about.into(), words: String::new() }
}

/// A customer who came from a browser, and some installed programs.
pub fn offered(plain: AppView) -> AppView {
    let from = OpenWindow {
        id: 11,
        title: "Printer support - Example Organisation".into(),
        program: "Firefox".into(),
        minimised: false,
    };
    let all = vec![
        installed("calc", "Calculator", "Calculator"),
        installed("files", "Files", "File manager"),
        installed("writer", "LibreOffice Writer", "Word processor"),
        installed("long", "Universal diagnostics of the northern branch, third edition with all add-ons", ""),
    ];
    let choosing = ChoosingView { installed: Some(all), started: None, came_from: Some(from) };
    AppView { choosing, ..plain }
}

/// One of them was started.
pub fn started(plain: AppView, state: StartState) -> AppView {
    let mut view = offered(plain);
    view.choosing.started = Some(Started { id: "calc.desktop".into(), state });
    view
}

/// An icon for every second one.
pub fn icon(number: u64) -> Option<std::sync::Arc<Vec<u8>>> {
    let side = deskside_ui::ICON as i32;
    let pixel = |i: i32| {
        let (x, y) = (i % side - side / 2, i / side - side / 2);
        let inside = x * x + y * y < side * side / 4 - side;
        [40 + (number * 37 % 160) as u8, 90, 200 - (number * 53 % 140) as u8, if inside { 255 } else { 0 }]
    };
    number.is_multiple_of(2).then(|| std::sync::Arc::new((0..side * side).flat_map(pixel).collect()))
}
