//! What happened, in words: one function for each kind of news that the program gives.

mod files;

pub use files::size;

use deskside_session::{
    Role,
    app::{Ending, Problem},
    command::{Act, Coder},
    direction::Direction,
    view::{LinkView, Monitor, Notice, Other, Refusal, Route, Trouble},
};

use crate::{acts, texts::Texts};

/// How long ago something was; in minutes, hours or days.
pub fn ago(t: &Texts, ms: u64) -> String {
    let minutes = u32::try_from(ms / 60_000).unwrap_or(u32::MAX);
    match minutes {
        0 => t.t("ago-now"),
        1..60 => t.ta("ago-minutes", &[("minutes", minutes.into())]),
        60..1440 => t.ta("ago-hours", &[("hours", (minutes / 60).into())]),
        _ => t.ta("ago-days", &[("days", (minutes / 1440).into())]),
    }
}

/// What went wrong, and what to do about it.
pub fn problem(t: &Texts, problem: &Problem) -> (String, String) {
    match problem {
        Problem::MalformedNumber => (t.t("problem-number"), t.t("problem-number-do")),
        Problem::MalformedQueue => (t.t("problem-queue-name"), t.t("problem-queue-name-do")),
        Problem::NoSuchSession => (t.t("problem-no-session"), t.t("problem-no-session-do")),
        Problem::NoSuchQueue => (t.t("problem-no-queue"), t.t("problem-no-queue-do")),
        Problem::QueueFull => (t.t("problem-queue-full"), t.t("problem-queue-full-do")),
        Problem::TooManySessions => (t.t("problem-too-many-sessions"), t.t("problem-too-many-sessions-do")),
        Problem::NobodyWaits => (t.t("problem-nobody-waits"), t.t("problem-nobody-waits-do")),
        Problem::TransferGone => (t.t("problem-transfer-gone"), t.t("problem-transfer-gone-do")),
        Problem::TooManyTries { wait_s } => (t.t("problem-tries"), wait(t, *wait_s)),
        Problem::WrongPassword => (t.t("problem-password"), t.t("problem-password-do")),
        Problem::SignedOut => (t.t("problem-signed-out"), t.t("problem-signed-out-do")),
        Problem::ServerDown { server } => {
            (t.ta("problem-server-down", &[("server", server.into())]), t.t("problem-server-down-do"))
        }
        Problem::ServerNotTrusted { server } => {
            (t.ta("problem-server-trust", &[("server", server.into())]), t.t("problem-server-trust-do"))
        }
        Problem::ServerVersion { theirs } => {
            (t.ta("problem-version", &[("version", (*theirs).into())]), t.t("problem-version-do"))
        }
        Problem::NotTrusted { reason } => refusal(t, *reason),
        Problem::NoDisplay => (t.t("problem-display"), t.t("problem-display-do")),
        Problem::BadCommand { detail } => (t.t("problem-command"), details(t, detail)),
        Problem::Other { detail } => (t.t("problem-other"), details(t, detail)),
    }
}

fn details(t: &Texts, detail: &str) -> String {
    if detail.is_empty() { String::new() } else { t.ta("problem-detail", &[("detail", detail.into())]) }
}

fn wait(t: &Texts, seconds: u64) -> String {
    let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
    if seconds < 120 {
        t.ta("problem-tries-do", &[("seconds", seconds.into())])
    } else {
        t.ta("problem-tries-minutes", &[("minutes", seconds.div_ceil(60).into())])
    }
}

/// Why the other side was refused, and what to do about it.
pub fn refusal(t: &Texts, reason: Refusal) -> (String, String) {
    match reason {
        Refusal::Secret => (t.t("problem-trust-secret"), t.t("problem-trust-secret-do")),
        Refusal::Signature => (t.t("problem-trust-signature"), t.t("problem-trust-signature-do")),
        Refusal::Key => (t.t("problem-trust-key"), t.t("problem-trust-key-do")),
        Refusal::Version { theirs } => {
            (t.ta("problem-trust-version", &[("version", theirs.into())]), t.t("problem-trust-version-do"))
        }
        Refusal::Garbage => (t.t("problem-trust-garbage"), t.t("problem-trust-garbage-do")),
    }
}

