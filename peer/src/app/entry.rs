//! The ways into a session: signing in, opening one, joining one, and the first welcome.

use std::sync::Arc;

use deskside_net::{Api, ApiError, BadSite, Loss, Signaling, SignalingConfig, SignalingEvent, Site};
use deskside_protocol::{
    SessionNumber,
    api::{Code, Join},
    socket::FromServer,
};
use deskside_session::{
    Identity, JoinTarget, LinkSecret, QueueTarget, Role,
    app::{Problem, Waiting},
};
use tokio::runtime::Handle;

use super::{
    App, Joining, Phase,
    event::{Answer, Event, SessionEvents},
    places::{Entering, Place, State},
    running::{self, Running},
};
use crate::{
    exit, identity,
    kept::{Kept, Seat},
};

impl App {
    pub(super) fn forget_question(&mut self) {
        self.question += 1;
        self.problem = None;
        // Whoever does something else waits no longer.
        self.leave_queue();
        if let Some(task) = self.asking.take() {
            task.abort();
        }
    }

    pub(super) fn ask(&mut self, question: impl Future<Output = Answer> + Send + 'static) {
        self.forget_question();
        let (events, number) = (self.events.clone(), self.question);
        self.asking = Some(tokio::spawn(async move {
            let answer = question.await;
            let _ = events.send(Event::Answer(number, answer)).await;
        }));
    }

    pub(super) fn site(&self, server: &str) -> Result<Site, Problem> {
        Site::new(server, self.options.ca.as_deref()).map_err(|e| match e {
            BadSite::Address => Problem::ServerDown { server: server.to_owned() },
            BadSite::Authorities(_) => Problem::Other { detail: e.to_string() },
        })
    }

    pub(super) fn sign_in(&mut self, server: Option<String>, name: String, password: String) -> Option<u8> {
        // Whose sign-in ended may sign in again while its sessions go on.
        if self.running().any(|r| self.account.is_some() || r.role() == Role::Customer) {
            self.bad_command("leave or end the session first");
            return None;
        }
        if let Some(server) = server.filter(|s| !s.trim().is_empty()) {
            self.options.server = server.trim().trim_end_matches('/').to_owned();
        }
        let api = match self.site(&self.options.server) {
            Ok(site) => Api::new(site),
            Err(problem) => return self.problem(problem),
        };
        self.ask(async move { Answer::SignedIn(api.sign_in(&name, &password).await) });
        self.phase = Phase::SignIn { busy: true };
        None
    }

    pub(super) fn start_session(&mut self) -> Option<u8> {
        let Some(account) = &self.account else {
            self.bad_command("sign in first");
            return None;
        };
        let (api, token) = (account.api.clone(), account.token.clone());
        self.ask(async move { Answer::Opened(api.open_session(&token).await) });
        self.phase = Phase::AgentHome { busy: true };
        None
    }

    pub(super) fn assist(&mut self, target: &str, joining: &mut Option<Joining>) -> Option<u8> {
        let Some(account) = &self.account else {
            self.bad_command("sign in first");
            return None;
        };
        let Ok(target) = JoinTarget::parse(target) else {
            return self.problem(Problem::MalformedNumber);
        };
        if self.is_in(target.number) {
            self.show_session(Some(target.number));
            return None;
        }
        let (api, server, token) = (account.api.clone(), account.server.clone(), account.token.clone());
        *joining = Some(Joining { server, secret: target.secret, name: self.account_name() });
        self.ask(async move { Answer::Assists(api.assist(&token, target.number).await) });
        self.phase = Phase::AgentHome { busy: true };
        None
    }

