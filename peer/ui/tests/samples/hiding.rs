//! A customer with windows open.

use deskside_session::{
    app::AppView,
    hiding::{Hidden, HidingView, OpenWindow},
};

/// `plain`: what is shown besides.
pub fn listed(plain: AppView, hidden: Hidden) -> AppView {
    let window = |id, title: &str, program: &str| OpenWindow {
        id,
        title: title.into(),
        program: program.into(),
        minimised: false,
    };
    let open = vec![
        window(7, "My diary", "Gedit"),
        window(8, "Inbox", "Thunderbird"),
        window(9, "vault", "KeePassXC"),
    ];
    AppView { hiding: HidingView { hidden, open: Some(open) }, ..plain }
}
