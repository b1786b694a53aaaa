mod scenes;
use scenes::*;
use std::time::Instant;
const T: usize = 64;
fn px(p: &[u8]) -> u32 {
    u32::from_le_bytes([p[0], p[1], p[2], 0])
}
fn predict(src: &[u8], stride: usize, w: usize, h: usize, out: &mut Vec<u8>, mode: u8) {
    let g = |x: isize, y: isize| -> [u8; 3] {
        if x < 0 || y < 0 {
            return [0; 3];
        }
        let p = &src[y as usize * stride + x as usize * 4..];
        [p[0].wrapping_sub(p[1]), p[1], p[2].wrapping_sub(p[1])]
    };
    for y in 0..h as isize {
        let mut rows = [vec![], vec![], vec![]];
        for x in 0..w as isize {
            let (c, u, l, ul) = (g(x, y), g(x, y - 1), g(x - 1, y), g(x - 1, y - 1));
            for i in 0..3 {
                let pr = match mode {
                    0 => {
                        if y == 0 {
                            l[i]
                        } else {
                            u[i]
                        }
                    }
                    1 => {
                        if y == 0 {
                            l[i]
                        } else if x == 0 {
                            u[i]
                        } else {
                            let (a, b, cc) = (l[i] as i32, u[i] as i32, ul[i] as i32);
                            let (mn, mx) = (a.min(b), a.max(b));
                            if cc >= mx {
                                mn as u8
                            } else if cc <= mn {
                                mx as u8
                            } else {
                                (a + b - cc) as u8
                            }
                        }
                    }
                    2 => ((l[i] as u32 + u[i] as u32) / 2) as u8,
                    _ => l[i],
                };
                rows[i].push(c[i].wrapping_sub(pr));
            }
        }
        for r in rows {
            out.extend(r);
        }
    }
}
fn local(src: &[u8], stride: usize, w: usize, h: usize, max: usize) -> Option<(Vec<u32>, Vec<u8>)> {
    let mut pal: Vec<u32> = vec![];
    let mut idx = vec![];
    for y in 0..h {
        for x in 0..w {
            let p = px(&src[y * stride + x * 4..]);
            let i = match pal.iter().position(|c| *c == p) {
                Some(i) => i,
                None => {
                    if pal.len() == max {
                        return None;
                    }
                    pal.push(p);
                    pal.len() - 1
                }
            };
            idx.push(i as u8);
        }
    }
    Some((pal, idx))
}
fn pack(idx: &[u8], w: usize, n: usize, out: &mut Vec<u8>) {
    let bits = match n {
        0..=2 => 1,
        3..=4 => 2,
        5..=16 => 4,
        _ => 8,
    };
    for row in idx.chunks(w) {
        for c in row.chunks(8 / bits) {
            out.push(c.iter().rev().fold(0u8, |v, i| if bits == 8 { *i } else { v << bits | i }));
        }
    }
}
fn variant(c: &Canvas, v: usize) -> (usize, usize, [usize; 4]) {
    let (mut ops, mut cols, mut pixels) = (vec![], vec![], vec![]);
    let mut cnt = [0; 4];
    let mut glob: Vec<u32> = vec![];
    let mut pm = (0..4).fold([0usize; 4], |a, _| a);
    for y in (0..c.height as usize).step_by(T) {
        for x in (0..c.width as usize).step_by(T) {
            let (w, h) = (T.min(c.width as usize - x), T.min(c.height as usize - y));
            let st = c.stride();
            let src = &c.data[y * st + x * 4..];
            let l = local(src, st, w, h, 256);
            match l {
                Some((p, _)) if p.len() == 1 => {
                    ops.push(0);
                    cols.extend(&p[0].to_le_bytes()[..3]);
                    cnt[0] += 1;
                }
                Some((p, i)) if p.len() <= 16 && matches!(v, 0 | 1 | 2 | 5 | 6) => {
                    ops.push(1);
                    cols.push(p.len() as u8);
                    for q in &p {
                        cols.extend(&q.to_le_bytes()[..3]);
                    }
                    pack(&i, w, p.len(), &mut pixels);
                    cnt[1] += 1;
                }
                Some((p, i)) if v == 1 || (v == 4) || (v == 6 && p.len() <= 64) => {
                    ops.push(2);
                    cols.push(p.len() as u8);
                    for q in &p {
                        cols.extend(&q.to_le_bytes()[..3]);
                    }
                    pixels.extend(i);
                    cnt[2] += 1;
                }
                Some((p, i)) if v == 2 || v == 3 => {
                    let new: Vec<u32> = p.iter().copied().filter(|q| !glob.contains(q)).collect();
                    let reset = glob.len() + new.len() > 256;
                    if reset {
                        glob.clear();
                    }
                    let new: Vec<u32> = if reset { p.clone() } else { new };
                    ops.push(2 | if reset { 4 } else { 0 });
                    cols.push(new.len() as u8);
                    for q in &new {
                        cols.extend(&q.to_le_bytes()[..3]);
                        glob.push(*q);
                    }
                    pixels.extend(
                        i.iter().map(|i| glob.iter().position(|g| *g == p[*i as usize]).unwrap() as u8),
                    );
                    cnt[2] += 1;
                }
                _ => {
                    ops.push(3);
                    let best = if v >= 10 { v - 10 } else { 0 };
                    predict(src, st, w, h, &mut pixels, best as u8);
                    pm[best] += 1;
                    cnt[3] += 1;
                }
            }
        }
    }
    let mut b = ops;
    b.extend(cols);
    b.extend(pixels);
    (b.len(), zstd::bulk::compress(&b, 1).unwrap().len(), cnt)
}
fn main() {
    let mut photo = Canvas::new(1920, 1080, 0);
    photo.photo(photo.whole(), 1.0);
    let mut small = Canvas::new(40, 18, 0xffffff);
    small.text(&font(true), 14.0, 2, 1, "abcd", 0x202020);
    let mut gray = Canvas::new(1920, 1080, 0xffffff);
    gray.page(gray.whole(), false, 14.0, &[0x202020], 0xffffff);
    let mut term = Canvas::new(1920, 1080, 0xffffff);
    term.page(term.whole(), true, 14.0, &[0xd0_d0d0, 0x80_e080, 0x80_80f0, 0xe0_c060], 0x101418);
    // hard text (no smoothing)
    let mut hard = term.clone();
    for p in hard.data.chunks_exact_mut(4) {
        let on = p[1] > 0x60;
        p.copy_from_slice(if on { &[0xd0, 0xd0, 0xd0, 0] } else { &[0x18, 0x14, 0x10, 0] });
    }
    for (n, c) in [
        ("desk", desktop(1920, 1080)),
        ("gray page", gray),
        ("term", term),
        ("hard", hard),
        ("photo", photo),
        ("small", small),
    ] {
        for v in [0, 1, 2, 3, 4, 6, 11, 12, 13] {
            let t = Instant::now();
            let r = variant(&c, v);
            println!("{n} v{v} raw {} zstd {} {:?} {:?}", r.0, r.1, r.2, t.elapsed());
        }
    }
}
