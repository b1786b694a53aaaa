//! What all requests and sockets share: the directory with its live sockets, the store, budgets.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use deskside_protocol::{SessionNumber, VERSION, api::Code, socket::FromServer};
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    accounts::Accounts,
    clock,
    config::Config,
    directory::{Directory, Ladder, Limiter, Line, Millis, Output, Outputs, Seated},
    hub::Hub,
    ice::IceServers,
    metrics::Metrics,
    routes::Places,
    secrets,
    store::{Batch, Keeper, Saved, keep},
};

/// The server's parts. One per running server, shared by all its tasks.
pub struct App {
    pub config: Config,
    /// Without a slash at its end.
    pub public_url: String,
    pub accounts: Accounts,
    pub ice: IceServers,
    pub metrics: Metrics,
    pub store: Keeper,
    pub limits: Limits,
    pub places: Arc<Places>,
    /// Cancelled when the server stops.
    pub stop: CancellationToken,
    /// Every task that holds this.
    pub tasks: TaskTracker,
    /// Goes up when desks and waiting customers have something to see.
    pub news: watch::Sender<u64>,
    core: Mutex<Core>,
}

struct Core {
    directory: Directory,
    hub: Hub,
}

/// Budgets for guesses at each door.
pub struct Limits {
    pub join: Mutex<Limiter>,
    pub sign_in: Mutex<Limiter>,
    pub accounts: Mutex<crate::directory::ByName>,
}

impl Limits {
    pub fn new(config: &crate::config::Limits) -> Self {
        let join = Ladder {
            address: config.join_address,
            network: config.join_network,
            overall: config.join_overall,
        };
        let sign_in = Ladder {
            address: config.sign_in_address,
            network: config.sign_in_network,
            overall: config.sign_in_overall,
        };
        Self {
            join: Mutex::new(Limiter::new(join)),
            sign_in: Mutex::new(Limiter::new(sign_in)),
            accounts: Mutex::new(crate::directory::ByName::new(config.sign_in_account)),
        }
    }
}

/// Locks that hold plain data: a panic elsewhere leaves nothing half done in them.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl App {
    #[expect(clippy::too_many_arguments, reason = "made in one place")]
    pub fn new(
        config: Config,
        public_url: String,
        accounts: Accounts,
        ice: IceServers,
        metrics: Metrics,
        store: Keeper,
        directory: Directory,
        stop: CancellationToken,
    ) -> Self {
        let limits = Limits::new(&config.limits);
        let places = Places::new(config.limits.connections, config.limits.connections_per_address);
        let core = Mutex::new(Core { directory, hub: Hub::default() });
        Self {
            config,
            public_url,
            accounts,
            ice,
            metrics,
            store,
            limits,
            places,
            stop,
            tasks: TaskTracker::new(),
            news: watch::Sender::new(0),
            core,
        }
    }

    /// Runs a rule of the directory and does what it says. Messages leave and batches are queued in the
    /// order of the rules; what was saved can be waited for.
    pub fn act<T>(&self, rule: impl FnOnce(&mut Directory, &mut Hub, Millis) -> (T, Outputs)) -> (T, Saved) {
        let mut core = lock(&self.core);
        let Core { directory, hub } = &mut *core;
        let (answer, outputs) = rule(directory, hub, clock::now());
        let changed = directory.take_changed();
        let mut batch = Batch::new();
        for output in outputs {
            self.metrics.count(&output);
            match keep(output, &mut batch) {
                None => {}
                Some(Output::Close(link, message)) => hub.close(link, &message),
                Some(other) => self.tell(hub, other),
            }
        }
        if changed {
            self.news.send_modify(|n| *n = n.wrapping_add(1));
        }
        (answer, self.store.submit(batch))
    }

    fn tell(&self, hub: &mut Hub, output: Output) {
        match output {
            Output::Send(link, message) => hub.send(link, &message),
            Output::Waits(link, line) => hub.send(link, &self.waiting(line)),
            Output::Welcome(link, seated) => match self.welcome(seated) {
                Ok(message) => hub.send(link, &message),
                Err(error) => hub.close(link, &FromServer::Refused { error }),
            },
            // The others are kept, not told.
            _ => {}
        }
    }

    /// What a participant is told who is in a session.
    pub fn welcome(&self, seated: Seated) -> Result<FromServer, Code> {
        let Seated { you, number, roster, hand_overs } = seated;
        let ice = self.ice.hand_out(clock::now() / 1000)?;
        let organisation = self.config.organisation.clone();
        let keeps_chat = self.config.chat.kept;
        let version = VERSION;
        Ok(FromServer::Welcome { version, you, number, organisation, roster, ice, hand_overs, keeps_chat })
    }

    /// What a customer is told who waits.
    pub fn waiting(&self, line: Line) -> FromServer {
        let Line { queue, title, place, waiting } = line;
        FromServer::Waiting { queue, title, organisation: self.config.organisation.clone(), place, waiting }
    }

    /// The same for rules that answer nothing to wait for.
    pub fn note(&self, rule: impl FnOnce(&mut Directory, Millis) -> Outputs) {
        let ((), saved) = self.act(|directory, _, now| ((), rule(directory, now)));
        // A store that fails ends the program: there is nothing to tell here.
        drop(saved);
    }

    /// Looks without changing.
    pub fn look<T>(&self, at: impl FnOnce(&Directory, &Hub) -> T) -> T {
        let core = lock(&self.core);
        at(&core.directory, &core.hub)
    }

    /// Enough random numbers for opening a session.
    pub fn numbers() -> Result<Vec<SessionNumber>, Code> {
        Ok((0..64).map(|_| secrets::number()).collect::<Result<_, _>>()?)
    }

    pub fn ready(&self) -> bool {
        self.store.works() && !self.stop.is_cancelled()
    }
}
