//! Answers.

use deskside_protocol::api::{Code, Failure};
use serde::Serialize;
use warp::{
    Rejection,
    http::{HeaderValue, StatusCode, header},
    reply::{Reply, Response},
};

use super::{body::Refused, guard::ForeignOrigin};

/// Why a call was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Failed {
    pub code: Code,
    pub retry_after: Option<u64>,
}

impl From<Code> for Failed {
    fn from(code: Code) -> Self {
        Self { code, retry_after: None }
    }
}

impl Failed {
    pub(super) fn later(seconds: u64) -> Self {
        Self { code: Code::TooManyTries, retry_after: Some(seconds) }
    }
}

/// Turns what a handler says into an answer.
pub(super) fn answer<T: Serialize>(result: Result<T, Failed>) -> Response {
    match result {
        Ok(body) => warp::reply::json(&body).into_response(),
        Err(failed) => failure(failed),
    }
}

pub(super) fn failure(failed: Failed) -> Response {
    let body = Failure { error: failed.code, retry_after: failed.retry_after };
    let mut response = warp::reply::json(&body).into_response();
    *response.status_mut() = status(failed.code);
    if let Some(seconds) = failed.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn status(code: Code) -> StatusCode {
    match code {
        Code::BadRequest | Code::Version => StatusCode::BAD_REQUEST,
        Code::NotSignedIn => StatusCode::UNAUTHORIZED,
        Code::NoSuchSession | Code::NoSuchQueue | Code::NobodyWaits => StatusCode::NOT_FOUND,
        Code::TooManyTries | Code::QueueFull => StatusCode::TOO_MANY_REQUESTS,
        Code::SetupClosed | Code::NotAllowed => StatusCode::FORBIDDEN,
        Code::WeakAccount | Code::NoSuchAccount => StatusCode::UNPROCESSABLE_ENTITY,
        Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::Replaced | Code::Taken | Code::Outdated => StatusCode::CONFLICT,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::Other => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Requests that no route took. Unknown paths and wrong methods of known ones answer in one way.
pub(super) async fn rejected(rejection: Rejection) -> Result<(Response,), Rejection> {
    let failed = if let Some(Refused(code)) = rejection.find() {
        failure((*code).into())
    } else if rejection.find::<ForeignOrigin>().is_some() {
        failure(Code::NotAllowed.into())
    } else {
        let mut response = failure(Code::Other.into());
        *response.status_mut() = StatusCode::NOT_FOUND;
        response
    };
    Ok((failed,))
}