/// Why there is no picture or no control, and what to do about it.
pub fn trouble(t: &Texts, trouble: Trouble) -> (String, String) {
    match trouble {
        Trouble::NoDisplay => (t.t("trouble-no-display"), t.t("trouble-no-display-do")),
        Trouble::CaptureDenied => (t.t("trouble-capture-denied"), t.t("trouble-capture-denied-do")),
        Trouble::CaptureFailed => (t.t("trouble-capture-failed"), t.t("trouble-capture-failed-do")),
        Trouble::InputDenied => (t.t("trouble-input-denied"), t.t("trouble-input-denied-do")),
        Trouble::InputFailed => (t.t("trouble-input-failed"), t.t("trouble-input-failed-do")),
        Trouble::SystemPrompt => (t.t("trouble-system-prompt"), t.t("trouble-system-prompt-do")),
    }
}

/// Whether there is no picture at all for this reason.
pub fn hides_picture(trouble: Trouble) -> bool {
    match trouble {
        Trouble::NoDisplay | Trouble::CaptureDenied | Trouble::CaptureFailed | Trouble::SystemPrompt => true,
        Trouble::InputDenied | Trouble::InputFailed => false,
    }
}

/// News on one or two lines; `me` is who reads it.
pub fn notice(t: &Texts, me: Role, notice: &Notice) -> String {
    let of = |key: &str, name: &String| t.ta(key, &[("name", name.into())]);
    match notice {
        Notice::Joined { name } => of("notice-joined", name),
        Notice::Left { name } => of("notice-left", name),
        Notice::Lost { name } => of("notice-lost", name),
        Notice::Back { name } => of("notice-back", name),
        Notice::HandedOver { from, to } => {
            t.ta("notice-handed-over", &[("from", from.into()), ("to", to.into())])
        }
        Notice::NowHelped { name } => of("notice-now-helped", name),
        Notice::Watches { name } if me == Role::Customer => of("notice-watches", name),
        Notice::Watches { name } => of("notice-watches-mine", name),
        Notice::AllowAllGoesOn { name } => of("notice-allow-all-goes-on", name),
        Notice::Allowed { act } => match act {
            Act::View => t.t("notice-allowed-view"),
            Act::Control => t.t("notice-allowed-control"),
            Act::Clipboard => t.t("notice-allowed-clipboard"),
            act => t.ta("notice-allowed-act", &[("act", (&acts::what(t, *act)).into())]),
        },
        Notice::Refused { act } => match act {
            Act::View => t.t("notice-refused-view"),
            Act::Control => t.t("notice-refused-control"),
            Act::Clipboard => t.t("notice-refused-clipboard"),
            act => t.ta("notice-refused-act", &[("act", (&acts::what(t, *act)).into())]),
        },
        Notice::NoAnswer { .. } if me == Role::Customer => t.t("notice-no-answer-me"),
        Notice::NoAnswer { .. } => t.t("notice-no-answer"),
        Notice::TurnedAway { name, reason } => {
            t.ta("notice-turned-away", &[("name", name.into()), ("why", (&refusal(t, *reason).0).into())])
        }
        Notice::Revoked { act } => match act {
            Act::View => t.t("notice-revoked-view"),
            Act::Control => t.t("notice-revoked-control"),
            Act::Clipboard => t.t("notice-revoked-clipboard"),
            act => t.ta("notice-revoked-act", &[("act", (&acts::what(t, *act)).into())]),
        },
        Notice::TakenBack if me == Role::Customer => t.t("notice-taken-back-me"),
        Notice::TakenBack => t.t("notice-taken-back"),
        Notice::OwnControl => t.t("notice-taken-back-me"),
        Notice::MayControl { name } => of("notice-may-control", name),
        Notice::MayNotControl { name } => of("notice-may-not-control", name),
        Notice::Paused => t.t("notice-paused"),
        Notice::Resumed => t.t("notice-resumed"),
        Notice::SharingStopped => t.t("notice-stopped"),
        Notice::ServerLost => t.t("notice-server-lost"),
        Notice::ServerBack => t.t("notice-server-back"),
        Notice::Trouble { trouble: what } => trouble(t, *what).0,
        Notice::ChatTooLong => t.t("chat-too-long"),
        Notice::ChatFull => t.t("chat-full"),
        Notice::LogNotKept => t.t("notice-log-not-kept"),
        Notice::LogKept => t.t("notice-log-kept"),
        Notice::MonitorGone { monitor, instead } => {
            t.ta("notice-monitor-gone", &[("monitor", monitor.into()), ("instead", instead.into())])
        }
        Notice::ClipboardGoes { direction } => self::direction(t, me, *direction),
        Notice::FilesMoved { sent, name, files, skipped } => files::moved(t, *sent, name, *files, *skipped),
        Notice::FilesStopped { sent, name, stopped, entry } => {
            files::stopped(t, *sent, name, *stopped, entry.as_deref())
        }
        Notice::FilesNotOffered => t.t("files-not-offered"),
        Notice::MonitorBack { monitor } => t.ta("notice-monitor-back", &[("monitor", monitor.into())]),
    }
}

