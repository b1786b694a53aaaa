//! The pages: compiled templates, texts in each language, and what they load.

mod assets;
mod pages;
mod texts;

pub use assets::{asset, stamp};
pub use pages::{Home, JoinPage, Message, QueuePage, SetupPage, Site};
pub use texts::{Lang, Texts};
