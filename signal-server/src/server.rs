//! A running server: bind, serve, stop.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use serde::de::DeserializeOwned;
use tokio::net::{TcpListener, UdpSocket};
use tokio_util::sync::CancellationToken;

use crate::{
    accounts::Accounts,
    app::App,
    clock,
    config::{Config, Engine, StoreSettings},
    directory::{Directory, Rules, Stored},
    ice::{IceServers, responder},
    listen,
    metrics::Metrics,
    passwords::Passwords,
    secrets::NoRandomness,
    store::{
        Batch, Keeper, MemoryStore, SledStore, Step, Store, StoreError, Table, decode, keep, migrate,
        word_session,
    },
    tls::{self, TlsError},
    ws,
};

/// What has run out is looked for this often.
const TICK: Duration = Duration::from_secs(1);
const SWEEP: Duration = Duration::from_secs(3600);
/// For everything to end.
const STOPPING: Duration = Duration::from_secs(15);

/// Why the server did not start, or stopped by itself.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    #[error("cannot listen on {0}: {1}")]
    Bind(String, std::io::Error),
    #[error("{0} is not an address")]
    Address(String),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Random(#[from] NoRandomness),
    #[error("{0}")]
    StoreFailed(String),
}

/// See the module.
pub struct Server {
    app: Arc<App>,
    address: SocketAddr,
    stun: Option<SocketAddr>,
    setup_token: Option<String>,
    writer: std::thread::JoinHandle<()>,
}

impl Server {
    /// Opens the store, binds the addresses and starts serving.
    pub async fn bind(config: Config) -> Result<Self, ServerError> {
        let tls = tls::acceptor(&config.tls)?;
        let rules = rules(&config);
        let (settings, folder) = (config.store.clone(), config.data_dir.clone());
        let open = move || -> Result<_, StoreError> {
            let store = open(&settings, &folder)?;
            migrate(store.as_ref())?;
            let directory = directory(store.as_ref(), rules)?;
            Ok((store, directory))
        };
        let opened = tokio::task::spawn_blocking(open).await;
        let (store, directory) = opened.map_err(|e| StoreError::Engine(e.to_string()))??;
        let (keeper, writer) = Keeper::start(store)?;

        let not_bound = |at: String| move |error| ServerError::Bind(at, error);
        let listener =
            TcpListener::bind(config.listen).await.map_err(not_bound(config.listen.to_string()))?;
        let address = listener.local_addr().map_err(not_bound(config.listen.to_string()))?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let public_url = if config.public_url.is_empty() {
            if address.ip().is_unspecified() {
                tracing::warn!("public_url is not set: links to sessions work on this machine only");
            }
            format!("{scheme}://{}", reachable(address))
        } else {
            config.public_url.clone()
        };
        let stun = bind_stun(&config.stun.listen).await?;
        let stun_address = stun.as_ref().map(UdpSocket::local_addr).transpose();
        let stun_address = stun_address.map_err(not_bound(config.stun.listen.clone()))?;
        let ice = IceServers::new(&config, stun_address.map(|at| advertised(&config, &public_url, at)));

        let passwords = Passwords::new(config.accounts.hash_workers)?;
        let accounts =
            Accounts::new(keeper.clone(), passwords, config.accounts.sign_in_lives.saturating_mul(1000));
        let failed = |_| ServerError::StoreFailed("the store failed at the start".into());
        let setup_token = accounts.setup_token().await.map_err(failed)?;
        let stop = CancellationToken::new();
        let app = Arc::new(App::new(
            config,
            public_url,
            accounts,
            ice,
            Metrics::default(),
            keeper,
            directory,
            stop,
        ));
        app.tasks.spawn(listen::run(Arc::clone(&app), listener, tls));
        app.tasks.spawn(keep_house(Arc::clone(&app)));
        app.tasks.spawn(tell_places(Arc::clone(&app)));
        if let Some(socket) = stun {
            let (stop, answers) = (app.stop.clone(), Arc::clone(&app.metrics.stun_answers));
            app.tasks.spawn(async move {
                _ = stop.run_until_cancelled(responder::run(socket, move || answers.add())).await;
            });
        }
        Ok(Self { app, address, stun: stun_address, setup_token, writer })
    }

    /// The TCP address that was bound.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// The UDP address of the STUN responder, if it is on.
    pub fn stun_addr(&self) -> Option<SocketAddr> {
        self.stun
    }

    /// Address for peers and browsers, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.app.public_url
    }

    /// The address that was bound, as a URL.
    pub fn local_url(&self) -> String {
        let secure = !self.app.config.tls.certificate.as_os_str().is_empty();
        format!("{}://{}", if secure { "https" } else { "http" }, self.address)
    }

    /// The token for making the first admin, while there is none.
    pub fn setup_token(&self) -> Option<&str> {
        self.setup_token.as_deref()
    }

    /// Stops the server from elsewhere.
    pub fn stopper(&self) -> CancellationToken {
        self.app.stop.clone()
    }

    /// Serves until it is stopped or the store fails; then ends all that is under way.
    pub async fn join(self) -> Result<(), ServerError> {
        let Self { app, writer, .. } = self;
        let mut failure = app.store.failure();
        tokio::select! {
            () = app.stop.cancelled() => {}
            _ = failure.wait_for(Option::is_some) => {}
        }
        app.stop.cancel();
        app.tasks.close();
        if tokio::time::timeout(STOPPING, app.tasks.wait()).await.is_err() {
            tracing::warn!("some connections did not end in time");
        }
        app.store.close();
        let joined = tokio::task::spawn_blocking(move || writer.join()).await;
        if !matches!(joined, Ok(Ok(()))) {
            return Err(ServerError::StoreFailed("the store's thread ended unexpectedly".into()));
        }
        let failed = failure.borrow().clone();
        failed.map_or(Ok(()), |what| Err(ServerError::StoreFailed(what)))
    }

    /// Stops now, and waits until everything has ended.
    pub async fn shutdown(self) -> Result<(), ServerError> {
        self.app.stop.cancel();
        self.join().await
    }
}

