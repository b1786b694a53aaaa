//! Hashes of rows of pixels, fast and good enough to guess with; the fourth byte does not count.

const COLOURS: u64 = 0x00ff_ffff_00ff_ffff;
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
/// Pixels that are taken at once: four lanes of two.
const STEP: usize = 32;

pub(super) fn row_hash(row: &[u8]) -> u64 {
    let mut lanes = [row.len() as u64, 1, 2, 3];
    let (steps, rest) = row.as_chunks::<STEP>();
    for step in steps {
        take(&mut lanes, step);
    }
    if !rest.is_empty() {
        let mut step = [0; STEP];
        step[..rest.len()].copy_from_slice(rest);
        take(&mut lanes, &step);
    }
    lanes.iter().fold(0u64, |h, lane| {
        let h = (h.rotate_left(29) ^ lane).wrapping_mul(MIX);
        h ^ (h >> 32)
    })
}

fn take(lanes: &mut [u64; 4], step: &[u8; STEP]) {
    for (lane, two) in lanes.iter_mut().zip(step.as_chunks::<8>().0) {
        *lane = (lane.rotate_left(23) ^ (u64::from_le_bytes(*two) & COLOURS)).wrapping_mul(MIX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_count_and_the_fourth_byte_does_not() {
        for len in [4, 28, 32, 36, 256] {
            let row: Vec<u8> = (0..len).map(|i| i as u8).collect();
            let hash = row_hash(&row);
            for i in 0..len {
                let mut other = row.clone();
                other[i] ^= 0x10;
                assert_eq!(row_hash(&other) == hash, i % 4 == 3, "byte {i} of {len}");
            }
        }
    }

    #[test]
    fn places_count() {
        let mut row = vec![0u8; 256];
        let hashes: std::collections::HashSet<u64> = (0..64)
            .map(|x| {
                row.fill(0);
                row[x * 4] = 9;
                row_hash(&row)
            })
            .collect();
        assert_eq!(hashes.len(), 64);
    }
}
