//! The pages of the portal.

use std::{collections::HashMap, convert::Infallible, sync::Arc};

use askama::Template;
use deskside_protocol::{
    SessionNumber,
    api::{Code, Setup},
};
use warp::{
    Filter,
    filters::{BoxedFilter, path::FullPath},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    reply::{Reply, Response},
};

use super::{Client, api, body, own_origin, reply::Failed, with};
use crate::{
    app::App,
    portal::{Home, JoinPage, Lang, Message, QueuePage, SetupPage, Site, Texts, asset},
};

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// The address changes with the content.
const KEPT: &str = "public, max-age=31536000, immutable";

pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    let end = warp::path::end;
    let home = end()
        .and(warp::get())
        .and(texts())
        .and(with(app))
        .map(|text: Lang, app: Arc<App>| page(StatusCode::OK, &home(&app, text.texts(), "", false)));
    let entered =
        warp::path("join").and(end()).and(warp::get()).and(texts()).and(query()).and(with(app)).map(
            |lang: Lang, query: HashMap<String, String>, app: Arc<App>| number_entered(&app, lang, &query),
        );
    let join = warp::path("join")
        .and(warp::path::param())
        .and(end())
        .and(warp::get())
        .and(texts())
        .and(with(app))
        .map(|number: String, lang: Lang, app: Arc<App>| join(&app, lang.texts(), &number));
    let queue = warp::path("queue")
        .and(warp::path::param())
        .and(end())
        .and(warp::get())
        .and(texts())
        .and(with(app))
        .map(|name: String, lang: Lang, app: Arc<App>| queue(&app, lang.texts(), &name));
    let setup = warp::path("setup").and(end()).and(warp::get()).and(texts()).and(with(app)).then(
        |lang: Lang, app: Arc<App>| async move {
            match app.accounts.setup_open().await {
                Ok(true) => setup_page(&app, lang.texts(), StatusCode::OK, "", None),
                Ok(false) => missing(&app, lang.texts()),
                Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
            }
        },
    );
    let set_up = warp::path("setup")
        .and(end())
        .and(warp::post())
        .and(own_origin(app))
        .and(body::of_type("application/x-www-form-urlencoded"))
        .and(texts())
        .and(warp::ext::get::<Client>())
        .and(with(app))
        .then(|form: Vec<u8>, lang: Lang, client: Client, app: Arc<App>| async move {
            set_up(&app, lang.texts(), &client, &form).await
        });
    let assets = warp::path("assets").and(warp::path::param()).and(end()).and(warp::get()).and_then(
        |name: String| async move { asset(&name).map(embedded).ok_or_else(warp::reject::not_found) },
    );
    let pages =
        home.or(entered).unify().or(join).unify().or(queue).unify().or(setup).unify().or(set_up).unify();
    pages.or(assets).unify().or(nothing(app)).unify().boxed()
}

/// Whatever else a browser asks for.
fn nothing(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    warp::get()
        .and(warp::path::full())
        .and(warp::header::headers_cloned())
        .and(texts())
        .and(with(app))
        .and_then(|path: FullPath, headers: HeaderMap, lang: Lang, app: Arc<App>| async move {
            let accept = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
            let page = accept.contains("text/html") && !path.as_str().starts_with("/api/");
            if page { Ok(missing(&app, lang.texts())) } else { Err(warp::reject::not_found()) }
        })
        .boxed()
}

/// The language: as the address says (`?lang=fr`), or as the browser likes it.
fn texts() -> impl Filter<Extract = (Lang,), Error = Infallible> + Clone {
    query().and(warp::header::headers_cloned()).map(|query: HashMap<String, String>, headers: HeaderMap| {
        let accept = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        query.get("lang").and_then(|code| Lang::of(code)).unwrap_or_else(|| Lang::negotiate(accept))
    })
}

fn query() -> impl Filter<Extract = (HashMap<String, String>,), Error = Infallible> + Clone {
    warp::filters::query::raw()
        .or(warp::any().map(String::new))
        .unify()
        .map(|raw: String| form(raw.as_bytes()))
}

fn form(bytes: &[u8]) -> HashMap<String, String> {
    form_urlencoded::parse(bytes).take(16).map(|(k, v)| (k.into_owned(), v.into_owned())).collect()
}

