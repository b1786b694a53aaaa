//! A line between two namespaces that is as bad as it is asked to be: packets pass this process, which delays them,
//! lets so many through a second, and loses some. The kernel here has no emulation of networks.

use std::{
    fs::File,
    io::{Read, Write},
    os::fd::AsRawFd,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    time::{Duration, Instant},
};

use crate::Dice;

/// Packets under way at once; who sends more waits.
const QUEUE: usize = 1 << 14;

/// The same for each direction.
#[derive(Clone, Copy, Debug)]
pub struct Quality {
    /// One way.
    pub delay: Duration,
    /// Bits a second; none: as many as come.
    pub rate: Option<u32>,
    /// How long a packet may wait for its turn; one that would wait longer is lost.
    pub queue: Duration,
    /// Of a thousand packets, by chance.
    pub lost: u64,
}

impl Quality {
    /// Nothing is delayed or lost.
    pub const GOOD: Self =
        Self { delay: Duration::ZERO, rate: None, queue: Duration::from_millis(250), lost: 0 };
}

/// Packets go through it while it is there; the devices go with their namespaces.
#[derive(Clone)]
pub struct Line(Arc<Mutex<Quality>>);

impl Line {
    /// Between two devices of [`open`].
    pub(crate) fn between(a: &File, b: &File, quality: Quality) -> Self {
        let line = Self(Arc::new(Mutex::new(quality)));
        for (seed, (from, to)) in [(a, b), (b, a)].into_iter().enumerate() {
            let clone = |f: &File| f.try_clone().expect("a descriptor");
            let (tx, rx) = sync_channel(QUEUE);
            let (quality, from, to) = (line.clone(), clone(from), clone(to));
            std::thread::spawn(move || take(from, &quality, Dice(seed as u64 + 7), &tx));
            std::thread::spawn(move || give(to, &rx));
        }
        line
    }

    pub fn set(&self, quality: Quality) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = quality;
    }

    fn quality(&self) -> Quality {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Packet = (Instant, Vec<u8>);

/// Reads what one side sends, until its device is gone.
fn take(mut from: File, line: &Line, mut dice: Dice, to: &SyncSender<Packet>) {
    let mut buffer = vec![0; 1 << 16];
    let mut free = Instant::now();
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        let (now, q) = (Instant::now(), line.quality());
        if dice.roll(1000) < q.lost {
            continue;
        }
        if let Some(rate) = q.rate {
            if free.saturating_duration_since(now) > q.queue {
                continue;
            }
            free = free.max(now) + Duration::from_secs_f64(length as f64 * 8.0 / f64::from(rate));
        } else {
            free = now;
        }
        if to.send((free + q.delay, buffer[..length].to_vec())).is_err() {
            return;
        }
    }
}

/// Hands over each packet when its time has come.
#[expect(clippy::disallowed_methods, reason = "the delay of the line is what it is for")]
fn give(mut to: File, from: &Receiver<Packet>) {
    for (due, packet) in from {
        let wait = due.saturating_duration_since(Instant::now());
        if !wait.is_zero() {
            std::thread::sleep(wait);
        }
        // A device that is down loses what comes, like a cable that is pulled.
        let _ = to.write(&packet);
    }
}

/// A device `eth0` in the namespace of this thread: what is sent to it is read here, and the other way round.
#[track_caller]
pub(crate) fn open() -> File {
    let file = File::options().read(true).write(true).open("/dev/net/tun").expect("/dev/net/tun");
    // SAFETY: all zero is a valid request; the kernel reads the name and the flags of it, and writes the name.
    let made = unsafe {
        let mut request: libc::ifreq = std::mem::zeroed();
        for (to, from) in request.ifr_name.iter_mut().zip(b"eth0") {
            *to = *from as libc::c_char;
        }
        request.ifr_ifru.ifru_flags = (libc::IFF_TUN | libc::IFF_NO_PI) as libc::c_short;
        libc::ioctl(file.as_raw_fd(), libc::TUNSETIFF as _, &request)
    };
    assert_eq!(made, 0, "{}", std::io::Error::last_os_error());
    file
}
