//! Numbers for colours: each gets the next one when it is first seen.

/// Most colours of a palette; a number fits into a byte.
pub(super) const MOST: usize = 256;
const SLOTS: usize = 1024;

/// Colours in the order of their first appearance.
pub(super) struct Palette {
    colours: [u32; MOST],
    len: usize,
    /// Open addressing: number of a colour and one, 0 for a free slot.
    slots: [u16; SLOTS],
}

impl Default for Palette {
    fn default() -> Self {
        Self { colours: [0; MOST], len: 0, slots: [0; SLOTS] }
    }
}

impl Palette {
    pub(super) fn clear(&mut self) {
        if self.len > 0 {
            self.slots.fill(0);
            self.len = 0;
        }
    }

    pub(super) fn colours(&self) -> &[u32] {
        &self.colours[..self.len]
    }

    /// The number of a colour, which is added if it is new; `None` when the palette is full.
    pub(super) fn number(&mut self, colour: u32) -> Option<u8> {
        let mut slot = slot(colour);
        loop {
            match self.slots[slot] {
                0 => break,
                // Numbers and one are at most 256.
                n if self.colours[usize::from(n - 1) % MOST] == colour => return Some((n - 1) as u8),
                _ => slot = (slot + 1) % SLOTS,
            }
        }
        *self.colours.get_mut(self.len)? = colour;
        self.len += 1;
        self.slots[slot] = self.len as u16;
        Some((self.len - 1) as u8)
    }

    pub(super) fn has(&self, colour: u32) -> bool {
        let mut slot = slot(colour);
        loop {
            match self.slots[slot] {
                0 => return false,
                n if self.colours[usize::from(n - 1) % MOST] == colour => return true,
                _ => slot = (slot + 1) % SLOTS,
            }
        }
    }
}

fn slot(colour: u32) -> usize {
    // Golden ratio hashing; the top bits are the mixed ones.
    (colour.wrapping_mul(0x9e37_79b1) >> 22) as usize % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_the_first_appearance() {
        let mut p = Palette::default();
        assert!(!p.has(5));
        assert_eq!([p.number(5), p.number(0), p.number(5)], [Some(0), Some(1), Some(0)]);
        assert!(p.has(0));
        for c in 6..260 {
            assert_eq!(p.number(c), Some((c - 4) as u8));
        }
        assert_eq!(p.colours().len(), 256);
        assert_eq!((p.number(1000), p.number(5)), (None, Some(0)));
        p.clear();
        assert_eq!((p.number(9), p.colours()), (Some(0), &[9][..]));
    }
}
