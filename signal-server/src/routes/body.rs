//! Bodies of requests: bounded in size and time.

use std::time::Duration;

use deskside_protocol::api::Code;
use futures_util::{Stream, StreamExt};
use serde::de::DeserializeOwned;
use warp::{Buf, Filter, Rejection, http::HeaderMap, reject::Reject};

/// Requests are not longer unless they say so.
const LONGEST: usize = 16 * 1024;
const READING: Duration = Duration::from_secs(10);

/// The request cannot be taken as it is.
#[derive(Debug)]
pub(super) struct Refused(pub(super) Code);
impl Reject for Refused {}

/// A body of this media type, as bytes.
pub(super) fn of_type(media: &'static str) -> impl Filter<Extract = (Vec<u8>,), Error = Rejection> + Clone {
    of_type_up_to(media, LONGEST)
}

fn of_type_up_to(
    media: &'static str,
    longest: usize,
) -> impl Filter<Extract = (Vec<u8>,), Error = Rejection> + Clone {
    warp::header::headers_cloned().and(warp::body::stream()).and_then(
        move |headers: HeaderMap, body| async move {
            // Pages of other sites can send forms without being asked, so that the type is part of the guard.
            let given = headers.get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default();
            let fits = given.split(';').next().is_some_and(|t| t.trim().eq_ignore_ascii_case(media));
            if !fits {
                return Err(warp::reject::custom(Refused(Code::BadRequest)));
            }
            read(body, longest).await.map_err(|code| warp::reject::custom(Refused(code)))
        },
    )
}

/// A JSON body.
pub(super) fn json<T: DeserializeOwned + Send>() -> impl Filter<Extract = (T,), Error = Rejection> + Clone {
    json_up_to(LONGEST)
}

/// The same for a longer one, in bytes.
pub(super) fn json_up_to<T: DeserializeOwned + Send>(
    longest: usize,
) -> impl Filter<Extract = (T,), Error = Rejection> + Clone {
    of_type_up_to("application/json", longest).and_then(|bytes: Vec<u8>| async move {
        serde_json::from_slice(&bytes).map_err(|_| warp::reject::custom(Refused(Code::BadRequest)))
    })
}

async fn read<B: Buf>(
    body: impl Stream<Item = Result<B, warp::Error>>,
    longest: usize,
) -> Result<Vec<u8>, Code> {
    let mut body = std::pin::pin!(body);
    let all = async {
        let mut bytes = Vec::new();
        while let Some(part) = body.next().await {
            let mut part = part.map_err(|_| Code::BadRequest)?;
            if bytes.len() + part.remaining() > longest {
                return Err(Code::TooLarge);
            }
            while part.has_remaining() {
                let chunk = part.chunk();
                let size = chunk.len();
                bytes.extend_from_slice(chunk);
                part.advance(size);
            }
        }
        Ok(bytes)
    };
    tokio::time::timeout(READING, all).await.map_err(|_| Code::BadRequest)?
}
