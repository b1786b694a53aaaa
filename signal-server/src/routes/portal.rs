//! The pages of the portal.

use std::sync::Arc;

use warp::{Filter, filters::BoxedFilter, reply::Response};

use crate::app::App;

pub(super) fn routes(_app: &Arc<App>) -> BoxedFilter<(Response,)> {
    warp::any().and_then(|| async { Err::<Response, _>(warp::reject::not_found()) }).boxed()
}