    /// Goes on with a session in which a program of this home was when it was killed. False: there is none.
    pub(super) fn resume(&mut self, fits: impl Fn(&Seat) -> bool) -> bool {
        let Some((kept, state)) = Kept::find(&self.options.home, fits) else { return false };
        let seat = kept.seat.clone();
        let Some(seed) = seat.seed() else { return false };
        tracing::info!(number = %seat.number, "going on with the session in which the program ended");
        let entry = Entry {
            role: seat.role,
            name: seat.name,
            number: Some(seat.number),
            secret: None,
            link: None,
            seed,
            resumed: Some((kept, state)),
        };
        self.enter(&seat.server, seat.ticket, entry);
        true
    }

    pub(super) fn join(
        &mut self,
        target: &str,
        name: Option<String>,
        joining: &mut Option<Joining>,
    ) -> Option<u8> {
        if let Some(QueueTarget { server, queue }) = QueueTarget::parse(target) {
            return self.enter_queue(queue.as_str(), Some(server), name, joining);
        }
        let target = match JoinTarget::parse(target) {
            Ok(t) => t,
            Err(_) => {
                self.phase = Phase::Join { busy: false };
                return self.problem(Problem::MalformedNumber);
            }
        };
        let server = target.server.unwrap_or_else(|| self.options.server.clone());
        let name = name.unwrap_or_default();
        let api = match self.site(&server) {
            Ok(site) => Api::new(site),
            Err(problem) => return self.problem(problem),
        };
        *joining = Some(Joining { server, secret: target.secret, name: name.clone() });
        let join = Join { number: target.number, name };
        self.ask(async move { Answer::Joined(api.join(&join).await) });
        self.phase = Phase::Join { busy: true };
        None
    }

    /// Says what went wrong; a program without windows that cannot begin ends with a code.
    pub(super) fn problem(&mut self, problem: Problem) -> Option<u8> {
        let code = exit::of_problem(&problem);
        self.problem = Some(problem);
        let waits =
            self.options.windows.is_some() || self.account.is_some() || self.running().next().is_some();
        if waits {
            return None;
        }
        let view = self.view();
        self.publisher.publish(view);
        Some(code)
    }

    pub(super) fn answer(&mut self, answer: Answer, joining: &mut Option<Joining>) -> Option<u8> {
        match answer {
            Answer::SignedIn(Ok(signed)) => {
                self.phase = Phase::AgentHome { busy: false };
                if let Err(problem) = self.signed_in(signed) {
                    self.phase = Phase::SignIn { busy: false };
                    return self.problem(problem);
                }
                let start = std::mem::take(&mut self.start_when_signed_in);
                let server = self.options.server.clone();
                let mut resumed = false;
                while self.resume(|seat| seat.role != Role::Customer && seat.server == server) {
                    resumed = true;
                }
                if start && !resumed {
                    return self.start_session();
                }
                None
            }
            Answer::SignedIn(Err(e)) => {
                self.phase = Phase::SignIn { busy: false };
                let problem = self.worded(e, true);
                self.problem(problem)
            }
            Answer::Opened(Ok(opened)) => {
                let account_server =
                    self.account.as_ref().map_or_else(|| self.options.server.clone(), |a| a.server.clone());
                let made = identity::load(&self.options.home)
                    .and_then(|seed| Ok((seed, LinkSecret::new(identity::fresh()?))));
                let (seed, secret) = match made {
                    Ok(m) => m,
                    Err(e) => {
                        self.phase = Phase::AgentHome { busy: false };
                        return self.problem(Problem::Other { detail: e.to_string() });
                    }
                };
                let link = format!("{}#{}", opened.join_url, secret.to_text());
                let name = self.account_name();
                self.enter(
                    &account_server,
                    opened.ticket,
                    Entry {
                        role: Role::Primary,
                        name,
                        number: Some(opened.number),
                        secret: Some(secret),
                        link: Some(link),
                        seed,
                        resumed: None,
                    },
                )
            }
            Answer::Opened(Err(e)) => self.agent_problem(e),
            Answer::Joined(Ok(joined)) => {
                let j = joining.take()?;
                let seed = match identity::fresh() {
                    Ok(seed) => seed,
                    Err(e) => {
                        self.phase = Phase::Join { busy: false };
                        return self.problem(Problem::Other { detail: e.to_string() });
                    }
                };
                self.enter(
                    &j.server,
                    joined.ticket,
                    Entry {
                        role: Role::Customer,
                        name: j.name,
                        number: Some(joined.number),
                        secret: j.secret,
                        link: None,
                        seed,
                        resumed: None,
                    },
                )
            }
            Answer::Entered(answer) => self.entered(answer, joining),
            Answer::Assists(Ok(joined)) => {
                let j = joining.take()?;
                let seed = match identity::load(&self.options.home) {
                    Ok(seed) => seed,
                    Err(e) => {
                        self.phase = Phase::AgentHome { busy: false };
                        return self.problem(Problem::Other { detail: e.to_string() });
                    }
                };
                let entry = Entry {
                    role: Role::Assistant,
                    name: j.name,
                    number: Some(joined.number),
                    secret: j.secret,
                    link: None,
                    seed,
                    resumed: None,
                };
                self.enter(&j.server, joined.ticket, entry)
            }
            Answer::Assists(Err(ApiError::Refused { code: Code::Taken, .. })) => {
                self.phase = Phase::AgentHome { busy: false };
                self.problem(Problem::TransferGone)
            }
            Answer::Assists(Err(e)) => self.agent_problem(e),
            Answer::Joined(Err(e)) => {
                self.phase = Phase::Join { busy: false };
                let server = joining.take().map(|j| j.server).unwrap_or_default();
                let problem = problem_of(e, &server, false);
                self.problem(problem)
            }
        }
    }

