//! Client of the server's HTTP API, version 1.

use std::time::Duration;

use bytes::Bytes;
use deskside_protocol::{
    QueueName, SessionNumber, VERSION,
    api::{Assist, Code, Failure, Info, Join, Joined, SessionOpened, SignIn, SignedIn},
    queues::{Enter, Entered, Take},
    records::{Notes, NotesSaved, Phrases, Transcript},
    transfers::TakeTransfer,
};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Method, Request, header};
use hyper_util::rt::TokioIo;
use serde::{Serialize, de::DeserializeOwned};

use crate::site::{NoStream, Site};

/// Time for a call, the connection included.
const CALL: Duration = Duration::from_secs(10);
/// Largest answer read, in bytes: all phrases of a list, or notes whose letters are all escaped.
const ANSWER: usize = 2 * 1024 * 1024;

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// Not reached, or no answer in ten seconds.
    #[error("the server cannot be reached")]
    Down,
    #[error("the server's certificate is not trusted")]
    NotTrusted,
    /// The server's own reason; `retry_after` in seconds.
    #[error("the server refused: {code:?}")]
    Refused { code: Code, retry_after: Option<u64> },
    /// What answers there is no Deskside server.
    #[error("the server's answer makes no sense")]
    Garbage,
    /// The server speaks another version of the protocol.
    #[error("the server speaks another version of the protocol")]
    Version,
}

impl ApiError {
    /// Whether the token is not (or no longer) one of a sign-in.
    pub fn signed_out(&self) -> bool {
        matches!(self, Self::Refused { code: Code::NotSignedIn, .. })
    }
}

impl From<NoStream> for ApiError {
    fn from(error: NoStream) -> Self {
        tracing::debug!(%error, "no stream to the server");
        match error {
            NoStream::Down(_) => Self::Down,
            NoStream::NotTrusted(_) => Self::NotTrusted,
        }
    }
}

/// The API of one server; each call makes its own connection.
#[derive(Clone, Debug)]
pub struct Api {
    site: Site,
}

impl Api {
    pub fn new(site: Site) -> Self {
        Self { site }
    }

    /// Who runs the server. Checks that its protocol is ours.
    pub async fn info(&self) -> Result<Info, ApiError> {
        let info: Info = self.call(Method::GET, "/api/v1/info", None, None::<&()>).await?;
        if info.protocol == VERSION { Ok(info) } else { Err(ApiError::Version) }
    }

    pub async fn sign_in(&self, name: &str, password: &str) -> Result<SignedIn, ApiError> {
        let body = SignIn { name: name.to_owned(), password: password.to_owned() };
        self.call(Method::POST, "/api/v1/sign-in", None, Some(&body)).await
    }

    /// Opens a session; `token` is of [`Api::sign_in`].
    pub async fn open_session(&self, token: &str) -> Result<SessionOpened, ApiError> {
        self.call(Method::POST, "/api/v1/sessions", Some(token), None::<&()>).await
    }

    /// Enters a running session as an assistant; `token` is of [`Api::sign_in`].
    pub async fn assist(&self, token: &str, number: SessionNumber) -> Result<Joined, ApiError> {
        self.call(Method::POST, "/api/v1/assist", Some(token), Some(&Assist { number })).await
    }

    /// Enters a queue; the answer is a ticket for the socket.
    pub async fn enter_queue(&self, queue: &QueueName, name: &str) -> Result<String, ApiError> {
        let path = format!("/api/v1/queues/{queue}/enter");
        let body = Enter { name: name.to_owned() };
        let Entered { ticket } = self.call(Method::POST, &path, None, Some(&body)).await?;
        Ok(ticket)
    }

    /// Takes a customer out of a queue. After [`ApiError::Down`] the same claim may be tried again.
    pub async fn take(&self, token: &str, queue: &QueueName, take: &Take) -> Result<SessionOpened, ApiError> {
        self.call(Method::POST, &format!("/api/v1/queues/{queue}/take"), Some(token), Some(take)).await
    }

    /// Takes a session that a colleague offers. After [`ApiError::Down`] the same claim may be tried again.
    pub async fn take_transfer(&self, token: &str, id: &str, claim: &str) -> Result<Joined, ApiError> {
        let body = TakeTransfer { claim: claim.to_owned() };
        self.call(Method::POST, &format!("/api/v1/transfers/{}/take", segment(id)), Some(token), Some(&body))
            .await
    }