fn home<'a>(app: &'a App, text: &'static Texts, entered: &'a str, wrong: bool) -> Home<'a> {
    Home { site: Site::new(&app.config.organisation), text, entered, wrong }
}

/// The form of the start page without a script: on to the page of that number.
fn number_entered(app: &App, lang: Lang, query: &HashMap<String, String>) -> Response {
    let entered = query.get("number").map_or("", String::as_str);
    match entered.parse::<SessionNumber>() {
        Ok(number) => {
            let mut response = StatusCode::SEE_OTHER.into_response();
            let chosen =
                if query.contains_key("lang") { format!("?lang={}", lang.code()) } else { String::new() };
            if let Ok(there) = HeaderValue::from_str(&format!("/join/{}{chosen}", number.get())) {
                response.headers_mut().insert(header::LOCATION, there);
            }
            response
        }
        Err(_) => {
            let shown: String = entered.chars().take(19).collect();
            page(StatusCode::BAD_REQUEST, &home(app, lang.texts(), &shown, true))
        }
    }
}

fn join(app: &App, text: &'static Texts, number: &str) -> Response {
    match number.parse() {
        Ok(number) => page(StatusCode::OK, &JoinPage::new(Site::new(&app.config.organisation), text, number)),
        Err(_) => page(StatusCode::NOT_FOUND, &home(app, text, "", true)),
    }
}

fn queue(app: &App, text: &'static Texts, name: &str) -> Response {
    match name.parse() {
        Ok(queue) => {
            page(StatusCode::OK, &QueuePage { site: Site::new(&app.config.organisation), text, queue })
        }
        Err(_) => missing(app, text),
    }
}

fn setup_page(
    app: &App,
    text: &'static Texts,
    status: StatusCode,
    name: &str,
    problem: Option<String>,
) -> Response {
    let site = Site::new(&app.config.organisation);
    let mut response = page(status, &SetupPage { site, text, name, problem });
    // With `no-referrer` browsers send forms from nowhere (`Origin: null`).
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

async fn set_up(app: &App, text: &'static Texts, client: &Client, bytes: &[u8]) -> Response {
    let mut fields = form(bytes);
    let mut field = |name: &str| fields.remove(name).unwrap_or_default();
    let request =
        Setup { token: field("token").trim().into(), name: field("name"), password: field("password") };
    let name: String = request.name.chars().take(64).collect();
    match api::set_up(app, client, request).await {
        Ok(made) => {
            let site = Site::new(&app.config.organisation);
            let (title, body) =
                (text.get("setup-done").into(), text.with("setup-done-more", "name", &made.name));
            page(StatusCode::OK, &Message { site, text, title, body })
        }
        Err(failed) => match app.accounts.setup_open().await {
            Ok(false) => missing(app, text),
            Ok(true) | Err(_) => {
                let (status, problem) = worded(text, failed);
                setup_page(app, text, status, &name, Some(problem))
            }
        },
    }
}

fn worded(text: &Texts, failed: Failed) -> (StatusCode, String) {
    match failed.code {
        Code::SetupClosed => (StatusCode::FORBIDDEN, text.get("setup-wrong-token").into()),
        Code::WeakAccount => (StatusCode::UNPROCESSABLE_ENTITY, text.get("setup-weak").into()),
        Code::TooManyTries => {
            let seconds = failed.retry_after.unwrap_or(60).to_string();
            (StatusCode::TOO_MANY_REQUESTS, text.with("setup-wait", "seconds", &seconds))
        }
        _ => (StatusCode::SERVICE_UNAVAILABLE, text.get("setup-busy").into()),
    }
}

fn missing(app: &App, text: &'static Texts) -> Response {
    let site = Site::new(&app.config.organisation);
    let (title, body) = (text.get("page-missing").into(), text.get("page-missing-more").into());
    page(StatusCode::NOT_FOUND, &Message { site, text, title, body })
}

fn page(status: StatusCode, template: &impl Template) -> Response {
    let Ok(html) = template.render() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut response = warp::reply::html(html).into_response();
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
    response
}

fn embedded((media, content): (&'static str, &'static str)) -> Response {
    let mut response = content.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(KEPT));
    response
}
