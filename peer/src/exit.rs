//! Exit codes; documented in docs/automation.md.

use deskside_session::app::{Ending, Problem};

pub const OK: u8 = 0;
pub const OTHER: u8 = 1;
// 2 is clap's: wrong usage.
pub const NUMBER: u8 = 3;
pub const SERVER: u8 = 4;
pub const NOT_TRUSTED: u8 = 5;
pub const SIGN_IN: u8 = 6;
pub const NO_DISPLAY: u8 = 7;

/// The code with which a program ends that could not begin its session.
pub fn of_problem(problem: &Problem) -> u8 {
    match problem {
        Problem::MalformedNumber
        | Problem::MalformedQueue
        | Problem::NoSuchSession
        | Problem::NoSuchQueue
        | Problem::QueueFull
        | Problem::NobodyWaits
        | Problem::TransferGone
        | Problem::TooManySessions
        | Problem::TooManyTries { .. } => NUMBER,
        Problem::WrongPassword | Problem::SignedOut => SIGN_IN,
        Problem::ServerDown { .. } | Problem::ServerVersion { .. } => SERVER,
        Problem::ServerNotTrusted { .. } | Problem::NotTrusted { .. } => NOT_TRUSTED,
        Problem::NoDisplay => NO_DISPLAY,
        Problem::BadCommand { .. } | Problem::Other { .. } => OTHER,
    }
}

/// The code with which a program ends after its session.
pub fn of_ending(ending: Ending) -> u8 {
    match ending {
        Ending::NotTrusted => NOT_TRUSTED,
        Ending::Left | Ending::EndedByMe | Ending::EndedByAgent | Ending::Expired => OK,
    }
}