    /// The notes of a session in which the account is or was an agent.
    pub async fn notes(&self, token: &str, number: SessionNumber) -> Result<Notes, ApiError> {
        self.call(Method::GET, &notes_of(number), Some(token), None::<&()>).await
    }

    pub async fn save_notes(
        &self,
        token: &str,
        number: SessionNumber,
        notes: &Notes,
    ) -> Result<NotesSaved, ApiError> {
        self.call(Method::PUT, &notes_of(number), Some(token), Some(notes)).await
    }

    /// Adds what was said to all to the record of a session in which the account is or was an agent.
    pub async fn save_chat(
        &self,
        token: &str,
        number: SessionNumber,
        said: &Transcript,
    ) -> Result<(), ApiError> {
        let path = format!("/api/v1/sessions/{}/chat", number.get());
        let _: serde::de::IgnoredAny = self.call(Method::PUT, &path, Some(token), Some(said)).await?;
        Ok(())
    }

    /// The site's stored phrases.
    pub async fn phrases(&self, token: &str) -> Result<Phrases, ApiError> {
        self.call(Method::GET, "/api/v1/phrases", Some(token), None::<&()>).await
    }

    /// The account's own stored phrases.
    pub async fn own_phrases(&self, token: &str) -> Result<Phrases, ApiError> {
        self.call(Method::GET, "/api/v1/phrases/mine", Some(token), None::<&()>).await
    }

    pub async fn save_own_phrases(&self, token: &str, phrases: &Phrases) -> Result<(), ApiError> {
        let _: serde::de::IgnoredAny =
            self.call(Method::PUT, "/api/v1/phrases/mine", Some(token), Some(phrases)).await?;
        Ok(())
    }

    pub async fn join(&self, join: &Join) -> Result<Joined, ApiError> {
        self.call(Method::POST, "/api/v1/join", None, Some(join)).await
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&impl Serialize>,
    ) -> Result<T, ApiError> {
        tokio::time::timeout(CALL, self.exchange(method, path, token, body))
            .await
            .unwrap_or(Err(ApiError::Down))
    }

    async fn exchange<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&impl Serialize>,
    ) -> Result<T, ApiError> {
        let mut request = Request::builder()
            .method(method)
            .uri(self.site.path(path))
            .header(header::HOST, self.site.authority())
            .header(header::ACCEPT, "application/json");
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                serde_json::to_vec(body).map_err(|_| ApiError::Garbage)?
            }
            None => Vec::new(),
        };
        // Fails only for a token that is no header: one that this server never gave.
        let request = request
            .body(Full::new(Bytes::from(body)))
            .map_err(|_| ApiError::Refused { code: Code::NotSignedIn, retry_after: None })?;

        let stream = TokioIo::new(self.site.connect().await?);
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(stream).await.map_err(|error| unanswered(&error))?;
        let exchange = async {
            let response = sender.send_request(request).await.map_err(|error| unanswered(&error))?;
            let status = response.status();
            let body = Limited::new(response.into_body(), ANSWER).collect().await;
            let body = body.map_err(|_| ApiError::Garbage)?.to_bytes();
            if status.is_success() {
                return serde_json::from_slice(&body).map_err(|_| ApiError::Garbage);
            }
            match serde_json::from_slice::<Failure>(&body) {
                Ok(failure) => {
                    Err(ApiError::Refused { code: failure.error, retry_after: failure.retry_after })
                }
                // A proxy in between says that the server behind it is away.
                Err(_) if matches!(status.as_u16(), 502..=504) => Err(ApiError::Down),
                Err(_) => Err(ApiError::Garbage),
            }
        };
        let mut connection = std::pin::pin!(connection);
        let mut exchange = std::pin::pin!(exchange);
        tokio::select! {
            biased;
            result = &mut exchange => result,
            // The connection ends first when the server closes it; what it sent is read all the same.
            _ = &mut connection => exchange.await,
        }
    }
}

fn notes_of(number: SessionNumber) -> String {
    format!("/api/v1/sessions/{}/notes", number.get())
}

/// What came from the server goes into a path only as far as it is a plain word.
fn segment(id: &str) -> String {
    id.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect()
}

fn unanswered(error: &hyper::Error) -> ApiError {
    tracing::debug!(%error, "no answer of the server");
    if error.is_parse() { ApiError::Garbage } else { ApiError::Down }
}
