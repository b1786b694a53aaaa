//! Notices what the person at this computer does with mouse and keyboard, apart from what
//! [`crate::inject`] sends.

/// What the person did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnAct {
    /// Moved the mouse (more than a few pixels), clicked or pressed a key.
    Input,
    /// Escape three times within a second and a half.
    PanicKey,
}

/// Stops watching when dropped.
pub trait Watch: Send {}

/// Starts a thread that calls `told` for each act, at most 20 times a second each.
pub fn start(_told: Box<dyn Fn(OwnAct) + Send>) -> Result<Box<dyn Watch>, crate::inject::InjectError> {
    Err(crate::inject::InjectError::NoDisplay)
}