fn rules(config: &Config) -> Rules {
    let sessions = &config.sessions;
    Rules {
        number_lives: sessions.number_lives.saturating_mul(1000),
        away_lives: sessions.away_lives.saturating_mul(1000),
        ticket_waits: sessions.ticket_waits.saturating_mul(1000),
        participants: sessions.participants,
        customers: sessions.customers,
        sessions: sessions.at_once,
        per_account: sessions.per_account,
        keep_place: config.queues.keep_place.saturating_mul(1000),
        transfer_waits: config.queues.transfer_wait.saturating_mul(1000),
        longest_queue: config.queues.longest,
    }
}

/// What the store knows of running sessions and queues.
fn directory(store: &dyn Store, rules: Rules) -> Result<Directory, StoreError> {
    fn all<T: DeserializeOwned>(store: &dyn Store, table: Table) -> Result<Vec<T>, StoreError> {
        store.scan(table)?.iter().map(|(_, row)| decode(table, row)).collect()
    }
    let words = store.scan(Table::HandOvers)?;
    let words = words.iter().map(|(key, row)| Ok((word_session(key)?, decode(Table::HandOvers, row)?)));
    let stored = Stored {
        sessions: all(store, Table::Sessions)?,
        words: words.collect::<Result<_, StoreError>>()?,
        queues: all(store, Table::Queues)?,
        waiters: all(store, Table::Waiting)?,
        claims: all(store, Table::Claims)?,
    };
    let directory = Directory::restore(rules, clock::now(), stored);
    write_back(store, &directory)?;
    Ok(directory)
}

/// What was restored in another form than it was stored (by an older program, or with times that begin anew) is
/// stored again: conditions on it hold only for the very bytes.
fn write_back(store: &dyn Store, directory: &Directory) -> Result<(), StoreError> {
    let mut batch = Batch::new();
    for output in directory.kept() {
        keep(output, &mut batch);
    }
    let mut changed = Batch::new();
    for step in batch {
        if let Step::Put(table, key, value) = &step
            && store.get(*table, key)?.as_ref() != Some(value)
        {
            changed.push(step);
        }
    }
    store.commit(&[changed]).map(drop)
}

fn open(settings: &StoreSettings, folder: &std::path::Path) -> Result<Arc<dyn Store>, StoreError> {
    Ok(match settings.engine {
        Engine::Memory => Arc::new(MemoryStore::default()),
        Engine::Sled => Arc::new(SledStore::open(folder, settings.cache_mib.saturating_mul(1 << 20))?),
    })
}

async fn bind_stun(listen: &str) -> Result<Option<UdpSocket>, ServerError> {
    if listen.is_empty() {
        return Ok(None);
    }
    let at: SocketAddr = listen.parse().map_err(|_| ServerError::Address(listen.into()))?;
    let socket = UdpSocket::bind(at).await.map_err(|e| ServerError::Bind(listen.into(), e))?;
    Ok(Some(socket))
}

/// "All addresses" is none that one can go to.
fn reachable(bound: SocketAddr) -> SocketAddr {
    match bound.ip() {
        IpAddr::V4(v4) if v4.is_unspecified() => (Ipv4Addr::LOCALHOST, bound.port()).into(),
        IpAddr::V6(v6) if v6.is_unspecified() => (Ipv6Addr::LOCALHOST, bound.port()).into(),
        _ => bound,
    }
}

/// `host:port` of the responder: as configured, or the host of the public URL with the bound port.
fn advertised(config: &Config, public_url: &str, bound: SocketAddr) -> String {
    if !config.stun.advertise.is_empty() {
        return config.stun.advertise.clone();
    }
    let authority = public_url.split_once("://").map_or(public_url, |(_, rest)| rest);
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => host,
        _ => authority,
    };
    format!("{host}:{}", bound.port())
}

async fn keep_house(app: Arc<App>) {
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    let mut sweep = tokio::time::interval(SWEEP);
    loop {
        tokio::select! {
            _ = tick.tick() => app.note(Directory::tick),
            _ = sweep.tick() => { _ = app.accounts.sweep(clock::now()).await; }
            () = app.stop.cancelled() => return,
        }
    }
}

/// Tells customers their place in line after each change, at most so often: what changed meanwhile is told at once.
async fn tell_places(app: Arc<App>) {
    let mut news = app.news.subscribe();
    let told = async {
        while news.changed().await.is_ok() {
            app.note(|directory, _| directory.tell_places());
            tokio::time::sleep(ws::PACE).await;
        }
    };
    _ = app.stop.run_until_cancelled(told).await;
}
