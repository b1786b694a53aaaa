//! `deskside`: the command line around the library.
// No console of its own on Windows; see `deskside_devices::console`.
#![cfg_attr(windows, windows_subsystem = "windows")]

use std::{process::ExitCode, sync::Arc};

use anyhow::Context as _;
use clap::Parser as _;
use deskside::{
    app::{App, First, Options, event},
    backend::{Slot, Windows},
    cli::{Cli, RoleCommand},
    exit,
    headless::{self, Line, Printer},
    icons::Icons,
    identity, links_command, log_command,
    publish::Publisher,
};
use deskside_net::{NetworkWatch, SystemNetwork, WebrtcConnector, watch_network};
use deskside_session::app::{AppOnly, AppView, Screen};

fn main() -> ExitCode {
    deskside_devices::console::attach();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("DESKSIDE_LOG")
                .or_else(|_| tracing_subscriber::EnvFilter::try_from_default_env())
                .unwrap_or_else(|_| "warn,deskside=info".into()),
        )
        .init();
    match run(Cli::parse()) {
        Ok(code) => ExitCode::from(code),
        Err(e) => {
            tracing::error!("{e:#}");
            ExitCode::from(exit::OTHER)
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<u8> {
    let home = cli.home.clone().unwrap_or_else(identity::default_home);
    let first = match cli.role.clone() {
        None => First::Nothing,
        Some(RoleCommand::Links { command }) => return links_command::run(command),
        Some(RoleCommand::Log { command }) => return log_command::run(command, &home),
        Some(RoleCommand::Agent { name, start }) => {
            First::Agent { name, password: std::env::var("DESKSIDE_PASSWORD").ok(), start }
        }
        Some(RoleCommand::Join { queue: Some(queue), name, .. }) => First::Queue { queue, name },
        Some(RoleCommand::Join { target, name, .. }) => {
            First::Join { target: target.unwrap_or_default(), name }
        }
    };
    // At once: the own windows, and whatever else opens, come in front of it.
    let came_from = first.is_by_link().then(deskside_devices::windows::front).flatten();
    tracing::info!(version = env!("CARGO_PKG_VERSION"), server = cli.server, "Deskside starts");
    let agent = matches!(first, First::Agent { .. });
    let slot = (!cli.headless).then(Arc::<Slot>::default);
    if slot.is_some() {
        links_command::keep();
    }
    let icons = slot.as_ref().map(|_| Arc::<Icons>::default());
    let options = Options {
        server: cli.server.trim_end_matches('/').to_owned(),
        ca: cli.ca.clone(),
        home: home.clone(),
        relay_only: cli.relay_only,
        windows: slot.clone(),
        first,
        icons: icons.clone(),
        came_from,
    };
    let screen = if agent { Screen::SignIn { busy: false } } else { Screen::Join { busy: false } };
    let publisher = Arc::new(Publisher::new(AppView::new(options.server.clone(), screen)));

    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (events, incoming) = tokio::sync::mpsc::channel(event::QUEUE);
    let json = cli.headless || cli.json;
    let (printer, printing) = if json {
        let (p, t) = Printer::start();
        (p, Some(t))
    } else {
        (Printer::silent(), None)
    };
    let mut views = None;
    if json {
        printer.print(&Line::Ready {
            version: env!("CARGO_PKG_VERSION"),
            protocol: deskside_session::wire::VERSION,
        });
        views = Some(runtime.spawn(headless::print_views(Arc::clone(&publisher), printer.clone())));
        let (events, printer) = (events.clone(), printer.clone());
        std::thread::spawn(move || headless::read_commands(&events, &printer));
    }
    let _guard = runtime.enter();
    let _network = watch(&runtime, events.clone());
    let app = App::new(
        options,
        Arc::new(WebrtcConnector::new(runtime.handle().clone())),
        events.clone(),
        Arc::clone(&publisher),
        printer.clone(),
    );
    let closing = Arc::clone(&publisher);
    let app = runtime.spawn(async move {
        let code = app.run(incoming).await;
        closing.close(code);
        code
    });
    let shown = match slot.zip(icons) {
        Some((slot, icons)) => {
            let publisher = Arc::clone(&publisher);
            let windows = Windows { publisher, events: events.clone(), slot, icons, home };
            let shown = deskside_ui::run(Arc::new(windows), deskside_ui::Options::from_env());
            // The window is gone: that is quitting.
            let _ = events.try_send(event::Event::Command(AppOnly::Quit.into()));
            shown
        }
        None => Ok(()),
    };
    let code = runtime.block_on(app).context("the program's loop broke")?;
    let code = match shown {
        Ok(()) => code,
        Err(e) => {
            tracing::error!("{e}");
            exit::NO_DISPLAY
        }
    };
    if let Some(views) = views {
        // It ends by itself: the publisher is closed.
        let _ = runtime.block_on(views);
    }
    printer.print(&Line::Exit { code });
    runtime.shutdown_background();
    drop(printer);
    if let Some(thread) = printing {
        // Ends when the last printer is gone, which the reader of commands may hold for ever.
        thread.finish();
    }
    Ok(code)
}

/// Changes of the network come to the loop; without them silence has to tell.
fn watch(runtime: &tokio::runtime::Runtime, events: event::Events) -> Option<NetworkWatch> {
    let network = SystemNetwork::new()
        .inspect_err(|e| tracing::warn!(error = %e, "the system does not tell of changes of the network"))
        .ok()?;
    Some(watch_network(runtime.handle(), network, move |change| {
        if events.try_send(event::Event::Network(change)).is_err() {
            tracing::warn!("a change of the network was missed: too much is waiting");
        }
    }))
}
