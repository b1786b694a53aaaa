//! The watch by rdev's listener. It cannot be ended: one listener serves all watches of the process.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use rdev::{EventType, Key};

use super::{OwnAct, Watch, judge::Judge};
use crate::inject::{ANY_DISPLAY, InjectError, heard, take_sent};

type Told = Box<dyn Fn(OwnAct) + Send>;

struct Listener {
    judge: Judge,
    told: Told,
}

static LISTENERS: Mutex<Vec<Arc<Mutex<Listener>>>> = Mutex::new(Vec::new());
static RUNS: AtomicBool = AtomicBool::new(false);

/// Is told no more when dropped, except of an act that is being told at that moment.
pub struct Listening(Arc<Mutex<Listener>>);

/// Watches the display of the environment.
pub fn start(told: Told) -> Result<Listening, InjectError> {
    let listener = Arc::new(Mutex::new(Listener { judge: Judge::default(), told }));
    lock(&LISTENERS).push(listener.clone());
    let listening = Listening(listener);
    if !RUNS.swap(true, Ordering::SeqCst) {
        let thread = std::thread::Builder::new().name("own input".into()).spawn(|| {
            let mut ear = Ear { start: Instant::now(), at: None, down: HashSet::new() };
            if let Err(e) = rdev::listen(move |event| ear.hear(&event.event_type)) {
                tracing::warn!(error = ?e, "own input cannot be watched");
                RUNS.store(false, Ordering::SeqCst);
            }
        });
        thread.map_err(|e| InjectError::Failed(e.to_string()))?;
    }
    Ok(listening)
}

impl Watch for Listening {}

impl Drop for Listening {
    fn drop(&mut self) {
        lock(&LISTENERS).retain(|l| !Arc::ptr_eq(l, &self.0));
    }
}

struct Ear {
    start: Instant,
    at: Option<(f64, f64)>,
    /// Held keys: the system may report one again and again.
    down: HashSet<Key>,
}

impl Ear {
    fn hear(&mut self, event: &EventType) {
        let mut way = 0.0;
        match *event {
            EventType::MouseMove { x, y } => {
                let (ox, oy) = self.at.replace((x, y)).unwrap_or((x, y));
                way = (x - ox).abs() + (y - oy).abs();
            }
            EventType::KeyRelease(key) => drop(self.down.remove(&key)),
            EventType::KeyPress(key) if !self.down.insert(key) => return,
            _ => {}
        }
        let Some(act) = heard(event) else { return };
        if take_sent(ANY_DISPLAY, act) {
            return;
        }
        let now = self.start.elapsed().as_millis() as u64;
        let listeners = lock(&LISTENERS).clone();
        for listener in listeners {
            let mut l = lock(&listener);
            let acts = match event {
                EventType::MouseMove { .. } => [l.judge.moved(now, way), None],
                EventType::KeyPress(key) => l.judge.key(now, *key == Key::Escape),
                _ => [l.judge.clicked(now), None],
            };
            acts.into_iter().flatten().for_each(|act| (l.told)(act));
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
