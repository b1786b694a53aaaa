//! The clipboard's text.

/// Lives on its own thread; setting a text does not report it as a change.
pub trait Clipboard: Send {
    fn set(&self, text: String);
    /// Whether changes are told from now on.
    fn watch(&self, on: bool);
}

/// `told` is called with each new text that another program put there, at most 1 MiB.
pub fn open(_told: Box<dyn Fn(String) + Send>) -> Option<Box<dyn Clipboard>> {
    None
}
