//! How large the picture is shown: as large as fits, or by a percentage; and the way to change it.

use std::sync::{Arc, Mutex, PoisonError};

use eframe::egui::{
    Context, Pos2, Rect, ScrollArea, Sense, TextureFilter, TextureOptions, Ui, UiBuilder, Vec2,
    scroll_area::ScrollBarVisibility, scroll_area::ScrollSource, style::ScrollStyle, vec2,
};

use super::framing::Framing;
use crate::{PicturePlace, Scale, Wheel};

/// From one to the next by a key or a notch of the wheel, in percent.
const STEPS: [u16; 15] = [25, 33, 50, 67, 75, 90, 100, 110, 125, 150, 175, 200, 250, 300, 400];
/// Those that a menu offers.
pub const CHOICES: [u16; 10] = [400, 300, 200, 150, 125, 100, 75, 67, 50, 25];
/// Points that a notch of the wheel scrolls.
const SCROLL: f32 = 60.0;
const NOTCH: f32 = 120.0;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Zoom {
    #[default]
    Fit,
    Percent(u16),
}

/// What the picture is seen through.
#[derive(Default)]
pub struct Lens {
    zoom: Zoom,
    /// The picture as it lay last, and how large that was in percent.
    last: Option<(Framing, f32)>,
    /// This share of the picture is to be under this point.
    keep: Option<(Pos2, Vec2)>,
    /// How far to scroll, besides.
    scroll: Vec2,
    /// Parts of a notch with Control held.
    turned: f32,
    turns: Arc<Mutex<Vec<Wheel>>>,
}

impl Lens {
    pub fn zoom(&self) -> Zoom {
        self.zoom
    }

    /// As it is shown; none before the first picture.
    pub fn percent(&self) -> Option<u16> {
        match self.zoom {
            Zoom::Percent(percent) => Some(percent),
            Zoom::Fit => self.last.map(|(_, percent)| percent.round() as u16),
        }
    }

    /// Hears from now on of the wheel over this place.
    pub fn listen(&self, ctx: &Context, place: &dyn PicturePlace) {
        let (turns, ctx) = (Arc::clone(&self.turns), ctx.clone());
        place.on_wheel(Box::new(move |turn| {
            turns.lock().unwrap_or_else(PoisonError::into_inner).push(turn);
            // A delay, however short, paints once; without one egui paints twice.
            ctx.request_repaint_after(std::time::Duration::from_nanos(1));
        }));
    }

    /// About the middle of what is seen.
    pub fn set(&mut self, zoom: Zoom) {
        self.about(zoom, None);
    }

    /// To the next size, about the middle of what is seen.
    pub fn step(&mut self, larger: bool) {
        self.step_about(larger, None);
    }

    fn step_about(&mut self, larger: bool, at: Option<Pos2>) {
        let now = match self.zoom {
            Zoom::Percent(percent) => f32::from(percent),
            Zoom::Fit => self.last.map_or(100.0, |(_, percent)| percent),
        };
        let next = if larger {
            STEPS.into_iter().find(|s| f32::from(*s) > now + 0.5)
        } else {
            STEPS.into_iter().rev().find(|s| f32::from(*s) < now - 0.5)
        };
        if let Some(percent) = next {
            self.about(Zoom::Percent(percent), at);
        }
    }

    /// What is under `at` stays there.
    fn about(&mut self, zoom: Zoom, at: Option<Pos2>) {
        if let Some((framing, _)) = self.last {
            let at = at.unwrap_or_else(|| framing.seen().center());
            self.keep = Some((at, framing.share(at)));
        }
        self.zoom = zoom;
    }

    /// The wheel at a point of the window; with Control it changes the size, without it scrolls.
    pub fn turn(&mut self, at: Pos2, turn: Vec2, zoom: bool) {
        if !zoom {
            self.scroll -= vec2(-turn.x, turn.y) * SCROLL / NOTCH;
            return;
        }
        self.turned += turn.y;
        while self.turned.abs() >= NOTCH {
            self.step_about(self.turned > 0.0, Some(at));
            self.turned -= NOTCH.copysign(self.turned);
        }
    }

    fn turn_all(&mut self, pixels: f32) {
        let turns = std::mem::take(&mut *self.turns.lock().unwrap_or_else(PoisonError::into_inner));
        for t in turns {
            let Some((framing, _)) = self.last else { continue };
            let at = framing.area.min + vec2(t.x as f32, t.y as f32) / pixels;
            self.turn(at, vec2(t.dx.into(), t.dy.into()), t.zoom);
        }
    }

