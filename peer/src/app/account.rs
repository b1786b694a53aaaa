//! A signed-in agent and its desk.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use deskside_net::{Api, ApiError, DeskEvent, DeskSocket, Site};
use deskside_protocol::api::{Code, SignedIn};
use deskside_session::app::{DeskView, PhrasesView, Problem};
use tokio::runtime::Handle;

use super::{App, Phase, event::Event, phrases::Phrases};

/// Between two tries of a call that must come to an answer.
const AGAIN: Duration = Duration::from_millis(500);

pub(super) struct Account {
    pub server: String,
    pub token: String,
    pub name: String,
    /// Which sign-in it is: what is told for an earlier one is dropped.
    pub id: u64,
    pub api: Api,
    pub phrases: Phrases,
    desk: Option<DeskView>,
    /// Ends with the account.
    socket: DeskSocket,
    site: Site,
}

impl Account {
    pub fn view(&self) -> (Option<DeskView>, Option<PhrasesView>) {
        (self.desk.clone(), self.phrases.view.clone())
    }

    fn begin(id: u64, site: Site, server: String, signed: SignedIn, app: &App) -> Self {
        let socket = desk(id, &site, &signed.token, app);
        let api = Api::new(site.clone());
        let SignedIn { token, name, .. } = signed;
        Self { server, token, name, id, api, phrases: Phrases::default(), desk: None, socket, site }
    }
}

fn desk(id: u64, site: &Site, token: &str, app: &App) -> DeskSocket {
    let events = app.events.clone();
    DeskSocket::start(&Handle::current(), site.clone(), token.to_owned(), move |event| {
        if events.try_send(Event::Desk(id, event)).is_err() {
            tracing::warn!("news of the desk were dropped: too much is waiting");
        }
    })
}

impl App {
    /// The network changed: the desk is asked for anew at once.
    pub(super) fn renew_desk(&mut self) {
        let Some(account) = &self.account else { return };
        let socket = desk(account.id, &account.site, &account.token, self);
        if let Some(account) = &mut self.account {
            account.socket = socket;
        }
    }

    pub(super) fn signed_in(&mut self, signed: SignedIn) -> Result<(), Problem> {
        let server = self.options.server.clone();
        let site = self.site(&server)?;
        self.sockets += 1;
        let account = Account::begin(self.sockets, site, server, signed, self);
        self.find_notes(&account.server, &account.name);
        self.account = Some(account);
        self.load_phrases();
        Ok(())
    }

    /// The sign-in is over at the server: sessions go on with their own tickets, all else needs a new one.
    pub(super) fn signed_out(&mut self) {
        self.forget_question();
        self.account = None;
        self.phase = Phase::SignIn { busy: false };
        self.problem = Some(Problem::SignedOut);
    }

    pub(super) fn desk(&mut self, id: u64, event: DeskEvent) {
        let Some(account) = self.account.as_mut().filter(|a| a.id == id) else { return };
        match event {
            DeskEvent::Desk(desk) => {
                let me = account.name.clone();
                account.desk = Some(DeskView { up: true, at: unix_ms(), me, desk });
            }
            DeskEvent::Down(loss) => {
                tracing::debug!(?loss, "the desk is not up");
                if let Some(desk) = &mut account.desk {
                    desk.up = false;
                }
            }
            DeskEvent::Refused(Code::NotSignedIn) => self.signed_out(),
            DeskEvent::Refused(code) => {
                tracing::warn!(?code, "the server gives no desk");
                account.desk = None;
            }
        }
    }

    /// What an agent asked for did not come to be.
    pub(super) fn agent_problem(&mut self, e: ApiError) -> Option<u8> {
        self.phase = Phase::AgentHome { busy: false };
        if e.signed_out() {
            self.signed_out();
            return None;
        }
        let problem = self.worded(e, false);
        self.problem(problem)
    }
}

/// Asks until the server answers, for this long.
pub(super) async fn insist<T, F>(time: Duration, ask: impl Fn() -> F) -> Result<T, ApiError>
where
    F: Future<Output = Result<T, ApiError>>,
{
    let began = Instant::now();
    loop {
        let answer = ask().await;
        if !matches!(answer, Err(ApiError::Down)) || began.elapsed() >= time {
            return answer;
        }
        tokio::time::sleep(AGAIN).await;
    }
}

fn unix_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
