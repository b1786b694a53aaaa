//! Keys that were let go for a moment, and whether they may be pressed again.

use x11rb::protocol::xproto::AutoRepeatMode;

use super::{InjectError, What, XTest};

impl XTest {
    /// Presses again what was lifted for a character. With other modifiers than at first it may be another
    /// program's now: then the agent does not hold it any more.
    pub(super) fn press_again(&mut self, code: u8) -> Result<(), InjectError> {
        if !self.is_taken(What::Key(code))? {
            return Ok(self.key(code, true)?);
        }
        if let Some(i) = self.keys.held.iter().position(|h| h.1 == code) {
            let key = self.keys.held.remove(i).0;
            self.keys.refused.push(key);
        }
        if let Some(i) = self.keys.quiet.iter().position(|c| *c == code) {
            self.keys.quiet.remove(i);
            self.repetition(code, AutoRepeatMode::ON)?;
        }
        Ok(())
    }
}
