//! 32 agents race for 2,000 customers through the API of a real server, while the server is killed again and
//! again, and agents too. A checker over what everyone saw finds nobody lost and nobody given twice.

mod history;
#[path = "../kit/mod.rs"]
mod kit;

use std::{
    net::SocketAddr,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use deskside_protocol::{
    SessionNumber,
    api::{Code, Failure, SessionOpened},
    queues::{Entered, Take},
    socket::FromServer,
};
use history::{Given, History, check};
use kit::{
    NAME, PASSWORD, Peer, agent, hello, post,
    program::{self, Program},
    sign_in, try_post,
};
use serde_json::json;
use tokio::{sync::watch, task::JoinSet};

const AGENTS: usize = 32;
const CUSTOMERS: usize = 2000;
/// Customers who hold a socket all the time, and come back to the server each time.
const PATIENT: usize = 40;
const SERVER_KILLS: usize = 6;
const AGENT_KILLS: usize = 60;

/// What a customer's program keeps.
struct Customer {
    ticket: String,
    key: u8,
}

/// What survives an agent's program: the claim is put down before it is used, the answer when it is there.
#[derive(Default)]
struct Disk {
    claim: Option<String>,
    given: Vec<Given>,
}

struct Race {
    at: SocketAddr,
    tokens: Vec<String>,
    disks: Vec<Mutex<Disk>>,
    customers: Mutex<Vec<Arc<Customer>>>,
    /// Tries to enter without an answer: the server may know a customer who does not know it.
    unanswered: AtomicUsize,
    /// Sessions that customers with a socket heard of while it went on, by ticket.
    heard: Mutex<Vec<(String, SessionNumber)>>,
    patients: Mutex<JoinSet<()>>,
    entered: AtomicBool,
    taken: watch::Sender<usize>,
    /// Whether the server was not killed, as far as its killer knows.
    up: watch::Sender<bool>,
}

impl Race {
    async fn server_is_up(&self) {
        self.up.subscribe().wait_for(|up| *up).await.unwrap();
    }
}

fn server(folder: &Path, at: SocketAddr) -> tokio::process::Command {
    let mut command = program::command_at(folder, at);
    for setting in [
        "sessions.per_account=100000",
        "sessions.ticket_waits=600",
        "queues.longest=10000",
        "limits.connections_per_address=10000",
        "log.filter=error",
    ] {
        command.args(["--set", setting]);
    }
    command
}

async fn prepared(program: &Program) -> Vec<String> {
    let at = program.at;
    let setup = json!({"token": program.token, "name": NAME, "password": PASSWORD});
    assert_eq!(post(at, "/api/v1/setup", "", &setup).await.status, 200);
    let admin = sign_in(at).await;
    let names: Vec<String> = (0..AGENTS).map(|n| format!("Agent {n}")).collect();
    let mut tokens = Vec::new();
    for pair in names.chunks(2) {
        let (a, b) = tokio::join!(agent(at, &admin, &pair[0]), agent(at, &admin, &pair[1]));
        tokens.extend([a, b]);
    }
    let queue = json!({"name": "help", "title": "Help", "agents": names});
    assert_eq!(post(at, "/api/v1/queues", &admin, &queue).await.status, 200);
    tokens
}

async fn customers_come(race: Arc<Race>, from: usize, to: usize) {
    for n in from..to {
        let ticket = loop {
            let answer = try_post(race.at, "/api/v1/queues/help/enter", "", &json!({"name": "Zoé"})).await;
            match answer {
                Some(answer) if answer.status == 200 => break answer.json::<Entered>().ticket,
                Some(answer) => assert_eq!(answer.status, 503, "{answer:?}"),
                None => {
                    race.unanswered.fetch_add(1, Ordering::Relaxed);
                    race.server_is_up().await;
                }
            }
        };
        let customer = Arc::new(Customer { ticket, key: u8::try_from(n % 250).unwrap() });
        race.customers.lock().unwrap().push(Arc::clone(&customer));
        if n % (CUSTOMERS / PATIENT) == 0 {
            race.patients.lock().unwrap().spawn(wait_in_line(Arc::clone(&race), customer));
        }
    }
}

/// Holds a socket until the welcome comes, whatever happens to the server.
async fn wait_in_line(race: Arc<Race>, customer: Arc<Customer>) {
    loop {
        let Some(mut peer) = Peer::try_connect(race.at).await else {
            race.server_is_up().await;
            continue;
        };
        if !peer.try_text(&hello(&customer.ticket, customer.key)).await {
            continue;
        }
        while let Some(text) = peer.next_text().await {
            if let Ok(FromServer::Welcome { number, .. }) = serde_json::from_str(&text) {
                race.heard.lock().unwrap().push((customer.ticket.clone(), number));
                return;
            }
        }
    }
}

/// An agent's program, from its start; it goes on with the claim that it finds.
async fn agent_works(race: Arc<Race>, me: usize) {
    loop {
        let claim = {
            let mut disk = race.disks[me].lock().unwrap();
            disk.claim.get_or_insert_with(new_claim).clone()
        };
        let all_entered = race.entered.load(Ordering::SeqCst);
        let body = Take { claim: claim.clone(), entry: None };
        let answer = try_post(race.at, "/api/v1/queues/help/take", &race.tokens[me], &body).await;
        let Some(answer) = answer else {
            race.server_is_up().await;
            continue;
        };
        match answer.status {
            200 => {
                let SessionOpened { number, ticket, .. } = answer.json();
                let mut disk = race.disks[me].lock().unwrap();
                disk.given.push(Given { agent: me, claim, number, ticket });
                disk.claim = None;
                race.taken.send_modify(|n| *n += 1);
            }
            404 => {
                assert_eq!(answer.json::<Failure>().error, Code::NobodyWaits);
                if all_entered {
                    return;
                }
            }
            503 => {}
            other => panic!("{other}: {answer:?}"),
        }
    }
}

fn new_claim() -> String {
    let mut random = [0; 16];
    getrandom::fill(&mut random).unwrap();
    URL_SAFE_NO_PAD.encode(random)
}

/// Kills an agent's program after some customers, wherever it is, and starts it again.
async fn agents_are_killed(race: Arc<Race>) {
    let start = |n| tokio::spawn(agent_works(Arc::clone(&race), n));
    let mut running: Vec<_> = (0..AGENTS).map(start).collect();
    let mut taken = race.taken.subscribe();
    for kill in 1..=AGENT_KILLS {
        let enough = kill * (CUSTOMERS - 100) / AGENT_KILLS;
        taken.wait_for(|n| *n >= enough).await.unwrap();
        let victim = kill * 7 % AGENTS;
        running[victim].abort();
        match (&mut running[victim]).await {
            Ok(()) => {}
            Err(error) if error.is_cancelled() => {}
            Err(error) => panic!("{error}"),
        }
        running[victim] = start(victim);
    }
    for agent in running {
        agent.await.unwrap();
    }
}

async fn server_is_killed(race: Arc<Race>, folder: std::path::PathBuf, mut program: Program) -> Program {
    let mut taken = race.taken.subscribe();
    for kill in 1..=SERVER_KILLS {
        let enough = kill * (CUSTOMERS - 100) / SERVER_KILLS;
        taken.wait_for(|n| *n >= enough).await.unwrap();
        race.up.send_replace(false);
        program.signal("-KILL");
        program.ended().await;
        program = program::run(server(&folder, race.at), false).await;
        race.up.send_replace(true);
    }
    program
}

/// Asks the server which session each customer is in.
async fn look_up(race: &Arc<Race>) -> Vec<(String, SessionNumber)> {
    let customers = race.customers.lock().unwrap().clone();
    let mut found = Vec::new();
    for some in customers.chunks(8) {
        let mut asking = JoinSet::new();
        for customer in some.iter().cloned() {
            let at = race.at;
            asking.spawn(async move {
                let mut peer = Peer::connect(at).await;
                peer.text(&hello(&customer.ticket, customer.key)).await;
                match peer.next().await {
                    FromServer::Welcome { number, .. } => Some((customer.ticket.clone(), number)),
                    // Still in line or unknown: lost, as the checker will say.
                    _ => None,
                }
            });
        }
        found.extend(asking.join_all().await.into_iter().flatten());
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_lost_and_nobody_given_twice() {
    let folder = tempfile::tempdir().unwrap();
    let program = program::run(server(folder.path(), ([127, 0, 0, 1], 0).into()), true).await;
    let tokens = prepared(&program).await;
    let race = Arc::new(Race {
        at: program.at,
        tokens,
        disks: (0..AGENTS).map(|_| Mutex::default()).collect(),
        customers: Mutex::default(),
        unanswered: AtomicUsize::new(0),
        heard: Mutex::default(),
        entered: AtomicBool::new(false),
        taken: watch::Sender::new(0),
        patients: Mutex::default(),
        up: watch::Sender::new(true),
    });
    let killer = tokio::spawn(server_is_killed(Arc::clone(&race), folder.path().to_owned(), program));
    let agents = tokio::spawn(agents_are_killed(Arc::clone(&race)));
    let mut coming = JoinSet::new();
    for part in 0..4 {
        coming.spawn(customers_come(Arc::clone(&race), part * CUSTOMERS / 4, (part + 1) * CUSTOMERS / 4));
    }
    coming.join_all().await;
    race.entered.store(true, Ordering::SeqCst);
    agents.await.unwrap();
    let program = killer.await.unwrap();

    let given: Vec<Given> = race.disks.iter().flat_map(|d| d.lock().unwrap().given.clone()).collect();
    // A claim of long ago still has its answer.
    for old in given.iter().step_by(97) {
        let body = Take { claim: old.claim.clone(), entry: None };
        let again = post(race.at, "/api/v1/queues/help/take", &race.tokens[old.agent], &body).await;
        let again: SessionOpened = again.json();
        assert_eq!((again.number, &again.ticket), (old.number, &old.ticket));
    }
    let patients = std::mem::take(&mut *race.patients.lock().unwrap());
    tokio::time::timeout(kit::PATIENCE, patients.join_all()).await.expect("a customer in line hears nothing");
    let found = look_up(&race).await;
    let entered: Vec<String> = race.customers.lock().unwrap().iter().map(|c| c.ticket.clone()).collect();
    let heard = race.heard.lock().unwrap().clone();
    assert_eq!((entered.len(), heard.len()), (CUSTOMERS, PATIENT));
    let history =
        History { entered, unanswered: race.unanswered.load(Ordering::Relaxed), given, heard, found };
    if let Err(wrong) = check(&history) {
        panic!("{wrong}");
    }
    program.signal("-TERM");
    assert_eq!(program.ended().await.0, Some(0));
}
