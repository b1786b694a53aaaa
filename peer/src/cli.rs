//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Remote support that people can trust.
#[derive(Debug, Parser)]
#[command(name = "deskside", version, about, max_term_width = 100)]
pub struct Cli {
    /// Address of the organisation's server, for example https://support.example.org
    #[arg(long, env = "DESKSIDE_SERVER", global = true, default_value = "http://127.0.0.1:8470")]
    pub server: String,
    /// A PEM file with a certificate authority to trust beside the usual ones
    #[arg(long, env = "DESKSIDE_CA", global = true, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// Without windows: JSON lines in and out (docs/automation.md)
    #[arg(long, global = true)]
    pub headless: bool,
    /// With windows, and JSON lines in and out beside them
    #[arg(long, global = true, conflicts_with = "headless")]
    pub json: bool,
    /// Where the identity key and settings are kept
    #[arg(long, env = "DESKSIDE_HOME", global = true, value_name = "FOLDER")]
    pub home: Option<PathBuf>,
    /// Never a direct path: only through the organisation's relay
    #[arg(long, env = "DESKSIDE_RELAY_ONLY", global = true)]
    pub relay_only: bool,
    #[command(subcommand)]
    pub role: Option<RoleCommand>,
}

#[derive(Debug, Clone, Subcommand)]
pub enum RoleCommand {
    /// Help somebody: sign in and start a session
    Agent {
        /// Account name; the password is asked for, or read from DESKSIDE_PASSWORD
        #[arg(long)]
        name: Option<String>,
        /// Starts a session as soon as signed in
        #[arg(long)]
        start: bool,
    },
    /// Get help: join with the number or the link that the agent gave
    Join {
        /// Nine digits, or a link
        #[arg(required_unless_present = "queue", conflicts_with = "queue")]
        target: Option<String>,
        /// Wait in this queue for the next free agent, without a number
        #[arg(long, value_name = "NAME")]
        queue: Option<String>,
        /// Name to show to the agent
        #[arg(long)]
        name: Option<String>,
    },
    /// Whether links to sessions open this program, for the person who runs it (on Windows)
    Links {
        #[command(subcommand)]
        command: LinksCommand,
    },
    /// The signed logs of what was asked, allowed and done
    Log {
        #[command(subcommand)]
        command: LogCommand,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub enum LinksCommand {
    /// From now on links open this very file
    Add,
    /// No more
    Remove,
}

#[derive(Debug, Clone, Subcommand)]
pub enum LogCommand {
    /// The logs of this home
    List,
    /// Whether a log is whole and as it was signed; exit code 1 if not
    Verify {
        file: PathBuf,
        /// The other side's copy of the same log
        #[arg(long, value_name = "OTHER")]
        against: Option<PathBuf>,
    },
    /// A page in plain words: who helped whom, and what was allowed
    Receipt {
        file: PathBuf,
        /// en or fr; the system's without it
        #[arg(long)]
        language: Option<String>,
        /// Where to write the page; without it, to standard output
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}
