//! Pictures: of a display, of a viewer, and how alike two of them are.

use std::{fs::File, io::BufReader, path::Path};

/// Eight bits each of red, green and blue.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    pub width: usize,
    pub height: usize,
    /// Row by row from the top, three bytes for each pixel.
    pub rgb: Vec<u8>,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a picture of {}×{}", self.width, self.height)
    }
}

impl Picture {
    /// Reads a PNG file of 8-bit RGB or RGBA.
    #[track_caller]
    pub fn read(path: &Path) -> Self {
        let file = File::open(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let mut reader = png::Decoder::new(BufReader::new(file)).read_info().expect("a PNG file");
        let mut bytes = vec![0; reader.output_buffer_size().expect("a picture of sane size")];
        let info = reader.next_frame(&mut bytes).expect("a whole PNG file");
        bytes.truncate(info.buffer_size());
        let rgb = match info.color_type {
            png::ColorType::Rgb => bytes,
            png::ColorType::Rgba => bytes.chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect(),
            other => panic!("a PNG file of {other:?}"),
        };
        Self { width: info.width as usize, height: info.height as usize, rgb }
    }

    /// Writes it for a person to look at.
    #[track_caller]
    pub fn write(&self, path: &Path) {
        let file = File::create(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let mut encoder = png::Encoder::new(file, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.write_header().and_then(|mut w| w.write_image_data(&self.rgb)).expect("written");
    }

    /// How many pixels differ; all when the sizes differ.
    pub fn different(&self, other: &Self) -> usize {
        if (self.width, self.height) != (other.width, other.height) {
            return self.width * self.height;
        }
        self.rgb.chunks_exact(3).zip(other.rgb.chunks_exact(3)).filter(|(a, b)| a != b).count()
    }

    pub fn pixel(&self, x: usize, y: usize) -> [u8; 3] {
        let at = (y * self.width + x) * 3;
        [self.rgb[at], self.rgb[at + 1], self.rgb[at + 2]]
    }

    /// The part from `x`, `y` on, no larger than what is there.
    pub fn part(&self, x: usize, y: usize, width: usize, height: usize) -> Self {
        let (x, y) = (x.min(self.width), y.min(self.height));
        let (width, height) = (width.min(self.width - x), height.min(self.height - y));
        let rgb = (y..y + height)
            .flat_map(|row| &self.rgb[(row * self.width + x) * 3..(row * self.width + x + width) * 3])
            .copied()
            .collect();
        Self { width, height, rgb }
    }

    /// How many different colours it has, counted up to `most`.
    pub fn colours(&self, most: usize) -> usize {
        let mut seen = std::collections::HashSet::new();
        for p in self.rgb.chunks_exact(3) {
            seen.insert((p[0], p[1], p[2]));
            if seen.len() >= most {
                break;
            }
        }
        seen.len()
    }

    /// Mean structural similarity of the luma in windows of 8×8 (Wang et al. 2004), 1 when equal.
    pub fn ssim(&self, other: &Self) -> f64 {
        if (self.width, self.height) != (other.width, other.height) || self.width < 8 || self.height < 8 {
            return 0.0;
        }
        let (a, b) = (self.luma(), other.luma());
        let (mut sum, mut windows) = (0.0, 0u32);
        for y in (0..=self.height - 8).step_by(4) {
            for x in (0..=self.width - 8).step_by(4) {
                sum += window(&a, &b, self.width, x, y);
                windows += 1;
            }
        }
        sum / f64::from(windows)
    }

    fn luma(&self) -> Vec<f64> {
        let luma = |p: &[u8]| 0.299 * f64::from(p[0]) + 0.587 * f64::from(p[1]) + 0.114 * f64::from(p[2]);
        self.rgb.chunks_exact(3).map(luma).collect()
    }
}

fn window(a: &[f64], b: &[f64], width: usize, x: usize, y: usize) -> f64 {
    let (mut sa, mut sb, mut saa, mut sbb, mut sab) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for row in y..y + 8 {
        let at = row * width + x;
        for (p, q) in a[at..at + 8].iter().zip(&b[at..at + 8]) {
            sa += p;
            sb += q;
            saa += p * p;
            sbb += q * q;
            sab += p * q;
        }
    }
    let n = 64.0;
    let (ma, mb) = (sa / n, sb / n);
    let (va, vb, cov) = (saa / n - ma * ma, sbb / n - mb * mb, sab / n - ma * mb);
    let (c1, c2) = (6.5025, 58.5225);
    ((2.0 * ma * mb + c1) * (2.0 * cov + c2)) / ((ma * ma + mb * mb + c1) * (va + vb + c2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stripes(shift: usize) -> Picture {
        let rgb = (0..64 * 64).flat_map(|i| [(i % 64 + shift) as u8 / 4 % 2 * 255; 3]);
        Picture { width: 64, height: 64, rgb: rgb.collect() }
    }

    #[test]
    fn equal_pictures_are_alike_and_shifted_ones_are_not() {
        assert!((stripes(0).ssim(&stripes(0)) - 1.0).abs() < 1e-9);
        assert!(stripes(0).ssim(&stripes(3)) < 0.5);
        assert_eq!(stripes(0).different(&stripes(0)), 0);
        assert_eq!(stripes(0).different(&stripes(4)), 64 * 64);
    }

    #[test]
    fn a_picture_survives_its_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a.png");
        stripes(1).write(&file);
        assert_eq!(Picture::read(&file), stripes(1));
        assert_eq!(stripes(1).part(60, 0, 10, 1).rgb.len(), 4 * 3);
    }
}
