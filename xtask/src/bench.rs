//! The figures of `docs/performance.md`.

use anyhow::Result;

use crate::{
    run::{cargo, run, target_dir},
    setup,
};

/// Sets up, builds with optimisation, and prints what `tests/examples/figures.rs` measures.
pub(crate) fn bench() -> Result<()> {
    setup::setup(true)?;
    run(cargo().args(["build", "--release", "--workspace", "--bins"]))?;
    run(cargo().env("DESKSIDE_PROGRAMS", target_dir()?.join("release")).args([
        "run",
        "--release",
        "--quiet",
        "--package",
        "deskside-tests",
        "--example",
        "figures",
    ]))
}