    pub(super) fn worded(&self, e: ApiError, signing_in: bool) -> Problem {
        problem_of(e, &self.options.server, signing_in)
    }

    pub(super) fn enter(&mut self, server: &str, ticket: String, entry: Entry) -> Option<u8> {
        self.sockets += 1;
        let (socket, events) = (self.sockets, self.events.clone());
        let site = match self.site(server) {
            Ok(site) => site,
            Err(problem) => return self.problem(problem),
        };
        let key = Identity::from_seed(entry.seed).public_text();
        let config = SignalingConfig { site, ticket: ticket.clone(), key, name: entry.name.clone() };
        let signaling = Signaling::start(&Handle::current(), config, move |event| {
            if events.try_send(Event::Signaling(socket, event)).is_err() {
                tracing::warn!("a message of the server was dropped: too many are waiting");
            }
        });
        let Entry { role, name, number, secret, link, seed, resumed } = entry;
        let server = server.to_owned();
        // Behind it is what is seen when the place is no more.
        self.phase = match role {
            Role::Customer => Phase::Join { busy: false },
            _ => Phase::AgentHome { busy: false },
        };
        let entering = Entering {
            role,
            name,
            number,
            waiting: None,
            secret,
            link,
            seed,
            server,
            ticket,
            signaling,
            resumed,
        };
        // The end of a customer's session has been seen when the next thing is begun, an agent's when it is entered again.
        let again = |p: &Place| role == Role::Customer || p.number() == number;
        self.places.retain(|p| !(matches!(p.state, State::Ended(_)) && again(p)));
        self.places.push(Place { id: socket, state: State::Entering(Box::new(entering)) });
        self.look_at(Some(socket));
        None
    }

    pub(super) fn signaling(&mut self, id: u64, event: SignalingEvent) -> Option<u8> {
        match &mut self.place(id)?.state {
            State::Entering(_) => self.while_entering(id, event),
            State::Running(_) if matches!(event, SignalingEvent::Message(FromServer::Waiting { .. })) => {
                self.back_in_line(id);
                self.while_entering(id, event)
            }
            State::Running(r) => {
                r.signaling(event);
                None
            }
            State::Ended(_) => None,
        }
    }

