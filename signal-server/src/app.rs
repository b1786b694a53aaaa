//! What all requests and sockets share: the directory with its live sockets, the store, budgets.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use deskside_protocol::{SessionNumber, api::Code};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    accounts::Accounts,
    clock,
    config::Config,
    directory::{Directory, Ladder, Limiter, Millis, Output, Outputs},
    hub::Hub,
    ice::IceServers,
    metrics::Metrics,
    routes::Places,
    secrets,
    store::{Batch, Keeper, Saved, Step, Table, put_session, put_word, session_key, word_key},
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
            core,
        }
    }

    /// Runs a rule of the directory and does what it says. Messages leave and batches are queued in the
    /// order of the rules; what was saved can be waited for.
    pub fn act<T>(&self, rule: impl FnOnce(&mut Directory, &mut Hub, Millis) -> (T, Outputs)) -> (T, Saved) {
        let mut core = lock(&self.core);
        let Core { directory, hub } = &mut *core;
        let (answer, outputs) = rule(directory, hub, clock::now());
        let mut batch = Batch::new();
        for output in outputs {
            match output {
                Output::Send(link, message) => hub.send(link, &message),
                Output::Close(link, message) => hub.close(link, &message),
                Output::Save(record) => batch.push(put_session(&record)),
                Output::SaveWord(number, word) => batch.push(put_word(number, &word)),
                Output::Forget(number, words) => {
                    batch.push(Step::Delete(Table::Sessions, session_key(number)));
                    let serials = 1..=u32::try_from(words).unwrap_or(u32::MAX);
                    let forget = |serial| Step::Delete(Table::HandOvers, word_key(number, serial));
                    batch.extend(serials.map(forget));
                }
            }
        }
        (answer, self.store.submit(batch))
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
