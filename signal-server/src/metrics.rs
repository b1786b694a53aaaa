//! Counters for `/metrics`, in Prometheus' text format 0.0.4.

use std::{
    fmt::Write,
    sync::atomic::{AtomicU64, Ordering},
};

use crate::directory::Output;

/// A count that only grows.
#[derive(Default)]
pub struct Counter(AtomicU64);

impl Counter {
    pub fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What is counted since the start.
#[derive(Default)]
pub struct Metrics {
    pub requests: Counter,
    pub sessions_opened: Counter,
    pub joins: Counter,
    pub joins_failed: Counter,
    pub assists: Counter,
    pub hand_overs: Counter,
    pub queue_entered: Counter,
    pub queue_taken: Counter,
    pub queue_abandoned: Counter,
    pub sign_ins: Counter,
    pub sign_ins_failed: Counter,
    pub limited: Counter,
    pub sockets_opened: Counter,
    pub sockets_refused: Counter,
    pub messages: Counter,
    pub signals: Counter,
    pub stun_answers: std::sync::Arc<Counter>,
    pub connections_refused: Counter,
}

/// What is so at this moment.
pub struct Gauges {
    pub waiting: usize,
    pub sessions: usize,
    pub online: usize,
    pub sockets: usize,
    pub connections: usize,
}

impl Metrics {
    /// What the directory's outputs tell.
    pub fn count(&self, output: &Output) {
        match output {
            Output::Take { .. } => self.queue_taken.add(),
            Output::ForgetWaiter(_) => self.queue_abandoned.add(),
            _ => {}
        }
    }

    pub fn render(&self, now: &Gauges) -> String {
        let counters: [(&str, &str, &Counter); 18] = [
            ("requests_total", "HTTP requests.", &self.requests),
            ("sessions_opened_total", "Sessions that agents opened.", &self.sessions_opened),
            ("joins_total", "Customers who entered a session.", &self.joins),
            ("joins_failed_total", "Numbers that fitted no session.", &self.joins_failed),
            ("assists_total", "Agents who entered a session as assistants.", &self.assists),
            ("hand_overs_total", "Hand-overs of control that held.", &self.hand_overs),
            ("queue_entered_total", "Customers who entered a queue.", &self.queue_entered),
            ("queue_taken_total", "Customers who were taken out of a queue.", &self.queue_taken),
            ("queue_abandoned_total", "Customers who left a queue untaken.", &self.queue_abandoned),
            ("sign_ins_total", "Sign-ins that succeeded.", &self.sign_ins),
            ("sign_ins_failed_total", "Sign-ins that failed.", &self.sign_ins_failed),
            ("limited_total", "Requests refused because of too many tries.", &self.limited),
            ("sockets_opened_total", "Sockets whose hello was taken.", &self.sockets_opened),
            ("sockets_refused_total", "Sockets that were refused.", &self.sockets_refused),
            ("socket_messages_total", "Messages from participants.", &self.messages),
            ("signals_total", "Signals carried between participants.", &self.signals),
            ("stun_answers_total", "Answers of the STUN responder.", &self.stun_answers),
            ("connections_refused_total", "Connections over the limits.", &self.connections_refused),
        ];
        let gauges = [
            ("sessions", "Sessions now.", now.sessions),
            ("queue_waiting", "Customers who wait in queues now.", now.waiting),
            ("participants_online", "Participants who are connected now.", now.online),
            ("sockets", "Sockets now.", now.sockets),
            ("connections", "TCP connections now, sockets among them.", now.connections),
        ];
        let mut text = String::new();
        for (name, help, counter) in counters {
            let value = counter.get();
            // Writing into a string does not fail.
            _ = write!(
                text,
                "# HELP deskside_{name} {help}\n# TYPE deskside_{name} counter\ndeskside_{name} {value}\n"
            );
        }
        for (name, help, value) in gauges {
            _ = write!(
                text,
                "# HELP deskside_{name} {help}\n# TYPE deskside_{name} gauge\ndeskside_{name} {value}\n"
            );
        }
        text
    }
}
