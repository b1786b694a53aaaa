//! Two computers with a cable between them: network namespaces, which only root can make.

use std::{
    fs::File,
    os::fd::AsRawFd,
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

use crate::line::{self, Line, Quality};

/// The agent's computer, where the server is too; and the customer's.
pub struct Net {
    pub agent: String,
    pub customer: String,
}

/// Addresses in documentation's and nobody's network; each test has namespaces of its own.
pub const AGENT: &str = "10.77.41.2";
pub const CUSTOMER: &str = "10.77.41.1";

#[track_caller]
fn ip(line: &str) {
    let done = Command::new("ip").args(line.split(' ')).output().expect("ip of iproute2");
    assert!(done.status.success(), "ip {line}: {}", String::from_utf8_lossy(&done.stderr));
}

impl Net {
    /// Makes both, and moves this thread, with all that it starts from now on, to the agent's computer.
    #[track_caller]
    pub fn enter() -> Self {
        let net = Self::aside();
        net.go();
        net
    }

    /// Makes both; this thread stays where it is.
    #[track_caller]
    pub fn aside() -> Self {
        let net = Self::namespaces();
        ip(&format!("-n {} link add eth0 type veth peer name eth0 netns {}", net.agent, net.customer));
        net.up();
        net
    }

    /// The same with a line between them that is as bad as it is asked to be.
    #[track_caller]
    pub fn over(quality: Quality) -> (Self, Line) {
        let net = Self::namespaces();
        let here = File::open("/proc/thread-self/ns/net").expect("the own namespace");
        let [customer, agent] = [&net.customer, &net.agent].map(|name| {
            move_to(name);
            line::open()
        });
        move_into(&here);
        net.up();
        let line = Line::between(&agent, &customer, quality);
        (net, line)
    }

    /// Moves this thread, with all that it starts from now on, to the agent's computer. Not displays: two of them get
    /// the same number when they do not hear each other.
    #[track_caller]
    pub fn go(&self) {
        move_to(&self.agent);
    }

    #[track_caller]
    fn namespaces() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let id = format!("{}x{}", std::process::id() % 1_000_000, COUNT.fetch_add(1, Ordering::Relaxed));
        let net = Self { agent: format!("dsta{id}"), customer: format!("dstc{id}") };
        ip(&format!("netns add {}", net.agent));
        ip(&format!("netns add {}", net.customer));
        net
    }

    #[track_caller]
    fn up(&self) {
        for (name, address) in [(&self.agent, AGENT), (&self.customer, CUSTOMER)] {
            ip(&format!("-n {name} addr add {address}/24 dev eth0"));
            ip(&format!("-n {name} link set lo up"));
            ip(&format!("-n {name} link set eth0 up"));
        }
    }

    /// Pulls the cable at the customer's computer, or puts it back.
    #[track_caller]
    pub fn cable(&self, there: bool) {
        ip(&format!("-n {} link set eth0 {}", self.customer, if there { "up" } else { "down" }));
    }

    /// From now on the cable carries so many kilobits a second each way, and a queue of a quarter of a second before it.
    #[track_caller]
    pub fn narrow(&self, kilobits: u32) {
        let rate = format!("{kilobits}kbit");
        for name in [&self.agent, &self.customer] {
            let shape = ["netns", "exec", name, "tc", "qdisc", "replace", "dev", "eth0", "root", "tbf"];
            let done = Command::new("ip")
                .args(shape)
                .args(["rate", &rate, "burst", "4kb", "latency", "250ms"])
                .output()
                .expect("ip of iproute2");
            assert!(done.status.success(), "tc: {}", String::from_utf8_lossy(&done.stderr));
        }
    }

    /// The cable carries what it can again.
    #[track_caller]
    pub fn widen(&self) {
        for name in [&self.agent, &self.customer] {
            let done = Command::new("ip")
                .args(["netns", "exec", name, "tc", "qdisc", "del", "dev", "eth0", "root"])
                .output()
                .expect("ip of iproute2");
            assert!(done.status.success(), "tc: {}", String::from_utf8_lossy(&done.stderr));
        }
    }

    /// Bytes that left the customer's computer so far.
    #[track_caller]
    pub fn sent_by_customer(&self) -> u64 {
        let out = Command::new("ip")
            .args(["-n", &self.customer, "-s", "-j", "link", "show", "eth0"])
            .output()
            .expect("ip of iproute2");
        let said: serde_json::Value = serde_json::from_slice(&out.stdout).expect("JSON");
        said[0]["stats64"]["tx"]["bytes"].as_u64().expect("a count")
    }

    /// The customer's computer is in another network place: another address, the old one is gone.
    #[track_caller]
    pub fn move_customer(&self, from: &str, to: &str) {
        // In this order: an address takes those that were added after it with it.
        ip(&format!("-n {} addr del {from}/24 dev eth0", self.customer));
        ip(&format!("-n {} addr add {to}/24 dev eth0", self.customer));
    }
}

/// An agent and a customer in networks that know no way to each other, and between them a computer that both reach:
/// it forwards nothing.
pub struct Apart {
    pub agent: String,
    pub customer: String,
    middle: String,
}

/// The computer between, for both.
pub const MIDDLE: &str = "10.77.43.1";

impl Apart {
    /// Makes all three, and moves this thread, with all that it starts from now on, to the one between.
    #[track_caller]
    pub fn enter() -> Self {
        let id = std::process::id() % 1_000_000;
        let name = |role: &str| format!("dsap{role}{id}");
        let apart = Self { agent: name("a"), customer: name("c"), middle: name("m") };
        let middle = &apart.middle;
        ip(&format!("netns add {middle}"));
        ip(&format!("-n {middle} link set lo up"));
        ip(&format!("-n {middle} addr add {MIDDLE}/32 dev lo"));
        for (n, side) in [&apart.agent, &apart.customer].into_iter().enumerate() {
            ip(&format!("netns add {side}"));
            ip(&format!("-n {middle} link add eth{n} type veth peer name eth0 netns {side}"));
            ip(&format!("-n {middle} addr add 10.77.5{n}.1/24 dev eth{n}"));
            ip(&format!("-n {middle} link set eth{n} up"));
            ip(&format!("-n {side} addr add 10.77.5{n}.2/24 dev eth0"));
            ip(&format!("-n {side} link set lo up"));
            ip(&format!("-n {side} link set eth0 up"));
            ip(&format!("-n {side} route add default via 10.77.5{n}.1"));
        }
        move_to(middle);
        let forwards = std::fs::read_to_string("/proc/sys/net/ipv4/ip_forward").expect("a setting");
        assert_eq!(forwards.trim(), "0", "the computer between must not be a way");
        apart
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        remove(&[&self.agent, &self.customer, &self.middle]);
    }
}

/// Moves this thread to a namespace.
#[track_caller]
fn move_to(name: &str) {
    move_into(&File::open(format!("/run/netns/{name}")).expect("the namespace"));
}

#[track_caller]
fn move_into(file: &File) {
    // SAFETY: the descriptor is open during the call, which changes this thread alone.
    let moved = unsafe { libc::setns(file.as_raw_fd(), libc::CLONE_NEWNET) };
    assert_eq!(moved, 0, "{}", std::io::Error::last_os_error());
}

fn remove(names: &[&str]) {
    for name in names {
        // What is left of it ends with the machine.
        let _ = Command::new("ip").args(["netns", "del", name]).status();
    }
}

impl Drop for Net {
    fn drop(&mut self) {
        remove(&[&self.agent, &self.customer]);
    }
}
