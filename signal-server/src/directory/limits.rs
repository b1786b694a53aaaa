//! Budgets for guesses: by address, by the networks around an IPv6 address, and overall. Pure: told the time.

use std::{
    collections::HashMap,
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
};

use super::Millis;

/// Buckets kept at most; strangers beyond share one.
const MOST: usize = 65_536;

/// Tries a minute, which is also how many are allowed at once.
#[derive(Clone, Copy, Debug)]
pub struct Ladder {
    /// For an IPv4 address or an IPv6 /64.
    pub address: u32,
    /// For an IPv6 /56 (a household or a small office); a /48 (an organisation) gets four times this.
    pub network: u32,
    /// For all together.
    pub overall: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Rung {
    V4([u8; 4]),
    V6 {
        prefix: u128,
        bits: u8,
    },
    All,
    /// Everyone for whom there is no room.
    Others,
}

/// A token bucket; holds thousandths of a try.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    milli: u64,
    at: Millis,
}

impl Bucket {
    /// `rate` tries a minute are `rate` thousandths every 60 ms.
    fn earn(&mut self, now: Millis, rate: u64) {
        let earned = now.saturating_sub(self.at).saturating_mul(rate) / 60;
        // Time is kept when it was too short to earn anything.
        if earned > 0 {
            self.milli = self.milli.saturating_add(earned).min(rate * 1000);
            self.at = now;
        }
    }

    /// Seconds until there is a whole try.
    fn wait(self, rate: u64) -> u64 {
        (1000_u64.saturating_sub(self.milli) * 60).div_ceil(rate.max(1) * 1000).max(1)
    }
}

#[derive(Debug)]
struct Buckets<K> {
    map: HashMap<K, Bucket>,
    /// Looking through a full map takes time: not at each try.
    tidied: Millis,
}

impl<K> Default for Buckets<K> {
    fn default() -> Self {
        Self { map: HashMap::new(), tidied: 0 }
    }
}

impl<K: Hash + Eq> Buckets<K> {
    fn room_for(&mut self, now: Millis, key: &K) -> bool {
        if self.map.len() >= MOST && now >= self.tidied.saturating_add(1000) {
            self.tidied = now;
            // Who has not tried for a minute has a full bucket anyway.
            self.map.retain(|_, b| now < b.at.saturating_add(60_000));
        }
        self.map.len() < MOST || self.map.contains_key(key)
    }

    fn bucket(&mut self, now: Millis, key: K, rate: u64) -> &mut Bucket {
        let bucket = self.map.entry(key).or_insert(Bucket { milli: rate * 1000, at: now });
        bucket.earn(now, rate);
        bucket
    }
}

/// Counts tries that failed: whoever gets it right has the try given back.
#[derive(Debug)]
pub struct Limiter {
    ladder: Ladder,
    buckets: Buckets<Rung>,
}

impl Limiter {
    pub fn new(ladder: Ladder) -> Self {
        Self { ladder, buckets: Buckets::default() }
    }

    /// Takes one try for this address, or says after how many seconds there will be one.
    pub fn take(&mut self, now: Millis, who: IpAddr) -> Result<(), u64> {
        let rungs = self.rungs(who);
        let mut wait = 0;
        for (rung, rate) in &rungs {
            let bucket = self.bucket(now, *rung, *rate);
            if bucket.milli < 1000 {
                wait = wait.max(bucket.wait(u64::from(*rate)));
            }
        }
        if wait > 0 {
            return Err(wait);
        }
        for (rung, rate) in &rungs {
            self.bucket(now, *rung, *rate).milli -= 1000;
        }
        Ok(())
    }

    /// Gives a try back: it was no guess.
    pub fn give_back(&mut self, now: Millis, who: IpAddr) {
        for (rung, rate) in self.rungs(who) {
            let bucket = self.bucket(now, rung, rate);
            bucket.milli = (bucket.milli + 1000).min(u64::from(rate) * 1000);
        }
    }

    fn rungs(&self, who: IpAddr) -> Vec<(Rung, u32)> {
        let Ladder { address, network, overall } = self.ladder;
        let mut rungs = vec![(Rung::All, overall)];
        match canonical(who) {
            IpAddr::V4(v4) => rungs.push((Rung::V4(v4.octets()), address)),
            IpAddr::V6(v6) => {
                for (bits, rate) in [(48, network.saturating_mul(4)), (56, network), (64, address)] {
                    rungs.push((Rung::V6 { prefix: prefix(v6, bits), bits }, rate));
                }
            }
        }
        rungs
    }

