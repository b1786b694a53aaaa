//! The command line.

mod queue;
mod remote;

use std::{
    io::{IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::Context;
use clap::{Parser, Subcommand};
use deskside_protocol::api::{AccountMade, NewAccount, Setup};
use remote::{Remote, password};
use tracing_subscriber::EnvFilter;

use crate::{
    config::{Config, Layers, Log, LogFormat},
    server::{Server, ServerError},
};

/// Introduces Deskside peers to each other and carries their signaling.
#[derive(Parser)]
#[command(
    version,
    about,
    after_help = "Every setting of the file can also be given as an environment variable \
    (sessions.number_lives as DESKSIDE_SESSIONS_NUMBER_LIVES) or with --set. Flags win over the environment, \
    the environment wins over the file."
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(clap::Args)]
struct Serve {
    /// Settings file (TOML).
    #[arg(long, short, env = "DESKSIDE_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Folder of the database.
    #[arg(long, value_name = "FOLDER")]
    data_dir: Option<String>,
    /// Address at which browsers and peers reach the server.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Name shown to agents and customers.
    #[arg(long, value_name = "NAME")]
    organisation: Option<String>,
    /// text or json.
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<String>,
    /// Any setting of the file, by its dotted name.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Read the settings, say whether they are right, and end.
    #[arg(long)]
    check: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Make the first admin account, with the token that the server printed at its first start.
    /// The password comes from DESKSIDE_PASSWORD, the terminal, or standard input.
    Setup {
        #[arg(long, value_name = "URL")]
        server: String,
        /// PEM file with the server's certificate, if no public authority signed it.
        #[arg(long, value_name = "FILE")]
        ca: Option<PathBuf>,
        // It may begin with a dash.
        #[arg(long, allow_hyphen_values = true)]
        token: String,
        #[arg(long)]
        name: String,
    },
    /// Make an agent's account. The passwords come from DESKSIDE_PASSWORD (the admin's) and
    /// DESKSIDE_AGENT_PASSWORD, the terminal, or standard input (one line each).
    AddAgent {
        #[arg(long, value_name = "URL")]
        server: String,
        /// PEM file with the server's certificate, if no public authority signed it.
        #[arg(long, value_name = "FILE")]
        ca: Option<PathBuf>,
        /// Name of the admin who makes it.
        #[arg(long = "as", value_name = "NAME")]
        admin: String,
        /// Name of the new account.
        #[arg(long)]
        name: String,
    },
    /// Make, list and remove queues, in which customers wait for an agent.
    #[command(subcommand)]
    Queue(queue::Command),
}

/// Exit codes: 0 stopped as asked, 1 a command failed, 2 wrong usage or settings, 3 the server failed.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.command {
        None => serve(&cli.serve),
        Some(command) => match run(command) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => complain(&error, 1),
        },
    }
}

fn complain(error: &anyhow::Error, code: u8) -> ExitCode {
    // If standard error is closed there is nobody to tell.
    _ = writeln!(std::io::stderr(), "deskside-server: {error:#}");
    ExitCode::from(code)
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

fn settings(serve: &Serve) -> anyhow::Result<Config> {
    let named = [
        ("listen", &serve.listen),
        ("data_dir", &serve.data_dir),
        ("public_url", &serve.public_url),
        ("organisation", &serve.organisation),
        ("log.format", &serve.log_format),
    ];
    let mut flags = Vec::new();
    for setting in &serve.set {
        let (key, value) = setting.split_once('=').with_context(|| format!("--set {setting}: no ="))?;
        flags.push((key.trim().to_owned(), value.to_owned()));
    }
    flags.extend(named.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value.clone()?))));
    let env = std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)));
    Ok(Layers { file: serve.config.clone(), env: env.collect(), flags }.load()?)
}

fn serve(args: &Serve) -> ExitCode {
    let config = match settings(args).and_then(|c| start_log(&c.log).map(|()| c)) {
        Ok(config) => config,
        Err(error) => return complain(&error, 2),
    };
    if args.check {
        say("the settings are right");
        return ExitCode::SUCCESS;
    }
    let runtime = match tokio::runtime::Runtime::new().context("no runtime") {
        Ok(runtime) => runtime,
        Err(error) => return complain(&error, 3),
    };
    match runtime.block_on(serve_until_stopped(config)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(&error.into(), 3),
    }
}

fn start_log(log: &Log) -> anyhow::Result<()> {
    let mut filter = EnvFilter::try_new(&log.filter).context("log.filter")?;
    // Their finest messages hold what was sent: tickets, passwords.
    for quiet in
        ["tungstenite=info", "hyper=info", "hyper_util=info", "rustls=info", "sled=info", "warp=info"]
    {
        filter = filter.add_directive(quiet.parse().context("log.filter")?);
    }
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match log.format {
        LogFormat::Text => builder.with_ansi(std::io::stderr().is_terminal()).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("log: {error}"))
}

async fn serve_until_stopped(config: Config) -> Result<(), ServerError> {
    let server = Server::bind(config).await?;
    say(&format!("listening on {}", server.local_url()));
    if let Some(stun) = server.stun_addr() {
        say(&format!("stun on {stun}"));
    }
    if let Some(token) = server.setup_token() {
        // Said once and never logged.
        say(&format!("set-up token: {token}"));
        say(&format!("set-up page: {}/setup", server.url()));
    }
    tracing::info!(address = %server.local_addr(), url = server.url(), "started");
    let stop = server.stopper();
    tokio::spawn(async move {
        wait_for_signal().await;
        tracing::info!("stopping");
        stop.cancel();
    });
    let ended = server.join().await;
    match &ended {
        Ok(()) => tracing::info!("stopped"),
        Err(error) => tracing::error!(%error, "stopped"),
    }
    ended
}

#[cfg(unix)]
async fn wait_for_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        },
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}

#[cfg(not(unix))]
async fn wait_for_signal() {
    _ = tokio::signal::ctrl_c().await;
}

fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Setup { server, ca, token, name } => {
            let server = Remote::new(&server, ca)?;
            let password = password("DESKSIDE_PASSWORD", "New password: ")?;
            let made: AccountMade = server.post("setup", None, &Setup { token, name, password })?;
            say(&format!("admin account made: {}", made.name));
        }
        Command::AddAgent { server, ca, admin, name } => {
            let server = Remote::new(&server, ca)?;
            let made: AccountMade = server.as_admin(admin, |server, bearer| {
                let password = password("DESKSIDE_AGENT_PASSWORD", "Password of the new account: ")?;
                server.post("accounts", Some(bearer), &NewAccount { name, password })
            })?;
            say(&format!("agent account made: {}", made.name));
        }
        Command::Queue(command) => queue::run(command)?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_may_begin_with_a_dash() {
        let line = ["deskside-server", "setup", "--server", "http://h", "--token", "-a-", "--name", "Ana"];
        let parsed = Cli::try_parse_from(line).map(|cli| cli.command);
        assert!(matches!(parsed, Ok(Some(Command::Setup { token, .. })) if token == "-a-"));
    }
}
