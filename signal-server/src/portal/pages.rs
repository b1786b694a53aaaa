//! The templates in `assets/portal`, with what each shows.

use askama::Template;
use deskside_protocol::{QueueName, SessionNumber};

use super::{Texts, stamp};

/// What all pages show.
pub struct Site<'a> {
    pub organisation: &'a str,
    pub version: &'static str,
    /// Part of the addresses of styles and scripts, so that they can be kept for long.
    pub stamp: &'static str,
}

impl<'a> Site<'a> {
    pub fn new(organisation: &'a str) -> Self {
        Self { organisation, version: env!("CARGO_PKG_VERSION"), stamp: stamp() }
    }
}

/// One field for the number.
#[derive(Template)]
#[template(path = "home.html")]
pub struct Home<'a> {
    pub site: Site<'a>,
    pub text: &'static Texts,
    pub entered: &'a str,
    pub wrong: bool,
}

/// How to go on in the program. The same for any number: it does not tell whether there is such a session.
#[derive(Template)]
#[template(path = "join.html")]
pub struct JoinPage<'a> {
    site: Site<'a>,
    text: &'static Texts,
    parts: Vec<String>,
}

impl<'a> JoinPage<'a> {
    pub fn new(site: Site<'a>, text: &'static Texts, number: SessionNumber) -> Self {
        let parts = number.to_string().split(' ').map(str::to_owned).collect();
        Self { site, text, parts }
    }
}

/// How to wait in a queue. The same for any name: it does not tell whether there is such a queue.
#[derive(Template)]
#[template(path = "queue.html")]
pub struct QueuePage<'a> {
    pub site: Site<'a>,
    pub text: &'static Texts,
    pub queue: QueueName,
}

/// The first admin account.
#[derive(Template)]
#[template(path = "setup.html")]
pub struct SetupPage<'a> {
    pub site: Site<'a>,
    pub text: &'static Texts,
    pub name: &'a str,
    pub problem: Option<String>,
}

/// A few words and the way back.
#[derive(Template)]
#[template(path = "message.html")]
pub struct Message<'a> {
    pub site: Site<'a>,
    pub text: &'static Texts,
    pub title: String,
    pub body: String,
}
