//! Random secrets and their hashes.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use deskside_protocol::SessionNumber;

/// The system gave no random numbers.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the system gives no random numbers")]
pub struct NoRandomness;

pub fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// 256 random bits as text.
pub fn token() -> Result<String, NoRandomness> {
    Ok(URL_SAFE_NO_PAD.encode(random::<32>()?))
}

/// What is kept of a token: it has 256 random bits, so a plain hash is enough.
pub fn hash(token: &str) -> [u8; 32] {
    *blake3::hash(token.as_bytes()).as_bytes()
}

/// Whether a token has this hash, in constant time.
pub fn fits(token: &str, stored: &[u8]) -> bool {
    <[u8; 32]>::try_from(stored)
        .is_ok_and(|stored| blake3::hash(token.as_bytes()) == blake3::Hash::from(stored))
}

/// The ticket that follows from an account's claim, so that the same claim has the same answer and still only
/// a hash is kept. `None` if the claim is not 16 bytes in unpadded base64url.
pub fn ticket_of_claim(account: &str, claim: &str) -> Option<String> {
    let random: [u8; 16] = URL_SAFE_NO_PAD.decode(claim).ok()?.try_into().ok()?;
    let mut key = blake3::Hasher::new_derive_key("deskside 2026 ticket of a claim");
    key.update(&random).update(account.as_bytes());
    Some(URL_SAFE_NO_PAD.encode(key.finalize().as_bytes()))
}

/// Any session number, each as likely.
pub fn number() -> Result<SessionNumber, NoRandomness> {
    loop {
        // 30 bits, drawn again when outside: no number is favoured.
        let n = u32::from_be_bytes(random()?) >> 2;
        if let Ok(number) = SessionNumber::new(n) {
            return Ok(number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_long_and_differ() {
        let (a, b) = (token().unwrap(), token().unwrap());
        assert_ne!(a, b);
        assert_eq!(a.len(), 43);
        assert!(fits(&a, &hash(&a)) && !fits(&a, &hash(&b)) && !fits(&a, b"short"));
    }

    #[test]
    fn a_claim_has_one_ticket_for_each_account() {
        let (claim, other) = ("AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAQ");
        let ticket = ticket_of_claim("ana", claim).unwrap();
        assert_eq!((ticket.len(), ticket_of_claim("ana", claim)), (43, Some(ticket.clone())));
        assert_ne!(ticket_of_claim("bob", claim), Some(ticket.clone()));
        assert_ne!(ticket_of_claim("ana", other), Some(ticket));
        for bad in ["", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAA=", "AAAAAAAAAAAAAAAAAAAAAB"]
        {
            assert_eq!(ticket_of_claim("ana", bad), None, "{bad}");
        }
    }

    #[test]
    fn numbers_cover_the_space() {
        let mut firsts = [0; 10];
        for _ in 0..2000 {
            firsts[number().unwrap().get() as usize / 100_000_000] += 1;
        }
        assert_eq!(firsts[0], 0);
        assert!(firsts[1..].iter().all(|n| *n > 100), "{firsts:?}");
    }
}
