//! The clipboard's direction: chosen by the customer, in the question too, and read by the agent.

mod samples;
mod shown;

use deskside_session::{command::Command, direction::Direction};
use eframe::egui::{Vec2, accesskit::Role as Access};
use samples::copied;
use shown::show;

fn chosen(direction: Direction) -> Vec<deskside_session::app::AppCommand> {
    vec![Command::ClipboardDirection { direction }.into()]
}

#[test]
fn the_customer_chooses_the_direction() {
    let mut s = show(copied::customer(Direction::Both));
    s.harness.set_size(Vec2::new(1000.0, 1800.0));
    s.harness.run_ok();
    for (words, direction) in [
        ("Only what I copy, to the agent", Direction::ToAgent),
        ("Only what the agent copies, to me", Direction::ToCustomer),
        ("What is copied goes nowhere for now", Direction::Off),
        ("What is copied goes both ways", Direction::Both),
    ] {
        s.click("Which way what is copied goes");
        s.choose(Access::MenuItemRadio, words);
        assert_eq!(s.told(), chosen(direction));
    }
}

#[test]
fn without_the_grant_there_is_nothing_to_choose() {
    let s = show(samples::sample("customer-views"));
    s.must_not("Which way what is copied goes");
}

/// What the agent reads of the customer.
fn told(direction: Direction) -> shown::Shown {
    let mut s = show(copied::agent(direction));
    s.choose(Access::Tab, "Customer");
    s
}

#[test]
fn the_agent_reads_what_works() {
    for (direction, words) in [
        (Direction::ToAgent, "Only what the customer copies arrives here"),
        (Direction::ToCustomer, "Only what you copy arrives at the customer"),
        (Direction::Off, "What is copied goes nowhere for now"),
    ] {
        told(direction).must(words);
    }
    told(Direction::Both).must_not("Clipboard");
}

#[test]
fn both_read_that_a_monitor_is_away() {
    for name in ["agent-views", "customer-views"] {
        let s = show(copied::monitor_gone(samples::sample(name)));
        s.must("The monitor HDMI-2 is not there any more. DP-1 is shared instead, until it is back.");
    }
}