    fn while_entering(&mut self, id: u64, event: SignalingEvent) -> Option<u8> {
        match event {
            SignalingEvent::Up { you, number, organisation, roster, ice, hand_overs, keeps_chat } => {
                let welcome =
                    running::Welcome { you, number, organisation, roster, ice, hand_overs, keeps_chat };
                self.welcomed(id, welcome)
            }
            SignalingEvent::Refused(code) => {
                let Some(State::Entering(e)) = self.take_place(id) else { return None };
                let server = self.options.server.clone();
                let problem = problem_of(ApiError::Refused { code, retry_after: None }, &server, false);
                if let Some((kept, _)) = e.resumed {
                    // Nobody asked for it just now: that it is over is no reason to end.
                    kept.forget();
                    self.problem = Some(problem);
                    return None;
                }
                self.problem(problem)
            }
            SignalingEvent::Message(FromServer::Waiting { queue, title, organisation, place, waiting }) => {
                let queue = queue.to_string();
                if let State::Entering(e) = &mut self.place(id)?.state {
                    e.waiting = Some(Waiting { queue, title, organisation, place, waiting });
                }
                self.problem = None;
                None
            }
            SignalingEvent::Down(Loss::Away) | SignalingEvent::Message(_) => None,
            SignalingEvent::Down(Loss::NotTrusted | Loss::Garbage) => {
                let server = self.options.server.clone();
                self.take_place(id);
                self.problem(Problem::ServerNotTrusted { server })
            }
        }
    }

    fn welcomed(&mut self, id: u64, welcome: running::Welcome) -> Option<u8> {
        let at = self.places.iter().position(|p| p.id == id)?;
        let Place { state: State::Entering(entering), .. } = self.places.remove(at) else { return None };
        let begun = Running::begin(
            entering,
            welcome,
            Arc::clone(&self.connector),
            SessionEvents { place: id, events: self.events.clone() },
            self.options.relay_only,
            self.options.windows.clone(),
            &self.options.home,
        );
        match begun {
            Ok(mut running) => {
                running.hide(&self.hiding.hidden);
                running.show(self.shown == Some(id));
                let (role, number) = (running.role(), running.number());
                self.places.insert(at, Place { id, state: State::Running(Box::new(running)) });
                self.problem = None;
                if role != Role::Customer {
                    self.open_pad(number);
                }
                None
            }
            Err(error) => {
                self.shown = self.shown.filter(|s| *s != id);
                self.problem(Problem::Other { detail: error.to_string() })
            }
        }
    }
}

pub(super) struct Entry {
    pub role: Role,
    pub name: String,
    pub number: Option<SessionNumber>,
    pub secret: Option<LinkSecret>,
    pub link: Option<String>,
    pub seed: [u8; 32],
    pub resumed: Option<(Kept, Vec<u8>)>,
}

pub(super) fn problem_of(e: ApiError, server: &str, signing_in: bool) -> Problem {
    let server = server.to_owned();
    match e {
        ApiError::Down => Problem::ServerDown { server },
        ApiError::NotTrusted | ApiError::Garbage => Problem::ServerNotTrusted { server },
        ApiError::Version => Problem::ServerVersion { theirs: 0 },
        ApiError::Refused { code, retry_after } => match code {
            Code::NoSuchSession => Problem::NoSuchSession,
            Code::QueueFull => Problem::QueueFull,
            Code::NoSuchQueue => Problem::NoSuchQueue,
            Code::NobodyWaits | Code::Taken => Problem::NobodyWaits,
            Code::TooManyTries => match retry_after {
                Some(wait_s) => Problem::TooManyTries { wait_s },
                None => Problem::TooManySessions,
            },
            Code::NotSignedIn if signing_in => Problem::WrongPassword,
            Code::NotSignedIn => Problem::NoSuchSession,
            Code::Version => Problem::ServerVersion { theirs: 0 },
            Code::Unavailable => Problem::ServerDown { server },
            other => Problem::Other { detail: format!("{other:?}") },
        },
    }
}
