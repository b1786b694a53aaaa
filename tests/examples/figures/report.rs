//! The figures as a table for `docs/performance.md`.

use crate::{
    cost::Cost,
    measure::{Figures, Flow, Spread},
};

pub fn print(all: &[Figures]) {
    let names: Vec<&str> = all.iter().map(|f| f.name.as_str()).collect();
    println!("| 1920×1080, two namespaces | {} |", names.join(" | "));
    println!("|---|{}", "---|".repeat(all.len()));
    row(all, "change → viewer's pixels, ms, median (p95)", |f| f.change.map(two));
    row(all, "key → reaction at the viewer, ms", |f| f.key.map(two));
    row(all, "scrolling: pictures/s of 60, delay", |f| f.scroll.map(flow));
    row(all, "scrolling: kB/s; cores sharer, viewer", |f| f.scroll.map(|s| cost(s.cost)));
    row(all, "dragging: pictures/s of 60, delay", |f| f.drag.map(flow));
    row(all, "dragging: kB/s; cores", |f| f.drag.map(|s| cost(s.cost)));
    row(all, "video: pictures/s of 30, delay", |f| f.video.map(flow));
    row(all, "video: kB/s; cores", |f| f.video.map(|s| cost(s.cost)));
    row(all, "video on 8 Mbit/s: pictures/s of 30, delay", |f| f.narrow.map(flow));
    row(all, "video on 8 Mbit/s: kB/s; cores", |f| f.narrow.map(|s| cost(s.cost)));
    row(all, "still: kB/s; cores", |f| f.still.map(cost));
    row(all, "Allow → first whole picture, ms", |f| f.first_ms.map(|ms| format!("{ms:.0}")));
    row(all, "memory, MB, sharer, viewer", |f| Some(format!("{:.0}, {:.0}", f.memory_mb.0, f.memory_mb.1)));
    for f in all {
        for note in &f.notes {
            println!("\n{}: {note}", f.name);
        }
    }
}

fn row(all: &[Figures], what: &str, of: impl Fn(&Figures) -> Option<String>) {
    let cells: Vec<String> = all.iter().map(|f| of(f).unwrap_or_else(|| "–".into())).collect();
    println!("| {what} | {} |", cells.join(" | "));
}

fn two(s: Spread) -> String {
    format!("{:.2} ({:.2})", s.median, s.p95)
}

fn flow(f: Flow) -> String {
    match f.latency {
        Some(l) => format!("{:.1}, {}", f.fps, two(l)),
        None => format!("{:.1}", f.fps),
    }
}

fn cost(c: Cost) -> String {
    format!("{:.2}; {:.3}, {:.3}", c.kb_s, c.sharer_cores, c.viewer_cores)
}
