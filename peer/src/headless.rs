//! JSON lines: commands in, events and views out (docs/automation.md).

use std::{
    io::{BufRead, Read, Write},
    sync::Arc,
};

use deskside_session::app::{AppCommand, AppOnly, AppView};
use serde::Serialize;
use tokio::sync::{
    OwnedSemaphorePermit, Semaphore,
    mpsc::{Sender, channel},
};

use crate::{
    app::event::{Event, Events},
    publish::Publisher,
};

/// Longest command line in bytes.
const MAX_LINE: u64 = 256 * 1024;

/// Lines that may wait for who reads them.
const WAITING: usize = 4096;
/// Views among them, each of which may be long.
const WAITING_VIEWS: usize = 8;

/// One line of output.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Line<'a> {
    Ready { version: &'static str, protocol: u32 },
    View { view: &'a AppView },
    Screenshot { path: &'a str, width: u16, height: u16 },
    Receipt { path: &'a str },
    Error { detail: &'a str },
    Exit { code: u8 },
}

/// Writes lines in the order in which they were given.
#[derive(Clone)]
pub struct Printer(Option<Queue>);

#[derive(Clone)]
struct Queue {
    lines: Sender<Option<Waiting>>,
    views: Arc<Semaphore>,
}

/// A line, and the place that it gives back when it is written.
type Waiting = (String, Option<OwnedSemaphorePermit>);

/// The thread that writes.
pub struct Printing {
    end: Sender<Option<Waiting>>,
    thread: std::thread::JoinHandle<()>,
}

impl Printing {
    /// Returns when all lines so far are written.
    pub fn finish(self) {
        if self.end.blocking_send(None).is_ok() {
            let _ = self.thread.join();
        }
    }
}

impl Printer {
    /// Prints nothing.
    pub fn silent() -> Self {
        Self(None)
    }

    pub fn start() -> (Self, Printing) {
        let (tx, mut rx) = channel::<Option<Waiting>>(WAITING);
        let end = tx.clone();
        let thread = std::thread::spawn(move || {
            while let Some(Some((line, _place))) = rx.blocking_recv() {
                let mut out = std::io::stdout().lock();
                if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
                    // Who read us is gone: nobody is left to tell.
                    return;
                }
            }
        });
        let views = Arc::new(Semaphore::new(WAITING_VIEWS));
        (Self(Some(Queue { lines: tx, views })), Printing { end, thread })
    }

    pub fn print(&self, line: &Line<'_>) {
        if let Some(queue) = &self.0
            && let Ok(text) = serde_json::to_string(line)
        {
            // Who reads slowly misses lines in between; the newest view comes again.
            let _ = queue.lines.try_send(Some((text, None)));
        }
    }

    /// Prints a view as soon as there is room for one.
    async fn print_view(&self, view: &AppView) {
        let Some(queue) = &self.0 else { return };
        let Ok(place) = Arc::clone(&queue.views).acquire_owned().await else { return };
        if let Ok(text) = serde_json::to_string(&Line::View { view }) {
            // The thread that wrote is gone when nobody reads any more.
            let _ = queue.lines.send(Some((text, Some(place)))).await;
        }
    }
}

/// Reads commands from standard input until it ends; the end of input is [`AppOnly::Quit`].
pub fn read_commands(events: &Events, printer: &Printer) {
    let mut input = std::io::stdin().lock();
    let mut line = Vec::new();
    loop {
        line.clear();
        match (&mut input).take(MAX_LINE).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => break,
            Ok(n) if n as u64 == MAX_LINE && line.last() != Some(&b'\n') => {
                printer.print(&Line::Error { detail: "the line is longer than 256 KiB; it was skipped" });
                if skip_line(&mut input).is_err() {
                    break;
                }
                continue;
            }
            Ok(_) => {}
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match parse(&line) {
            Ok(command) => {
                let quit = command == AppCommand::App(AppOnly::Quit);
                if events.blocking_send(Event::Command(command)).is_err() || quit {
                    return;
                }
            }
            Err(detail) => printer.print(&Line::Error { detail: &detail }),
        }
    }
    let _ = events.blocking_send(Event::Command(AppOnly::Quit.into()));
}

fn skip_line(input: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        let (used, done) = match buffer.iter().position(|b| *b == b'\n') {
            Some(i) => (i + 1, true),
            None => (buffer.len(), false),
        };
        input.consume(used);
        if done {
            return Ok(());
        }
    }
}

/// A command, or what is wrong with the line.
fn parse(line: &[u8]) -> Result<AppCommand, String> {
    let value: serde_json::Value =
        serde_json::from_slice(line).map_err(|e| format!("this line is not JSON: {e}"))?;
    let name = value
        .get("do")
        .and_then(serde_json::Value::as_str)
        .ok_or("a command is an object with the name of what to do: {\"do\": \"…\"}")?
        .to_owned();
    serde_json::from_value::<AppOnly>(value.clone()).map(AppCommand::App).or_else(|app| {
        serde_json::from_value(value).map(AppCommand::Session).map_err(|session| {
            // The one that knew the name says what is missing.
            let e = if session.to_string().contains("unknown variant") { app } else { session };
            format!("cannot do \"{name}\": {e}")
        })
    })
}

/// Prints the newest view again and again, the last one included, until the program closes.
pub async fn print_views(publisher: Arc<Publisher>, printer: Printer) {
    let mut views = publisher.subscribe();
    let mut printed = 0;
    loop {
        let latest = views.borrow_and_update().clone();
        if latest.serial != printed {
            printed = latest.serial;
            printer.print_view(&latest.view).await;
        }
        if latest.closed.is_some() || views.changed().await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use super::{Printer, parse, print_views};
    use crate::publish::Publisher;
    use deskside_session::{
        app::{AppCommand, AppOnly, AppView, Screen},
        command::{Act, Command},
    };

    #[tokio::test(flavor = "multi_thread")]
    async fn the_end_is_never_missed() {
        for i in 0..5000 {
            let screen = Screen::Join { busy: false };
            let publisher = Arc::new(Publisher::new(AppView::new("http://a".into(), screen)));
            let views = tokio::spawn(print_views(Arc::clone(&publisher), Printer::silent()));
            // At each moment of its first round once.
            (0..i % 1000).for_each(|_| std::hint::spin_loop());
            publisher.close(3);
            tokio::time::timeout(Duration::from_secs(5), views).await.expect("it ends").expect("it runs");
        }
    }

    #[test]
    fn commands_of_the_program_and_of_the_session() {
        assert_eq!(parse(br#"{"do":"quit"}"#), Ok(AppCommand::App(AppOnly::Quit)));
        assert_eq!(
            parse(br#"{"do":"ask","act":"view"}"#),
            Ok(AppCommand::Session(Command::Ask { act: Act::View }))
        );
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert!(parse(b"nonsense").expect_err("not JSON").contains("not JSON"));
        assert!(parse(b"[1]").expect_err("no object").contains("\"do\""));
        assert!(parse(br#"{"do":"dance"}"#).expect_err("unknown").contains("dance"));
        assert!(parse(br#"{"do":"ask"}"#).expect_err("no act").contains("act"));
        assert!(parse(br#"{"do":"join"}"#).expect_err("no target").contains("target"));
    }
}
