//! Short-lived TURN credentials, as coturn's "TURN REST API" takes them
//! (draft-uberti-behave-turn-rest): user `<expiry>:<id>`, password base64(HMAC-SHA1(secret, user)).

use base64::{Engine, engine::general_purpose::STANDARD, engine::general_purpose::URL_SAFE_NO_PAD};
use deskside_protocol::api::IceServer;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use crate::config::{self, Secret};

pub(super) struct Turn {
    urls: Vec<String>,
    secret: Secret,
    lives: u64,
}

impl Turn {
    pub(super) fn new(config: &config::Turn) -> Option<Self> {
        (!config.urls.is_empty()).then(|| Self {
            urls: config.urls.clone(),
            secret: config.secret.clone(),
            lives: config.credential_lives,
        })
    }

    pub(super) fn credentials(&self, now: u64, id: &[u8; 9]) -> IceServer {
        let username = format!("{}:{}", now.saturating_add(self.lives), URL_SAFE_NO_PAD.encode(id));
        let credential = password(self.secret.reveal(), &username);
        IceServer { urls: self.urls.clone(), username, credential }
    }
}

fn password(secret: &str, username: &str) -> String {
    // HMAC takes keys of any length; without one there would be no valid credential to give.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(username.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_what_openssl_says() {
        // printf '1700000000:alice' | openssl dgst -sha1 -hmac north -binary | base64
        assert_eq!(password("north", "1700000000:alice"), "Cd/49soE35ICqcJF/bCTn8Z4OyE=");
    }

    #[test]
    fn a_user_ends_with_its_time() {
        let config = config::Turn {
            urls: vec!["turn:relay.example.org".into()],
            secret: Secret::new("north"),
            credential_lives: 600,
            ..config::Turn::default()
        };
        let turn = Turn::new(&config).unwrap();
        let given = turn.credentials(1_700_000_000, &[0; 9]);
        assert_eq!(given.username, "1700000600:AAAAAAAAAAAA");
        assert_eq!(given.credential, password("north", &given.username));
        assert!(Turn::new(&config::Turn::default()).is_none());
    }
}
