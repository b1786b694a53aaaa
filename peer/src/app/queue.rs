//! Queues: a customer who waits in one without a number, and an agent who takes the next.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use deskside_net::{Api, ApiError};
use deskside_protocol::{QueueName, queues::Take, socket::ToServer};
use deskside_session::{Role, app::Problem};

use super::{
    App, Joining, Phase,
    account::insist,
    entry::{Entry, problem_of},
    event::Answer,
    places::{Entering, Place, State},
};
use crate::identity;

/// An answer that did not come is asked for again with the same claim, for so long: the server may
/// have given the customer away just before it went.
const INSIST: Duration = Duration::from_secs(60);

impl App {
    pub(super) fn enter_queue(
        &mut self,
        queue: &str,
        server: Option<String>,
        name: Option<String>,
        joining: &mut Option<Joining>,
    ) -> Option<u8> {
        self.forget_question();
        self.go(Phase::Join { busy: false });
        let Ok(queue) = queue.trim().parse::<QueueName>() else {
            return self.problem(Problem::MalformedQueue);
        };
        let server = server.unwrap_or_else(|| self.options.server.clone());
        let name = name.unwrap_or_default();
        let api = match self.site(&server) {
            Ok(site) => Api::new(site),
            Err(problem) => return self.problem(problem),
        };
        *joining = Some(Joining { server, secret: None, name: name.clone() });
        self.ask(async move { Answer::Entered(api.enter_queue(&queue, &name).await) });
        self.phase = Phase::Join { busy: true };
        None
    }

    /// The server took this customer into a queue, or did not.
    pub(super) fn entered(
        &mut self,
        answer: Result<String, ApiError>,
        joining: &mut Option<Joining>,
    ) -> Option<u8> {
        self.phase = Phase::Join { busy: false };
        let joining = joining.take()?;
        let ticket = match answer {
            Ok(ticket) => ticket,
            Err(e) => {
                let problem = problem_of(e, &joining.server, false);
                return self.problem(problem);
            }
        };
        match identity::fresh() {
            Ok(seed) => {
                let entry = Entry {
                    role: Role::Customer,
                    name: joining.name,
                    number: None,
                    secret: None,
                    link: None,
                    seed,
                    resumed: None,
                };
                self.enter(&joining.server, ticket, entry)
            }
            Err(e) => self.problem(Problem::Other { detail: e.to_string() }),
        }
    }

    /// Agent: the next customer of a queue, or this one.
    pub(super) fn take_next(&mut self, queue: &str, entry: Option<String>) -> Option<u8> {
        let Some(account) = &self.account else {
            self.bad_command("sign in first");
            return None;
        };
        let Ok(queue) = queue.trim().parse::<QueueName>() else {
            return self.problem(Problem::MalformedQueue);
        };
        let (api, token) = (account.api.clone(), account.token.clone());
        let claim = match fresh_claim() {
            Ok(claim) => claim,
            Err(problem) => return self.problem(problem),
        };
        self.ask(async move {
            let take = Take { claim, entry };
            Answer::Opened(insist(INSIST, || api.take(&token, &queue, &take)).await)
        });
        self.phase = Phase::AgentHome { busy: true };
        None
    }

    /// Agent: a session that a colleague offers.
    pub(super) fn take_transfer(&mut self, id: String, joining: &mut Option<Joining>) -> Option<u8> {
        let Some(account) = &self.account else {
            self.bad_command("sign in first");
            return None;
        };
        let (api, server, token) = (account.api.clone(), account.server.clone(), account.token.clone());
        let claim = match fresh_claim() {
            Ok(claim) => claim,
            Err(problem) => return self.problem(problem),
        };
        *joining = Some(Joining { server, secret: None, name: self.account_name() });
        self.ask(
            async move { Answer::Assists(insist(INSIST, || api.take_transfer(&token, &id, &claim)).await) },
        );
        self.phase = Phase::AgentHome { busy: true };
        None
    }

    /// The agent who took this customer never came: the server put the customer back into the line.
    pub(super) fn back_in_line(&mut self, id: u64) {
        let Some(State::Running(running)) = self.take_place(id) else { return };
        let Some((signaling, seat, seed)) = running.into_line() else { return };
        let entering = Entering {
            role: seat.role,
            name: seat.name,
            number: None,
            waiting: None,
            secret: None,
            link: None,
            seed,
            server: seat.server,
            ticket: seat.ticket,
            signaling,
            resumed: None,
        };
        self.places.push(Place { id, state: State::Entering(Box::new(entering)) });
        self.look_at(Some(id));
    }

    /// Gives up the places in queues.
    pub(super) fn leave_queue(&mut self) {
        let waits = |p: &Place| matches!(&p.state, State::Entering(e) if e.waiting.is_some());
        while let Some(id) = self.places.iter().find(|p| waits(p)).map(|p| p.id) {
            if let Some(State::Entering(entering)) = self.take_place(id) {
                entering.signaling.send(ToServer::Leave);
                self.leaving.push(tokio::spawn(entering.signaling.finish()));
            }
        }
    }
}

/// Shown to the server again and again until it answers, see [`Take::claim`].
fn fresh_claim() -> Result<String, Problem> {
    match identity::fresh::<16>() {
        Ok(claim) => Ok(BASE64.encode(claim)),
        Err(e) => Err(Problem::Other { detail: e.to_string() }),
    }
}
