//! Who is on the other end of a connection, and how many there may be.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::{Arc, Mutex},
};

use warp::http::HeaderMap;

use crate::{app::lock, directory::canonical};

/// The other end of a request, as an extension of it.
#[derive(Clone)]
pub struct Client {
    /// What budgets count.
    pub ip: IpAddr,
    /// From this very machine, through no proxy.
    pub local: bool,
    /// Named by a trusted proxy: its place is the proxy's, not counted by this address.
    pub proxied: bool,
    /// Held as long as the connection lives.
    pub place: Arc<Place>,
}

impl Client {
    /// `X-Forwarded-For` counts only when the connection comes from a trusted proxy: the last address that
    /// is none itself.
    pub fn new(peer: SocketAddr, headers: &HeaderMap, trusted: &[IpAddr], place: Arc<Place>) -> Self {
        let peer = canonical(peer.ip());
        let forwarded = headers.contains_key("x-forwarded-for") || headers.contains_key("forwarded");
        let local = peer.is_loopback() && !forwarded;
        if !trusted.contains(&peer) {
            return Self { ip: peer, local, proxied: false, place };
        }
        let lists = headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok());
        let named: Vec<&str> = lists.flat_map(|list| list.split(',')).collect();
        let addresses = named.iter().rev().map_while(|a| a.trim().parse().ok()).map(canonical);
        let ip = addresses.into_iter().find(|a| !trusted.contains(a)).unwrap_or(peer);
        Self { ip, local, proxied: true, place }
    }
}

/// Places for connections, in all and for each address.
pub struct Places {
    all: usize,
    each: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// One connection's place; free again when dropped.
pub struct Place {
    places: Arc<Places>,
    /// `None` for a trusted proxy, which carries many.
    address: Option<IpAddr>,
}

impl Places {
    pub fn new(all: usize, each: usize) -> Arc<Self> {
        Arc::new(Self { all, each, taken: Mutex::default() })
    }

    /// A place, if there is one. IPv6 addresses count by their /64.
    pub fn take(self: &Arc<Self>, peer: IpAddr, trusted: &[IpAddr]) -> Option<Place> {
        let peer = canonical(peer);
        let address = (!trusted.contains(&peer)).then(|| match peer {
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from(u128::from(v6) & (u128::MAX << 64))),
            IpAddr::V4(_) => peer,
        });
        let mut taken = lock(&self.taken);
        if taken.all >= self.all {
            return None;
        }
        if let Some(address) = address {
            let count = taken.by_address.entry(address).or_default();
            if *count >= self.each {
                return None;
            }
            *count += 1;
        }
        taken.all += 1;
        Some(Place { places: Arc::clone(self), address })
    }

    pub fn count(&self) -> usize {
        lock(&self.taken).all
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = lock(&self.places.taken);
        taken.all -= 1;
        if let Some(address) = self.address
            && let Some(count) = taken.by_address.get_mut(&address)
        {
            *count -= 1;
            if *count == 0 {
                taken.by_address.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &[&str], trusted: &[&str]) -> (IpAddr, bool) {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let trusted: Vec<IpAddr> = trusted.iter().map(|t| t.parse().unwrap()).collect();
        let place = Arc::new(Places::new(1, 1).take([10, 0, 0, 1].into(), &[]).unwrap());
        let client = Client::new(SocketAddr::new(peer.parse().unwrap(), 1), &headers, &trusted, place);
        (client.ip, client.local)
    }

    #[test]
    fn forwarded_addresses_count_only_from_trusted_proxies() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        assert_eq!(client("127.0.0.1", &[], &[]), (ip("127.0.0.1"), true));
        assert_eq!(client("::ffff:127.0.0.1", &["1.1.1.1"], &[]), (ip("127.0.0.1"), false));
        assert_eq!(client("10.0.0.1", &["6.6.6.6, 1.1.1.1"], &["10.0.0.1"]), (ip("1.1.1.1"), false));
        assert_eq!(
            client("10.0.0.1", &["1.1.1.1, 10.0.0.2"], &["10.0.0.1", "10.0.0.2"]),
            (ip("1.1.1.1"), false)
        );
        assert_eq!(client("10.0.0.1", &["6.6.6.6", "1.1.1.1"], &["10.0.0.1"]), (ip("1.1.1.1"), false));
        assert_eq!(client("10.0.0.1", &["1.1.1.1, junk"], &["10.0.0.1"]), (ip("10.0.0.1"), false));
        assert_eq!(client("10.0.0.1", &[], &["10.0.0.1"]), (ip("10.0.0.1"), false));
    }

    #[test]
    fn places_are_counted_and_given_back() {
        let places = Places::new(3, 2);
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let first = places.take(ip("2001:db8::1"), &[]).unwrap();
        let _second = places.take(ip("2001:db8::2"), &[]).unwrap();
        assert!(places.take(ip("2001:db8::3"), &[]).is_none(), "one /64");
        let third = places.take(ip("192.0.2.1"), &[]);
        assert!(third.is_some() && places.take(ip("192.0.2.2"), &[]).is_none(), "all taken");
        drop((first, third));
        assert_eq!(places.count(), 1);
        assert!(places.take(ip("2001:db8::3"), &[]).is_some());
    }
}
