//! A server somewhere, for the commands that talk to one.

use std::{
    io::{IsTerminal, Read},
    path::PathBuf,
};

use anyhow::{Context, bail};
use deskside_protocol::api::{Code, Failure, SignIn, SignedIn};
use serde::{Serialize, de::DeserializeOwned};
use ureq::http::Response;

/// A password from the environment, the terminal, or one line of standard input.
pub(super) fn password(variable: &str, prompt: &str) -> anyhow::Result<String> {
    if let Ok(password) = std::env::var(variable) {
        return Ok(password);
    }
    if std::io::stdin().is_terminal() {
        return rpassword::prompt_password(prompt).context("no password");
    }
    // One byte at a time: the next line may be for the next question.
    let (mut line, mut byte) = (Vec::new(), [0]);
    let mut input = std::io::stdin().lock();
    while line.len() < 4096 && input.read(&mut byte).context("no password")? == 1 && byte != *b"\n" {
        line.push(byte[0]);
    }
    Ok(String::from_utf8(line).context("the password is not UTF-8")?.trim_end_matches('\r').to_owned())
}

/// A server somewhere, by its API.
pub(super) struct Remote {
    url: String,
    agent: ureq::Agent,
}

impl Remote {
    pub(super) fn new(url: &str, ca: Option<PathBuf>) -> anyhow::Result<Self> {
        let mut config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(std::time::Duration::from_secs(60)));
        if let Some(path) = ca {
            let pem = std::fs::read(&path).with_context(|| path.display().to_string())?;
            let certificate =
                ureq::tls::Certificate::from_pem(&pem).with_context(|| path.display().to_string())?;
            let roots = ureq::tls::RootCerts::new_with_certs(&[certificate]);
            config = config.tls_config(ureq::tls::TlsConfig::builder().root_certs(roots).build());
        }
        let agent = ureq::Agent::new_with_config(config.build());
        Ok(Self { url: url.trim_end_matches('/').to_owned(), agent })
    }

    /// Signs in as an admin, does something, and signs out whether or not it worked.
    pub(super) fn as_admin<T>(
        &self,
        name: String,
        act: impl FnOnce(&Self, &str) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let password = password("DESKSIDE_PASSWORD", "Your password: ")?;
        let signed_in: SignedIn = self.post("sign-in", None, &SignIn { name, password })?;
        let done = act(self, &signed_in.token);
        self.post::<()>("sign-out", Some(&signed_in.token), &())?;
        done
    }

    pub(super) fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        bearer: Option<&str>,
        body: &impl Serialize,
    ) -> anyhow::Result<T> {
        let request = signed(self.agent.post(self.at(path)), bearer);
        self.read(request.send_json(body))
    }

    pub(super) fn get<T: DeserializeOwned>(&self, path: &str, bearer: &str) -> anyhow::Result<T> {
        self.read(signed(self.agent.get(self.at(path)), Some(bearer)).call())
    }

    pub(super) fn delete(&self, path: &str, bearer: &str) -> anyhow::Result<()> {
        self.read(signed(self.agent.delete(self.at(path)), Some(bearer)).call())
    }

    fn at(&self, path: &str) -> String {
        format!("{}/api/v1/{path}", self.url)
    }

    fn read<T: DeserializeOwned>(
        &self,
        answer: Result<Response<ureq::Body>, ureq::Error>,
    ) -> anyhow::Result<T> {
        let mut answer = answer.with_context(|| format!("cannot reach {}", self.url))?;
        if answer.status().is_success() {
            return answer.body_mut().read_json().context("the server's answer makes no sense");
        }
        match answer.body_mut().read_json::<Failure>() {
            Ok(failure) => bail!("{}", words(failure)),
            Err(_) => bail!("the server answered {}", answer.status()),
        }
    }
}

fn signed<B>(request: ureq::RequestBuilder<B>, bearer: Option<&str>) -> ureq::RequestBuilder<B> {
    match bearer {
        Some(token) => request.header("authorization", format!("Bearer {token}")),
        None => request,
    }
}

fn words(failure: Failure) -> String {
    match failure.error {
        Code::NotSignedIn => "wrong name or password".into(),
        Code::SetupClosed => "the set-up token is wrong, or an admin exists already".into(),
        Code::WeakAccount => {
            "the password needs at least ten characters; the name must be free, not empty and at most 64"
                .into()
        }
        Code::TooManyTries => match failure.retry_after {
            Some(seconds) => format!("too many tries: try again in {seconds} s"),
            None => "too many tries".into(),
        },
        Code::NoSuchQueue => "there is no such queue".into(),
        Code::NoSuchAccount => "an agent has no account".into(),
        Code::Taken => "there is one of this name already".into(),
        Code::NotAllowed => "this account may not do that".into(),
        other => format!("refused: {other:?}"),
    }
}
