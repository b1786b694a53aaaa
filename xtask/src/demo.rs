//! A whole session to look at: a server, a customer and an agent.

use anyhow::Result;

use crate::{
    run::{cargo, run, run_attached, target_dir},
    setup,
};

/// Sets up, builds, and plays the session of `tests/examples/demo.rs`; `keep` leaves it running
/// until Enter or Ctrl-C.
pub(crate) fn demo(keep: bool) -> Result<()> {
    setup::setup(false)?;
    run(cargo().args(["build", "--workspace", "--bins"]))?;
    let mut demo = cargo();
    demo.env("DESKSIDE_PROGRAMS", target_dir()?.join("debug"));
    demo.args(["run", "--quiet", "--package", "deskside-tests", "--example", "demo", "--"]);
    if keep {
        demo.arg("--keep");
    }
    run_attached(&mut demo)
}
