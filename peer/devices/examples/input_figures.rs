//! Prints what an input event costs, in microseconds, on the display of the environment.
//! It moves the pointer, clicks and types there: run it on a display that nobody uses.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use std::time::Instant;

use deskside_devices::inject::{self, InjectError, Injector};
use deskside_session::input::{Button, InputEvent, Key};

fn main() -> Result<(), InjectError> {
    let back_end = std::env::var("DESKSIDE_INPUT").unwrap_or_else(|_| "xtest".into());
    let mut injector = inject::open()?;
    let injector = &mut *injector;
    let key = |key, down| InputEvent::Key { key, down };
    println!("{back_end:8} {:24} {:>8} {:>8} {:>8}", "microseconds per", "median", "95 %", "99 %");
    let rows: [(&str, usize, Vec<InputEvent>); 6] = [
        ("move", 2_000, vec![InputEvent::Move { x: 300, y: 200 }]),
        ("click (down, up)", 200, {
            let click = |down| InputEvent::Button { button: Button::Left, down, x: 300, y: 200 };
            vec![click(true), click(false)]
        }),
        ("notch of the wheel", 200, vec![InputEvent::Wheel { dx: 0, dy: 120 }]),
        ("key (down, up)", 200, vec![key(Key::Char('a'), true), key(Key::Char('a'), false)]),
        ("key that the layout lacks", 50, vec![key(Key::Char('中'), true), key(Key::Char('中'), false)]),
        ("100 characters of text", 10, vec![InputEvent::Text { text: "Deskside x".repeat(10) }]),
    ];
    for (name, count, events) in rows {
        let mut took = Vec::with_capacity(count);
        for i in 0..count {
            let start = Instant::now();
            for event in &events {
                match event {
                    InputEvent::Move { x, y } => {
                        let event = InputEvent::Move { x: x + (i % 100) as u16, y: *y };
                        send(injector, &event)?;
                    }
                    other => send(injector, other)?,
                }
            }
            took.push(start.elapsed().as_secs_f64() * 1e6);
        }
        took.sort_by(f64::total_cmp);
        let at = |percent: usize| took[took.len() * percent / 100];
        println!("{back_end:8} {name:24} {:8.1} {:8.1} {:8.1}", at(50), at(95), at(99));
    }
    Ok(())
}

fn send(injector: &mut dyn Injector, event: &InputEvent) -> Result<(), InjectError> {
    injector.inject(event, (0, 0), (640, 480))
}
