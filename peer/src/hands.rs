//! The thread that acts on this computer with pointer and keyboard, so that a slow display never
//! holds up the session.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread::JoinHandle,
};

use deskside_devices::inject::{self, InjectError, Injector};
use deskside_session::{hiding::Scope, input::InputEvent, view::Trouble};

enum Tell {
    Inject(InputEvent),
    /// Where the shared picture is on the desktop: origin and size in pixels.
    Area((i32, i32), (u16, u16)),
    Release,
}

/// Events that may wait for a display that is busy.
const WAITING: usize = 4096;

/// Ends when dropped; whatever it held down is released.
pub struct Hands {
    tell: Option<SyncSender<Tell>>,
    /// Beside the queue, which may be full.
    scope: Arc<Mutex<Scope>>,
    thread: Option<JoinHandle<()>>,
}

impl Hands {
    pub fn start(trouble: Box<dyn Fn(Trouble) + Send>) -> std::io::Result<Self> {
        let (tell, told) = sync_channel(WAITING);
        let scope = Arc::<Mutex<Scope>>::default();
        let now = Arc::clone(&scope);
        let body = move || run(&told, &now, &*trouble);
        let thread = std::thread::Builder::new().name("hands".into()).spawn(body)?;
        Ok(Self { tell: Some(tell), scope, thread: Some(thread) })
    }

    /// Nothing else is reached by what comes from now on.
    pub fn limit(&self, scope: Scope) {
        *self.scope.lock().unwrap_or_else(PoisonError::into_inner) = scope;
    }

    pub fn inject(&self, event: InputEvent) {
        self.tell(Tell::Inject(event));
    }

    pub fn area(&self, origin: (i32, i32), size: (u16, u16)) {
        self.tell(Tell::Area(origin, size));
    }

    pub fn release(&self) {
        self.tell(Tell::Release);
    }

    fn tell(&self, tell: Tell) {
        if let Some(to) = &self.tell
            && let Err(TrySendError::Full(_)) = to.try_send(tell)
        {
            tracing::warn!("the display takes no input any more; some of it is lost");
        }
    }
}

impl Drop for Hands {
    fn drop(&mut self) {
        self.tell = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn trouble_of(e: &InjectError) -> Option<Trouble> {
    match e {
        InjectError::OwnWindow | InjectError::NoSuchKey => None,
        // The picture says it, once.
        InjectError::SystemPrompt => None,
        InjectError::Denied => Some(Trouble::InputDenied),
        InjectError::NoDisplay | InjectError::Failed(_) => Some(Trouble::InputFailed),
    }
}

fn run(told: &Receiver<Tell>, scope: &Mutex<Scope>, trouble: &dyn Fn(Trouble)) {
    let mut injector: Option<Box<dyn Injector>> = None;
    let mut area = ((0, 0), (u16::MAX, u16::MAX));
    while let Ok(tell) = told.recv() {
        match tell {
            Tell::Area(origin, size) => area = (origin, size),
            Tell::Release => {
                if let Some(i) = injector.as_mut() {
                    i.release_all();
                }
            }
            Tell::Inject(event) => {
                let limit = |i: &mut Box<dyn Injector>| {
                    i.limit(&scope.lock().unwrap_or_else(PoisonError::into_inner));
                };
                let result = match injector.as_mut() {
                    Some(i) => {
                        limit(i);
                        i.inject(&event, area.0, area.1)
                    }
                    None => inject::open().and_then(|mut i| {
                        limit(&mut i);
                        let result = i.inject(&event, area.0, area.1);
                        injector = Some(i);
                        result
                    }),
                };
                if let Err(e) = result {
                    tracing::debug!(error = %e, "an input event did nothing");
                    if let Some(t) = trouble_of(&e) {
                        trouble(t);
                        injector = None;
                    }
                }
            }
        }
    }
}
