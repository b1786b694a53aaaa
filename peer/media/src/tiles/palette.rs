//! Numbers for colours: each gets the next one when it is first seen.

/// Most colours of a palette; a number fits into a byte.
pub(super) const MOST: usize = 256;
const SLOTS: usize = 1024;

/// Colours (of 24 bits) in the order of their first appearance.
pub(super) struct Palette {
    colours: [u32; MOST],
    len: usize,
    /// Open addressing: a colour and, in the lowest byte, its number. Free slots hold the first colour,
    /// which is found wherever one looks.
    slots: [u32; SLOTS],
}

impl Default for Palette {
    fn default() -> Self {
        Self { colours: [0; MOST], len: 0, slots: [0; SLOTS] }
    }
}

impl Palette {
    pub(super) fn clear(&mut self) {
        self.len = 0;
    }

    pub(super) fn colours(&self) -> &[u32] {
        &self.colours[..self.len]
    }

    /// The number of a colour, which is added if it is new; `None` when the palette is full.
    #[inline]
    pub(super) fn number(&mut self, colour: u32) -> Option<u8> {
        let entry = self.slots[slot(colour)];
        if entry >> 8 == colour && self.len > 0 { Some(entry as u8) } else { self.search(colour) }
    }

    pub(super) fn has(&self, colour: u32) -> bool {
        self.len > 0 && self.slots[self.find(colour)] >> 8 == colour
    }

    /// The slot that holds the colour, or else the free one where it belongs.
    fn find(&self, colour: u32) -> usize {
        let free = self.colours[0] << 8;
        let mut slot = slot(colour);
        // At most a quarter of the slots is in use, so that this ends.
        while self.slots[slot] >> 8 != colour && self.slots[slot] != free {
            slot = (slot + 1) % SLOTS;
        }
        slot
    }

    #[cold]
    fn search(&mut self, colour: u32) -> Option<u8> {
        if self.len == 0 {
            self.slots.fill(colour << 8);
            self.colours[0] = colour;
            self.len = 1;
            return Some(0);
        }
        let slot = self.find(colour);
        if self.slots[slot] >> 8 != colour {
            *self.colours.get_mut(self.len)? = colour;
            self.slots[slot] = colour << 8 | self.len as u32;
            self.len += 1;
        }
        Some(self.slots[slot] as u8)
    }
}

#[inline]
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
        assert!(!p.has(5) && !p.has(0));
        assert_eq!([p.number(5), p.number(0), p.number(5)], [Some(0), Some(1), Some(0)]);
        assert!(p.has(0) && p.has(5) && !p.has(6));
        for c in 6..260 {
            assert_eq!(p.number(c), Some((c - 4) as u8));
        }
        assert_eq!(p.colours().len(), 256);
        assert_eq!((p.number(1000), p.number(5)), (None, Some(0)));
        p.clear();
        assert!(!p.has(5));
        assert_eq!((p.number(9), p.colours()), (Some(0), &[9][..]));
        assert_eq!((p.number(5), p.number(9)), (Some(1), Some(0)));
    }
}
