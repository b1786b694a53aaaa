//! The bytes of updates, as TILES.md describes them: a change here is a change of the format.

use deskside_media::{
    FrameBuf, Picture, Rect,
    tiles::{Decoder, Encoder},
};

const WIDTH: u16 = 70;
const HEIGHT: u16 = 66;
const STRIDE: usize = WIDTH as usize * 4;

fn fill(data: &mut [u8], r: Rect, mut colour: impl FnMut(usize, usize) -> [u8; 3]) {
    for y in usize::from(r.y)..r.bottom() as usize {
        for x in usize::from(r.x)..r.right() as usize {
            data[y * STRIDE + x * 4..][..3].copy_from_slice(&colour(x, y));
        }
    }
}

struct Golden {
    data: Vec<u8>,
    frame: Vec<u8>,
    encoder: Encoder,
    decoder: Decoder,
}

impl Golden {
    fn new() -> Self {
        let data = vec![0; STRIDE * usize::from(HEIGHT)];
        let frame = vec![1; data.len()];
        Self { data, frame, encoder: Encoder::new(WIDTH, HEIGHT), decoder: Decoder::new() }
    }

    /// Encodes, compares, decodes; gives what the decoder reports.
    fn check(&mut self, changed: &[Rect], golden: &[u8]) -> Vec<Rect> {
        let picture = Picture { data: &self.data, stride: STRIDE, width: WIDTH, height: HEIGHT };
        let mut update = Vec::new();
        self.encoder.encode(picture, changed, &mut update).expect("an update");
        assert_eq!(update, golden);
        let mut reported = Vec::new();
        let mut frame = FrameBuf { data: &mut self.frame, stride: STRIDE, width: WIDTH, height: HEIGHT };
        self.decoder.decode(golden, &mut frame, &mut reported).expect("the golden update");
        let same =
            self.data.chunks(4).zip(self.frame.chunks(4)).all(|(a, b)| a[..3] == b[..3] && b[3] == 255);
        assert!(same, "the pictures differ");
        reported
    }
}

#[test]
fn golden_updates() {
    let mut g = Golden::new();
    let whole = Rect::new(0, 0, WIDTH, HEIGHT);
    // Four tiles of one colour: a whole picture.
    g.data.fill(9);
    let head = [1, 1, 70, 0, 66, 0];
    let body = [0, 4, 12, 0, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9];
    assert_eq!(g.check(&[whole], &[&head[..], &body].concat()), [whole]);

    // One pixel: a box in the first tile.
    let head = [1, 0, 70, 0, 66, 0];
    fill(&mut g.data, Rect::new(3, 5, 1, 1), |_, _| [1, 2, 3]);
    let body = [0, 5, 3, 4, 3, 5, 0, 0, 1, 2, 3];
    assert_eq!(g.check(&[whole], &[&head[..], &body].concat()), [Rect::new(3, 5, 1, 1)]);

    // Two colours in the fourth tile, which is jumped to: one bit an index, the first lowest.
    let r = Rect::new(64, 64, 6, 2);
    fill(&mut g.data, r, |x, y| if (x + y) % 3 == 0 { [7, 7, 7] } else { [8, 8, 8] });
    let body = [0, 2, 7, 9, 6, 2, 8, 8, 8, 7, 7, 7, 0b01_0010, 0b00_1001];
    g.check(&[r], &[&head[..], &body].concat());

    // Three colours: two bits.
    let r = Rect::new(0, 0, 5, 1);
    fill(&mut g.data, r, |x, _| [x as u8 % 3, 0, 0]);
    let body = [0, 5, 10, 5, 0, 0, 4, 0, 3, 0, 0, 0, 1, 0, 0, 2, 0, 0, 0b00_10_01_00, 0b01];
    g.check(&[r], &[&head[..], &body].concat());

    // Eighteen colours of eighteen pixels: differences, of three planes each row.
    let r = Rect::new(10, 10, 9, 2);
    fill(&mut g.data, r, |x, y| [(x * 2) as u8, (x + y) as u8, (x * 3 + y) as u8]);
    let body = [
        &[0, 5, 0, 6, 10, 10, 8, 1][..],
        &[0, 1, 1, 1, 1, 1, 1, 1, 1],
        &[20, 1, 1, 1, 1, 1, 1, 1, 1],
        &[20, 2, 2, 2, 2, 2, 2, 2, 2],
        &[255; 9],
        &[1; 9],
        &[0; 9],
    ]
    .concat();
    g.check(&[r], &[&head[..], &body].concat());
}

#[test]
fn a_golden_copy() {
    // Rows of one colour each, thirty of them moved up by three.
    let mut g = Golden::new();
    let whole = Rect::new(0, 0, WIDTH, HEIGHT);
    fill(&mut g.data, whole, |x, y| [y as u8, x as u8, 1]);
    let picture = Picture { data: &g.data, stride: STRIDE, width: WIDTH, height: HEIGHT };
    let mut update = Vec::new();
    g.encoder.encode(picture, &[whole], &mut update).expect("an update");
    let mut frame = FrameBuf { data: &mut g.frame, stride: STRIDE, width: WIDTH, height: HEIGHT };
    g.decoder.decode(&update, &mut frame, &mut Vec::new()).expect("own update");
    let r = Rect::new(2, 10, 60, 30);
    fill(&mut g.data, r, |x, y| [y as u8 + 3, x as u8, 1]);
    let body = [1, 0, 0, 2, 0, 10, 0, 60, 0, 30, 0, 2, 0, 13, 0];
    assert_eq!(g.check(&[whole], &[&[1, 0, 70, 0, 66, 0][..], &body].concat()), [r]);
}

#[test]
fn a_golden_shared_palette() {
    // Thirty-two colours in 32×16 pixels, too many for a palette of the block's own.
    let mut g = Golden::new();
    let r = Rect::new(0, 0, 32, 16);
    let colours: Vec<u8> = (0..32u8).flat_map(|c| [c, c, c]).collect();
    let row: Vec<u8> = (0..32).collect();
    let mut body = vec![0, 5, 98, 7, 0, 0, 31, 15, 32, 0];
    body.extend(colours);
    (0..16).for_each(|_| body.extend(&row));
    let mut update = vec![1, 1, 70, 0, 66, 0, 0, 4, 12];
    update.extend([0; 16]);
    let mut frame = FrameBuf { data: &mut g.frame, stride: STRIDE, width: WIDTH, height: HEIGHT };
    let mut reported = Vec::new();
    g.decoder.decode(&update, &mut frame, &mut reported).expect("a black picture");
    let update = [&[1, 0, 70, 0, 66, 0][..], &body].concat();
    g.decoder.decode(&update, &mut frame, &mut reported).expect("the golden update");
    assert_eq!(reported, [r]);
    fill(&mut g.data, r, |x, _| [x as u8; 3]);
    assert!(g.data.chunks(4).zip(g.frame.chunks(4)).all(|(a, b)| a[..3] == b[..3]));

    // The encoder makes the same of it, but packed.
    let mut encoder = Encoder::new(WIDTH, HEIGHT);
    let black = vec![0; g.data.len()];
    let mut own = Vec::new();
    for data in [&black, &g.data] {
        own.clear();
        let picture = Picture { data, stride: STRIDE, width: WIDTH, height: HEIGHT };
        encoder.encode(picture, &[r], &mut own).expect("an update");
    }
    assert_eq!(own[..6], [1, 2, 70, 0, 66, 0]);
    assert_eq!(own[6..10], (body.len() as u32).to_le_bytes());
    assert_eq!(zstd::bulk::decompress(&own[10..], 10_000).expect("packed"), body);
}