    fn bucket(&mut self, now: Millis, rung: Rung, rate: u32) -> &mut Bucket {
        let rung = if self.buckets.room_for(now, &rung) { rung } else { Rung::Others };
        self.buckets.bucket(now, rung, u64::from(rate))
    }
}

/// Tries a minute for one account name, existing or not, whoever asks.
#[derive(Debug)]
pub struct ByName {
    rate: u32,
    buckets: Buckets<[u8; 32]>,
}

impl ByName {
    pub fn new(rate: u32) -> Self {
        Self { rate, buckets: Buckets::default() }
    }

    /// Takes one try, or says after how many seconds there will be one.
    pub fn take(&mut self, now: Millis, name: &str) -> Result<(), u64> {
        let rate = u64::from(self.rate);
        let key = *blake3::hash(name.as_bytes()).as_bytes();
        if !self.buckets.room_for(now, &key) {
            return Err(60);
        }
        let bucket = self.buckets.bucket(now, key, rate);
        if bucket.milli < 1000 {
            return Err(bucket.wait(rate));
        }
        bucket.milli -= 1000;
        Ok(())
    }

    /// Gives a try back: it was the right password.
    pub fn give_back(&mut self, name: &str) {
        if let Some(bucket) = self.buckets.map.get_mut(blake3::hash(name.as_bytes()).as_bytes()) {
            bucket.milli = (bucket.milli + 1000).min(u64::from(self.rate) * 1000);
        }
    }
}

/// IPv4 addresses that came in as IPv6 are IPv4 addresses.
pub(crate) fn canonical(who: IpAddr) -> IpAddr {
    match who {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(who, IpAddr::V4),
        IpAddr::V4(_) => who,
    }
}

fn prefix(v6: Ipv6Addr, bits: u8) -> u128 {
    u128::from(v6) & (u128::MAX << (128 - bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LADDER: Ladder = Ladder { address: 10, network: 30, overall: 300 };

    fn allowed(limiter: &mut Limiter, now: Millis, addresses: impl Iterator<Item = IpAddr>) -> usize {
        addresses.filter(|a| limiter.take(now, *a).is_ok()).count()
    }

    #[test]
    fn an_address_has_its_budget_and_earns_it_back() {
        let mut limiter = Limiter::new(LADDER);
        let one = IpAddr::from([192, 0, 2, 1]);
        assert_eq!(allowed(&mut limiter, 0, std::iter::repeat_n(one, 50)), 10);
        assert_eq!(limiter.take(0, one), Err(6));
        assert_eq!(limiter.take(0, IpAddr::from([192, 0, 2, 2])), Ok(()));
        assert_eq!(limiter.take(5_990, one), Err(1));
        assert_eq!(limiter.take(6_010, one), Ok(()));
        assert_eq!(allowed(&mut limiter, 3_600_000, std::iter::repeat_n(one, 50)), 10);
    }

    #[test]
    fn an_ipv4_address_in_ipv6_clothes_is_the_same() {
        let mut limiter = Limiter::new(LADDER);
        let plain = IpAddr::from([192, 0, 2, 1]);
        let mapped: IpAddr = "::ffff:192.0.2.1".parse().unwrap();
        assert_eq!(allowed(&mut limiter, 0, [plain, mapped].into_iter().cycle().take(50)), 10);
    }

    #[test]
    fn ipv6_prefixes_share() {
        let at = |net: u128, low: u128| IpAddr::V6(Ipv6Addr::from((0x2001_0db8 << 96) | (net << 64) | low));
        let mut limiter = Limiter::new(LADDER);
        assert_eq!(allowed(&mut limiter, 0, (0..100).map(|i| at(1, i))), 10, "one /64");
        let mut limiter = Limiter::new(LADDER);
        assert_eq!(allowed(&mut limiter, 0, (0..100).map(|i| at(i % 256, i))), 30, "one /56");
        let mut limiter = Limiter::new(LADDER);
        assert_eq!(allowed(&mut limiter, 0, (0..1000).map(|i| at((i * 256) % 65536, i))), 120, "one /48");
    }

    #[test]
    fn all_together_have_one_budget_and_memory_is_bounded() {
        let mut limiter = Limiter::new(LADDER);
        let many = (0..200_000u32).map(|i| IpAddr::V4(i.wrapping_mul(2_654_435_761).into()));
        assert_eq!(allowed(&mut limiter, 0, many), 300);
        assert!(limiter.buckets.map.len() <= MOST + 1);
    }

    #[test]
    fn a_right_try_costs_nothing() {
        let mut limiter = Limiter::new(LADDER);
        let one = IpAddr::from([192, 0, 2, 1]);
        for _ in 0..100 {
            assert_eq!(limiter.take(0, one), Ok(()));
            limiter.give_back(0, one);
        }
    }
}
