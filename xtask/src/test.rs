//! Every test of the workspace, with whichever runner is there.

use anyhow::Result;

use crate::{
    run::{cargo, run, target_dir, works},
    setup,
};

/// Sets up (when asked to), builds the two programs once, then runs all tests. `runner`: more
/// arguments for the test runner.
pub(crate) fn test(set_up: bool, runner: &[String]) -> Result<()> {
    if set_up {
        setup::setup(false)?;
    }
    run(cargo().args(["build", "--workspace", "--bins"]))?;
    // The tests start the programs that were just built, instead of asking cargo each time.
    let programs = target_dir()?.join("debug");
    if works("cargo", &["nextest", "--version"]) {
        let env = ("DESKSIDE_PROGRAMS", programs.as_path());
        run(cargo().env(env.0, env.1).args(["nextest", "run", "--workspace"]).args(runner))?;
        // nextest leaves out the examples in documentation.
        run(cargo().env(env.0, env.1).args(["test", "--workspace", "--doc"]))
    } else {
        run(cargo()
            .env("DESKSIDE_PROGRAMS", &programs)
            .args(["test", "--workspace", "--no-fail-fast"])
            .args(runner))
    }
}
