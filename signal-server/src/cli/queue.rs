//! `deskside-server queue …`.

use std::path::PathBuf;

use deskside_protocol::{QueueName, queues::Queue};

use super::{remote::Remote, say};

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Make a queue. The admin's password comes from DESKSIDE_PASSWORD, the terminal, or standard input.
    Add {
        #[command(flatten)]
        to: To,
        /// 1 to 32 of a-z, 0-9 and -: part of links and commands.
        #[arg(long)]
        name: QueueName,
        /// Shown to customers and agents.
        #[arg(long)]
        title: String,
        /// Name of an account that serves it; once for each.
        #[arg(long = "agent", value_name = "NAME")]
        agents: Vec<String>,
    },
    /// List the queues: name, title, and who serves them, separated by tabs.
    List {
        #[command(flatten)]
        to: To,
    },
    /// Remove a queue; who waits in it is told.
    Remove {
        #[command(flatten)]
        to: To,
        #[arg(long)]
        name: QueueName,
    },
}

#[derive(clap::Args)]
pub(super) struct To {
    #[arg(long, value_name = "URL")]
    server: String,
    /// PEM file with the server's certificate, if no public authority signed it.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Name of the admin who asks.
    #[arg(long = "as", value_name = "NAME")]
    admin: String,
}

impl To {
    fn ask<T>(self, act: impl FnOnce(&Remote, &str) -> anyhow::Result<T>) -> anyhow::Result<T> {
        Remote::new(&self.server, self.ca)?.as_admin(self.admin, act)
    }
}

pub(super) fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Add { to, name, title, agents } => {
            let queue = Queue { name, title, agents };
            let made: Queue = to.ask(|server, bearer| server.post("queues", Some(bearer), &queue))?;
            say(&format!("queue made: {}", made.name));
        }
        Command::List { to } => {
            let queues: Vec<Queue> = to.ask(|server, bearer| server.get("queues", bearer))?;
            for Queue { name, title, agents } in queues {
                say(&format!("{name}\t{title}\t{}", agents.join(", ")));
            }
        }
        Command::Remove { to, name } => {
            to.ask(|server, bearer| server.delete(&format!("queues/{name}"), bearer))?;
            say(&format!("queue removed: {name}"));
        }
    }
    Ok(())
}