    /// Where a picture of this size in pixels goes in `room`; with scroll bars where it is larger.
    pub fn frame(&mut self, ui: &mut Ui, room: Rect, size: Vec2) -> Framing {
        let pixels = ui.pixels_per_point();
        self.turn_all(pixels);
        let (keep, scroll) = (self.keep.take(), std::mem::take(&mut self.scroll));
        let framing = match self.zoom {
            Zoom::Fit => Framing::fit(room, size),
            Zoom::Percent(percent) => {
                let shown = (size * f32::from(percent) / 100.0).round().max(Vec2::splat(1.0)) / pixels;
                let before = self.last.map_or(Vec2::ZERO, |(f, _)| f.area.min - f.whole.min);
                let wish = match keep {
                    Some((at, share)) => Some(share * shown - (at - room.min)),
                    None if scroll != Vec2::ZERO => Some(before + scroll),
                    None => None,
                };
                let wish = wish.map(|w| (w * pixels).round() / pixels);
                scrolled(ui, room, shown, wish.map(|w| w.min(shown - room.size()).max(Vec2::ZERO)))
            }
        };
        let percent = framing.whole.width() * pixels / size.x.max(1.0) * 100.0;
        self.last = Some((framing, percent));
        framing
    }

    /// For a native surface.
    pub fn scale(&self, framing: &Framing, pixels_per_point: f32) -> Scale {
        let (x, y) = framing.offset(pixels_per_point);
        match self.zoom {
            Zoom::Fit => Scale::Fit,
            Zoom::Percent(percent) => Scale::Zoom { percent, x, y },
        }
    }

    /// Squares of whole pixels where that is possible; of several pixels where the picture is much smaller.
    pub fn filter(&self) -> TextureOptions {
        match self.zoom {
            Zoom::Percent(percent) if percent % 100 == 0 => TextureOptions::NEAREST,
            Zoom::Percent(..50) => {
                TextureOptions { mipmap_mode: Some(TextureFilter::Linear), ..TextureOptions::LINEAR }
            }
            Zoom::Percent(_) | Zoom::Fit => TextureOptions::LINEAR,
        }
    }
}

/// A picture of this size in points, with scroll bars where it is larger than its place.
fn scrolled(ui: &mut Ui, room: Rect, size: Vec2, to: Option<Vec2>) -> Framing {
    let mut child = ui.new_child(UiBuilder::new().max_rect(room));
    child.spacing_mut().scroll = ScrollStyle { foreground_color: false, ..ScrollStyle::solid() };
    let mut area = ScrollArea::both()
        .id_salt("picture")
        .auto_shrink(false)
        .scroll_bar_visibility(ScrollBarVisibility::VisibleWhenNeeded)
        .scroll_source(ScrollSource::SCROLL_BAR);
    if let Some(to) = to {
        area = area.scroll_offset(to);
    }
    let output = area.show(&mut child, |ui| {
        ui.allocate_exact_size(size, Sense::hover());
    });
    Framing::scrolled(output.inner_rect, size, output.state.clamped_offset())
}

#[cfg(test)]
mod tests {
    use eframe::egui::pos2;

    use super::*;

    const ROOM: Rect = Rect { min: pos2(0.0, 0.0), max: pos2(400.0, 300.0) };

    fn lens(zoom: Zoom, size: Vec2) -> Lens {
        let framing = Framing::fit(ROOM, size);
        let last = Some((framing, framing.whole.width() / size.x * 100.0));
        Lens { zoom, last, ..Lens::default() }
    }

    #[test]
    fn steps_go_from_what_fits_to_the_next_and_end_at_the_limits() {
        let mut lens = lens(Zoom::Fit, vec2(1000.0, 500.0));
        assert_eq!(lens.percent(), Some(40));
        lens.step(true);
        assert_eq!(lens.zoom(), Zoom::Percent(50));
        for _ in 0..20 {
            lens.step(true);
        }
        assert_eq!(lens.zoom(), Zoom::Percent(400));
        for _ in 0..20 {
            lens.step(false);
        }
        assert_eq!(lens.zoom(), Zoom::Percent(25));
    }

    #[test]
    fn parts_of_a_notch_add_up() {
        let mut lens = lens(Zoom::Percent(100), vec2(400.0, 300.0));
        for part in [60.0, 30.0, 29.0] {
            lens.turn(ROOM.center(), vec2(0.0, part), true);
        }
        assert_eq!(lens.zoom(), Zoom::Percent(100));
        lens.turn(ROOM.center(), vec2(0.0, 1.0), true);
        assert_eq!(lens.zoom(), Zoom::Percent(110));
        lens.turn(ROOM.center(), vec2(0.0, -240.0), true);
        assert_eq!(lens.zoom(), Zoom::Percent(90));
    }
}
