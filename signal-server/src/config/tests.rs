use std::{io::Write, path::PathBuf};

use super::{
    load::{LoadError, keys},
    *,
};

fn example() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/config/server.toml"))
}

fn pair(key: &str, value: &str) -> (String, String) {
    (key.to_owned(), value.to_owned())
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

fn from_file(text: &str) -> Result<Config, LoadError> {
    Layers { file: Some(file(text).path().into()), ..Layers::default() }.load()
}

/// The example names every setting, with its default, and a comment before each.
#[test]
fn the_example_is_whole_and_true() {
    let text = std::fs::read_to_string(example()).unwrap();
    let example: toml::Table = text.parse().unwrap();
    let defaults = toml::Table::try_from(Config::default()).unwrap();
    assert_eq!(keys(&example), keys(&defaults));
    assert_eq!(example, defaults);
    let lines: Vec<&str> = text.lines().collect();
    for section in text.split("\n\n").filter(|s| s.contains(" = ")) {
        assert!(section.contains("# "), "{section}");
    }
    assert!(lines.iter().all(|l| l.len() <= 110));
}

#[test]
fn later_layers_win() {
    let file =
        file("organisation = 'file'\n[sessions]\nnumber_lives = 1\naway_lives = 2\n[log]\nformat = 'json'");
    let layers = Layers {
        file: Some(file.path().into()),
        env: vec![
            pair("DESKSIDE_ORGANISATION", "env"),
            pair("DESKSIDE_SESSIONS_NUMBER_LIVES", "10"),
            pair("DESKSIDE_PROXY_TRUSTED", "10.0.0.1, ::1"),
            pair("DESKSIDE_TURN_URLS", "turn:a,turn:b"),
            pair("DESKSIDE_TURN_SECRET", "canary"),
            pair("DESKSIDE_PASSWORD", "no setting"),
            pair("HOME", "/root"),
        ],
        flags: vec![pair("organisation", "flag"), pair("listen", "[::1]:0")],
    };
    let config = layers.load().unwrap();
    assert_eq!(config.organisation, "flag");
    assert_eq!((config.sessions.number_lives, config.sessions.away_lives), (10, 2));
    assert_eq!(config.sessions.participants, 8);
    assert_eq!(config.log.format, LogFormat::Json);
    assert_eq!(config.listen.to_string(), "[::1]:0");
    assert_eq!(config.proxy.trusted.len(), 2);
    assert_eq!(config.turn.urls, ["turn:a", "turn:b"]);
    assert!(!format!("{config:?}").contains("canary"));
}

#[test]
fn a_secret_can_stand_in_a_file() {
    let secret = file("canary\n");
    let path = secret.path().display();
    let config = from_file(&format!("[turn]\nurls = ['turn:a']\nsecret_file = '{path}'")).unwrap();
    assert_eq!(config.turn.secret.reveal(), "canary");
}

#[test]
fn wrong_settings_are_told() {
    for (text, part) in [
        ("organisation = ", "expected"),
        ("organization = 'x'", "organization"),
        ("listen = 'nowhere'", "socket address"),
        ("[sessions]\nparticipants = 1", "participants"),
        ("[sessions]\ncustomers = 0", "customers"),
        ("[sessions]\nper_account = 0", "per_account"),
        ("[sessions]\nnumber_lives = -1", "number_lives"),
        ("[tls]\ncertificate = 'a.pem'", "belong together"),
        ("[turn]\nurls = ['turn:a']", "turn.secret"),
        ("[turn]\nsecret_file = '/nowhere/at/all'", "/nowhere/at/all"),
        ("public_url = 'help.example.org'", "public_url"),
        ("public_url = 'https://help.example.org/path'", "public_url"),
        ("[accounts]\nhash_workers = 0", "hash_workers"),
        ("[sockets]\nsilent_for = 20", "silent_for"),
        ("organisation = ' '", "organisation"),
        ("[log]\nformat = 'xml'", "xml"),
    ] {
        let error = from_file(text).unwrap_err().to_string();
        assert!(error.contains(part), "{text}: {error}");
    }
    let unknown = Layers { flags: vec![pair("sessions.lives", "1")], ..Layers::default() }.load();
    assert!(matches!(unknown, Err(LoadError::Unknown(_))));
    let missing = Layers { file: Some("/nowhere/at/all".into()), ..Layers::default() }.load();
    assert!(matches!(missing, Err(LoadError::File(..))));
    let number = Layers { env: vec![pair("DESKSIDE_SESSIONS_AT_ONCE", "many")], ..Layers::default() }.load();
    assert!(matches!(number, Err(LoadError::Value(_))));
}
