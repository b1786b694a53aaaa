//! Lays the sources of settings over each other.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::{Config, Secret};

/// Prefix of environment variables: `sessions.number_lives` is `DESKSIDE_SESSIONS_NUMBER_LIVES`.
const PREFIX: &str = "DESKSIDE_";

/// Why the settings are not usable.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("cannot read {0}: {1}")]
    File(PathBuf, std::io::Error),
    #[error("{0}: {1}")]
    Syntax(PathBuf, toml::de::Error),
    #[error("{0} is not a setting")]
    Unknown(String),
    #[error("wrong settings: {0}")]
    Value(String),
}

/// Where settings come from besides the defaults; each may be empty.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    pub file: Option<PathBuf>,
    /// Name and value, as from [`std::env::vars`]; names of other programs are passed over.
    pub env: Vec<(String, String)>,
    /// Dotted key and value, as from flags.
    pub flags: Vec<(String, String)>,
}

impl Layers {
    pub fn load(&self) -> Result<Config, LoadError> {
        let defaults = Table::try_from(Config::default()).map_err(|e| LoadError::Value(e.to_string()))?;
        let mut table = defaults.clone();
        if let Some(path) = &self.file {
            let text = std::fs::read_to_string(path).map_err(|e| LoadError::File(path.clone(), e))?;
            lay_over(&mut table, text.parse().map_err(|e| LoadError::Syntax(path.clone(), e))?);
        }
        let keys = keys(&defaults);
        for key in &keys {
            let name = format!("{PREFIX}{}", key.replace('.', "_").to_uppercase());
            if let Some((_, text)) = self.env.iter().find(|(n, _)| *n == name) {
                set(&mut table, key, text);
            }
        }
        for (key, text) in &self.flags {
            if !keys.contains(key) {
                return Err(LoadError::Unknown(key.clone()));
            }
            set(&mut table, key, text);
        }
        let config: Config =
            table.try_into().map_err(|e: toml::de::Error| LoadError::Value(e.to_string()))?;
        finish(config)
    }
}

/// All settings, dotted, in order.
pub(super) fn keys(defaults: &Table) -> Vec<String> {
    let mut all = Vec::new();
    for (name, value) in defaults {
        match value {
            Value::Table(inner) => all.extend(keys(inner).into_iter().map(|k| format!("{name}.{k}"))),
            _ => all.push(name.clone()),
        }
    }
    all
}

fn lay_over(table: &mut Table, over: Table) {
    for (name, value) in over {
        match (table.get_mut(&name), value) {
            (Some(Value::Table(inner)), Value::Table(more)) => lay_over(inner, more),
            (_, value) => {
                table.insert(name, value);
            }
        }
    }
}

fn set(table: &mut Table, key: &str, text: &str) {
    match key.split_once('.') {
        Some((section, rest)) => {
            if let Some(Value::Table(inner)) = table.get_mut(section) {
                set(inner, rest, text);
            }
        }
        None => {
            let value = match table.get(key) {
                Some(Value::String(_)) | None => Value::String(text.to_owned()),
                Some(Value::Array(_)) => as_toml(text).unwrap_or_else(|| list(text)),
                // What is no number or truth value is told so by the check of types that follows.
                Some(_) => as_toml(text).unwrap_or_else(|| Value::String(text.to_owned())),
            };
            table.insert(key.to_owned(), value);
        }
    }
}

fn as_toml(text: &str) -> Option<Value> {
    format!("x = {text}").parse::<Table>().ok()?.remove("x")
}

fn list(text: &str) -> Value {
    let items = text.split(',').map(str::trim).filter(|s| !s.is_empty());
    Value::Array(items.map(|s| Value::String(s.to_owned())).collect())
}

/// Checks what types cannot say, and reads the file of the secret.
fn finish(mut config: Config) -> Result<Config, LoadError> {
    let wrong = |what: &str| Err(LoadError::Value(what.to_owned()));
    config.public_url = config.public_url.trim_end_matches('/').to_owned();
    let url = &config.public_url;
    if !url.is_empty() {
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let host_only =
            |r: &str| !r.is_empty() && !r.contains(['/', '?', '#', '@', ' ', '"', '\'', ';', '<']);
        if !rest.is_some_and(host_only) {
            return wrong("public_url must look like https://help.example.org, without a path");
        }
    }
    if !(2..=64).contains(&config.sessions.participants) {
        return wrong("sessions.participants goes from 2 to 64");
    }
    if config.sessions.customers == 0 || config.sessions.per_account == 0 {
        return wrong("sessions.customers and sessions.per_account go from 1");
    }
    let sockets = &config.sockets;
    if sockets.hello_within == 0 || sockets.ping_every == 0 || sockets.silent_for <= sockets.ping_every {
        return wrong("sockets.silent_for must be more than sockets.ping_every, and none of them 0");
    }
    if config.organisation.trim().is_empty() || config.organisation.chars().count() > 100 {
        return wrong("organisation has from 1 to 100 characters");
    }
    if config.accounts.hash_workers == 0 || config.limits.connections == 0 {
        return wrong("accounts.hash_workers and limits.connections must not be 0");
    }
    if empty(&config.tls.certificate) != empty(&config.tls.key) {
        return wrong("tls.certificate and tls.key belong together");
    }
    if !empty(&config.turn.secret_file) {
        let path = &config.turn.secret_file;
        let text = std::fs::read_to_string(path).map_err(|e| LoadError::File(path.clone(), e))?;
        config.turn.secret = Secret::new(text.trim());
    }
    if !config.turn.urls.is_empty() && config.turn.secret.reveal().is_empty() {
        return wrong("turn.urls needs turn.secret or turn.secret_file");
    }
    Ok(config)
}

fn empty(path: &Path) -> bool {
    path.as_os_str().is_empty()
}
