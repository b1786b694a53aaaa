//! The project's chores, so that each is one command on any machine: `cargo xtask setup`, `test`,
//! `demo`, `bench`, `package`, `tidy`, `windows`.
#![expect(clippy::print_stdout, reason = "a program for people at a terminal")]

mod bench;
mod demo;
mod package;
mod run;
mod setup;
mod test;
mod tidy;
mod windows;

use std::process::ExitCode;

use anyhow::{Result, bail};

const HELP: &str = "\
cargo xtask <what>

  setup [--bench]     installs the packages that building, running and testing need (Debian 12)
  test  [--no-setup]  sets up, builds the programs, runs every test of the workspace;
                      what follows `--` goes to the test runner
  demo  [--keep]      sets up, then shows a whole session; --keep leaves it running
  bench               sets up, builds with optimisation, prints the figures
  package [--dev] [--check] [--windows]
                      makes the Debian packages in target/packages; --dev of the development
                      builds; --check installs and removes them on a copy that is thrown away;
                      --windows makes the installer and the archive for Windows instead
  tidy  [--bless]     checks the rules that no compiler checks; --bless renews the wire hashes
  windows [--no-setup]
                      sets up, lints and builds the peer for Windows, and runs the tests of
                      its crates, itself and its installer under Wine";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("xtask: {e:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> Result<()> {
    let (what, rest) = match args.split_first() {
        Some((what, rest)) => (what.as_str(), rest),
        None => ("help", args),
    };
    match what {
        "setup" => setup::setup(flags(rest, &["--bench"])?.contains(&"--bench")),
        "test" => {
            let (own, runner) = match rest.iter().position(|a| a == "--") {
                Some(at) => (&rest[..at], &rest[at + 1..]),
                None => (rest, &[][..]),
            };
            test::test(!flags(own, &["--no-setup"])?.contains(&"--no-setup"), runner)
        }
        "demo" => demo::demo(flags(rest, &["--keep"])?.contains(&"--keep")),
        "bench" => {
            flags(rest, &[])?;
            bench::bench()
        }
        "package" => {
            let given = flags(rest, &["--dev", "--check", "--windows"])?;
            if given == ["--windows"] {
                return windows::package();
            }
            package::package(given.contains(&"--dev"), given.contains(&"--check"))
        }
        "tidy" => tidy::tidy(flags(rest, &["--bless"])?.contains(&"--bless")),
        "windows" => windows::windows(!flags(rest, &["--no-setup"])?.contains(&"--no-setup")),
        "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(())
        }
        other => bail!("no such chore: {other}\n{HELP}"),
    }
}

/// The arguments, each of which must be one of `known`.
fn flags<'a>(args: &'a [String], known: &[&str]) -> Result<Vec<&'a str>> {
    if let Some(unknown) = args.iter().find(|a| !known.contains(&a.as_str())) {
        bail!("unknown argument: {unknown}\n{HELP}");
    }
    Ok(args.iter().map(String::as_str).collect())
}
