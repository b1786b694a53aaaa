//! Reading PNG files of unknown origin.

use std::io::Cursor;

/// A picture as it is drawn.
pub(crate) struct Pixels {
    pub width: u32,
    pub height: u32,
    /// `width * height * 4` bytes, straight alpha.
    pub rgba: Vec<u8>,
}

/// The most that is taken.
pub(crate) struct Most {
    /// Longest side, in pixels.
    pub side: u32,
    /// Pixels in all.
    pub pixels: u64,
    /// Bytes that reading it may take beside its pixels.
    pub bytes: usize,
}

/// `None` for what is no picture, is too large, or is damaged.
pub(crate) fn read(file: &[u8], most: &Most) -> Option<Pixels> {
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(file), png::Limits { bytes: most.bytes });
    decoder.set_transformations(png::Transformations::normalize_to_color8() | png::Transformations::ALPHA);
    decoder.ignore_checksums(false);
    let header = decoder.read_header_info().ok()?;
    let (width, height) = (header.width, header.height);
    if width.max(height) > most.side || u64::from(width) * u64::from(height) > most.pixels {
        return None;
    }
    let mut reader = decoder.read_info().ok()?;
    let mut pixels = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut pixels).ok()?;
    pixels.truncate(frame.buffer_size());
    let rgba = match frame.color_type {
        png::ColorType::Rgba => pixels,
        png::ColorType::GrayscaleAlpha => {
            pixels.as_chunks::<2>().0.iter().flat_map(|[grey, alpha]| [*grey, *grey, *grey, *alpha]).collect()
        }
        _ => return None,
    };
    let whole = rgba.len() as u64 == u64::from(width) * u64::from(height) * 4;
    whole.then_some(Pixels { width, height, rgba })
}
