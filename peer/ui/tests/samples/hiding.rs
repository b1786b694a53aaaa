//! A customer with windows open.

use deskside_session::{
    app::AppView,
    hiding::{Hidden, Hiding, HidingView, OpenWindow},
    quality::{Colours, Quality, Sharpness},
};

use super::customer_shares;

/// Screens of the gallery by name.
pub fn all() -> [(&'static str, AppView); 2] {
    let few = Quality { sharpness: Sharpness::Faster, colours: Colours::Bits8 };
    [
        ("customer-hides", listed(customer_shares(|_, s| s.hiding = Hiding::Something), Hidden::default())),
        ("customer-few-colours", customer_shares(move |_, s| s.quality = few)),
    ]
}

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
