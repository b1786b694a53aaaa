//! Files on their way, and the question about them.

use deskside_session::{
    app::{AppView, Screen},
    command::Act,
    files::FilesId,
    view::{AskedFiles, Grant, MovingFiles},
};

use super::{LONG, ME, OTHER, changed, prompt};

fn moving(fetch: u32, sends: bool, name: &str, files: u32, done: u64) -> MovingFiles {
    MovingFiles {
        id: FilesId { with: OTHER, fetch, sends },
        act: Act::CopiedFiles,
        name: name.into(),
        files,
        bytes: 48_200_000,
        done,
        skipped: 0,
        over: false,
    }
}

/// One comes, one goes, and one is there; with names as they are.
fn all() -> Vec<MovingFiles> {
    let long = format!("{LONG} {LONG}.pdf");
    let over = MovingFiles {
        over: true,
        act: Act::SendFiles,
        ..moving(3, false, "driver-setup.zip", 1, 48_200_000)
    };
    vec![moving(1, false, "Holiday photos", 214, 20_700_000), moving(2, true, &long, 1, 3_400_000), over]
}

/// Both kinds of leave for what is copied.
pub fn customer() -> AppView {
    changed("customer-views", |s| {
        s.grants.extend([Act::Clipboard, Act::CopiedFiles].map(|act| Grant { to: OTHER, act }));
        s.files = all();
    })
}

pub fn agent() -> AppView {
    changed("agent-views", |s| {
        s.grants.extend([Act::Clipboard, Act::CopiedFiles].map(|act| Grant { to: ME, act }));
        s.files = all()[..2].to_vec();
    })
}

/// The agent wants to send some.
pub fn asked() -> AppView {
    changed("customer-views", |s| {
        let names = [
            "driver-setup.zip",
            "Manuals/",
            &format!("{LONG} {LONG}.pdf"),
            "réponse à la question.txt",
            "a.png",
        ];
        let names = names.map(str::to_owned).to_vec();
        let files = Some(AskedFiles { names, more: 3, files: 27, bytes: 48_200_000 });
        s.prompt = Some(deskside_session::view::Prompt { files, ..prompt(Act::SendFiles, "Sam Okafor") });
    })
}

/// The agent wants to copy some.
pub fn asked_to_copy() -> AppView {
    changed("customer-views", |s| s.prompt = Some(prompt(Act::CopiedFiles, "Sam Okafor")))
}

/// The transfers of a view.
pub fn of(view: &AppView) -> Vec<MovingFiles> {
    match &view.screen {
        Screen::Session { session, .. } => session.files.clone(),
        _ => Vec::new(),
    }
}