/// Which way what is copied goes, as the person in this role reads it.
pub fn direction(t: &Texts, me: Role, direction: Direction) -> String {
    match (direction, me) {
        (Direction::Both, _) => t.t("copied-both"),
        (Direction::Off, _) => t.t("copied-off"),
        (Direction::ToAgent, Role::Customer) => t.t("copied-mine-out"),
        (Direction::ToCustomer, Role::Customer) => t.t("copied-theirs-in"),
        (Direction::ToAgent, _) => t.t("copied-from-customer"),
        (Direction::ToCustomer, _) => t.t("copied-to-customer"),
    }
}

/// Whether the news is a bad one.
pub fn is_bad(notice: &Notice) -> bool {
    matches!(
        notice,
        Notice::Lost { .. }
            | Notice::Refused { .. }
            | Notice::NoAnswer { .. }
            | Notice::TurnedAway { .. }
            | Notice::ServerLost
            | Notice::Trouble { .. }
            | Notice::ChatTooLong
            | Notice::ChatFull
            | Notice::LogNotKept
            | Notice::FilesStopped { .. }
            | Notice::FilesNotOffered
            | Notice::MonitorGone { .. }
    )
}

/// A grant as the customer reads it.
pub fn act(t: &Texts, act: Act) -> String {
    acts::granted(t, act)
}

pub fn role(t: &Texts, role: Role) -> String {
    match role {
        Role::Primary => t.t("role-primary"),
        Role::Assistant => t.t("role-assistant"),
        Role::Customer => t.t("role-customer"),
    }
}

/// The state of the connection to one person.
pub fn link(t: &Texts, other: &Other) -> String {
    match &other.link {
        LinkView::Connecting => t.t("link-connecting"),
        LinkView::Secure { route: Route::Direct, .. } => t.t("link-direct"),
        LinkView::Secure { route: Route::Relayed, .. } => t.t("link-relayed"),
        LinkView::Secure { route: Route::Unknown, .. } => t.t("link-secure"),
        LinkView::Lost => t.t("link-lost"),
        LinkView::Refused { .. } => t.t("link-refused"),
    }
}

pub fn coder(t: &Texts, coder: Coder) -> String {
    match coder {
        Coder::Auto => t.t("viewer-coder-auto"),
        Coder::Tiles => t.t("viewer-coder-tiles"),
        Coder::H264 => t.t("viewer-coder-h264"),
    }
}

/// How a session ended: title and explanation.
pub fn ending(t: &Texts, role: Role, ending: Ending) -> (String, String) {
    let customer = role == Role::Customer;
    match ending {
        Ending::Left if customer => (t.t("ended-left"), t.t("ended-left-lead")),
        Ending::Left => (t.t("ended-left"), t.t("ended-left-agent-lead")),
        Ending::EndedByMe => (t.t("ended-by-me"), t.t("ended-by-me-lead")),
        Ending::EndedByAgent if customer => (t.t("ended-by-agent"), t.t("ended-by-agent-lead")),
        Ending::EndedByAgent => (t.t("ended-by-agent"), t.t("ended-by-me-lead")),
        Ending::Expired if customer => (t.t("ended-expired"), t.t("ended-expired-lead")),
        Ending::Expired => (t.t("ended-expired"), t.t("ended-expired-agent-lead")),
        Ending::NotTrusted => (t.t("ended-not-trusted"), t.t("ended-not-trusted-lead")),
    }
}

/// A monitor and its size.
pub fn monitor(t: &Texts, monitor: &Monitor) -> String {
    let (width, height) = (monitor.width.to_string(), monitor.height.to_string());
    t.ta(
        "viewer-monitor",
        &[("name", (&monitor.name).into()), ("width", (&width).into()), ("height", (&height).into())],
    )
}
