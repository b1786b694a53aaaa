//! Opens one of the windows' screens with made-up content, to look at it; says what its
//! buttons would do.
//!
//! `cargo run -p deskside-ui --example gallery -- --screen agent-invite --lang fr --dark`

#[path = "../tests/samples/mod.rs"]
mod samples;

use std::sync::Arc;

use clap::Parser;
use deskside_ui::{Language, Options};

#[derive(Parser)]
struct Args {
    /// Which screen; without it, their names are listed.
    #[arg(long)]
    screen: Option<String>,
    /// en or fr.
    #[arg(long, default_value = "en")]
    lang: String,
    #[arg(long)]
    dark: bool,
}

#[expect(clippy::print_stdout, reason = "a list for a person at a terminal")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args = Args::parse();
    let mut all = samples::all();
    let ways = deskside_session::direction::Direction::ToAgent;
    all.push(("customer-copies", samples::copied::customer(ways)));
    all.push(("agent-copies", samples::copied::agent(ways)));
    all.push(("customer-files", samples::files::customer()));
    all.push(("agent-files", samples::files::agent()));
    all.push(("prompt-send-files", samples::files::asked()));
    all.push(("prompt-copied-files", samples::files::asked_to_copy()));
    all.push(("agent-monitor-gone", samples::copied::monitor_gone(samples::sample("agent-views"))));
    all.push(("customer-monitor-gone", samples::copied::monitor_gone(samples::sample("customer-views"))));
    let Some(wanted) = args.screen else {
        for (name, _) in all {
            println!("{name}");
        }
        return Ok(());
    };
    let at = all.iter().position(|(name, _)| *name == wanted).ok_or("no such screen")?;
    let language = Language::from_locale(&args.lang).ok_or("no such language")?;
    let mut backend = samples::Still::with_picture(all.swap_remove(at).1, samples::Picture::new(false));
    backend.loud = true;
    deskside_ui::run(Arc::new(backend), Options { language, dark: Some(args.dark) })?;
    Ok(())
}
