//! Two computers with a cable between them: network namespaces, which only root can make.

use std::{
    fs::File,
    os::fd::AsRawFd,
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

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
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let id = format!("{}x{}", std::process::id() % 1_000_000, COUNT.fetch_add(1, Ordering::Relaxed));
        let net = Self { agent: format!("dsta{id}"), customer: format!("dstc{id}") };
        let (a, c) = (net.agent.as_str(), net.customer.as_str());
        ip(&format!("netns add {a}"));
        ip(&format!("netns add {c}"));
        ip(&format!("-n {a} link add eth0 type veth peer name eth0 netns {c}"));
        for (name, address) in [(a, AGENT), (c, CUSTOMER)] {
            ip(&format!("-n {name} addr add {address}/24 dev eth0"));
            ip(&format!("-n {name} link set lo up"));
            ip(&format!("-n {name} link set eth0 up"));
        }
        let file = File::open(format!("/run/netns/{a}")).expect("the namespace");
        // SAFETY: the descriptor is open during the call, which changes this thread alone.
        let moved = unsafe { libc::setns(file.as_raw_fd(), libc::CLONE_NEWNET) };
        assert_eq!(moved, 0, "{}", std::io::Error::last_os_error());
        net
    }

    /// Pulls the cable at the customer's computer, or puts it back.
    #[track_caller]
    pub fn cable(&self, there: bool) {
        ip(&format!("-n {} link set eth0 {}", self.customer, if there { "up" } else { "down" }));
    }

    /// The customer's computer is in another network place: another address, the old one is gone.
    #[track_caller]
    pub fn move_customer(&self, to: &str) {
        // In this order: an address takes those that were added after it with it.
        ip(&format!("-n {} addr del {CUSTOMER}/24 dev eth0", self.customer));
        ip(&format!("-n {} addr add {to}/24 dev eth0", self.customer));
    }
}

impl Drop for Net {
    fn drop(&mut self) {
        for name in [&self.agent, &self.customer] {
            // What is left of it ends with the machine.
            let _ = Command::new("ip").args(["netns", "del", name]).status();
        }
    }
}
