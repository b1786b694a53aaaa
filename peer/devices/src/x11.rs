//! What the X11 back ends share: the connection, shared memory, and sleeping until something happens.

mod above;

use std::{
    io::{self, Read as _, Write as _},
    os::{
        fd::{AsRawFd as _, RawFd},
        unix::net::UnixStream,
    },
    ptr::NonNull,
    sync::Arc,
    time::{Duration, Instant},
};

use x11rb::{
    connection::{Connection as _, RequestConnection as _},
    errors::{ConnectError, ConnectionError, ReplyError, ReplyOrIdError},
    protocol::{
        shm::{self, ConnectionExt as _},
        xproto::{ConnectionExt as _, Gcontext, ImageFormat, ImageOrder, MapState, Pixmap, Screen, Window},
    },
    rust_connection::RustConnection,
};

pub(crate) use above::{Above, Keeper, OnTop, Wishes};

#[derive(Debug, thiserror::Error)]
pub(crate) enum X11Error {
    #[error("there is no X display")]
    NoDisplay,
    #[error("the X server refused the connection")]
    Denied,
    #[error("the X server has no {0}")]
    Missing(&'static str),
    #[error("the X connection broke: {0}")]
    Broken(#[from] ConnectionError),
    #[error("the X server answered: {0}")]
    Reply(#[from] ReplyError),
    #[error("the X server gave no id: {0}")]
    Id(#[from] ReplyOrIdError),
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// Connects to `display`, or to the one of the environment.
pub(crate) fn connect(display: Option<&str>) -> Result<(RustConnection, usize), X11Error> {
    x11rb::connect(display).map_err(|e| match e {
        ConnectError::SetupAuthenticate(_) | ConnectError::SetupFailed(_) => X11Error::Denied,
        _ => X11Error::NoDisplay,
    })
}

/// Whether the root's pixels are BGRX, 4 bytes each: the only layout that the pictures know.
pub(crate) fn is_bgrx(conn: &RustConnection, screen: &Screen) -> bool {
    let setup = conn.setup();
    let four = setup.pixmap_formats.iter().any(|f| f.depth == screen.root_depth && f.bits_per_pixel == 32);
    let masks =
        screen.allowed_depths.iter().flat_map(|d| &d.visuals).find(|v| v.visual_id == screen.root_visual);
    four && setup.image_byte_order == ImageOrder::LSB_FIRST
        && masks.is_some_and(|v| (v.red_mask, v.green_mask, v.blue_mask) == (0xff_0000, 0xff00, 0xff))
}

/// Memory that this program and the X server both see.
pub(crate) struct Segment {
    start: NonNull<u8>,
    len: usize,
    id: libc::c_int,
}

// SAFETY: the segment is plain memory, owned by this value alone on this program's side.
unsafe impl Send for Segment {}
// SAFETY: as above; writing needs `&mut`.
unsafe impl Sync for Segment {}

impl Segment {
    /// `len` bytes, all 0.
    pub(crate) fn new(len: usize) -> io::Result<Self> {
        // SAFETY: no pointers are involved.
        let id = unsafe { libc::shmget(libc::IPC_PRIVATE, len.max(1), libc::IPC_CREAT | 0o600) };
        if id < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: `id` is a segment that was made just now; the kernel chooses the address.
        let at = unsafe { libc::shmat(id, std::ptr::null(), 0) };
        let failed = at as isize == -1;
        let error = io::Error::last_os_error();
        match NonNull::new(at.cast::<u8>()) {
            Some(start) if !failed => Ok(Self { start, len, id }),
            _ => {
                remove(id);
                Err(error)
            }
        }
    }

    /// Makes the X server see it too.
    pub(crate) fn attach(&self, conn: &RustConnection) -> Result<shm::Seg, X11Error> {
        self.name().attach(conn)
    }

    pub(crate) fn name(&self) -> SegmentName {
        SegmentName(self.id)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: `start` is mapped for `len` bytes as long as `self` lives; the X server writes to it
        // only while a request of ours that asks for it is under way.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }

    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `bytes`, and `self` is borrowed exclusively.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }
}

/// A segment by its number, which says nothing once it is gone.
#[derive(Clone, Copy)]
pub(crate) struct SegmentName(libc::c_int);

impl SegmentName {
    /// Makes the X server see it, too, over one more connection. After the first time not on every system.
    pub(crate) fn attach(self, conn: &RustConnection) -> Result<shm::Seg, X11Error> {
        let seg = conn.generate_id()?;
        let attached = conn.shm_attach(seg, self.0.cast_unsigned(), false)?.check();
        // From now on it lives only as long as both sides use it, also after a crash.
        remove(self.0);
        attached?;
        Ok(seg)
    }
}

impl Drop for Segment {
    fn drop(&mut self) {
        // SAFETY: `start` came from `shmat` and is detached only here.
        unsafe { libc::shmdt(self.start.as_ptr().cast()) };
        remove(self.id);
    }
}

fn remove(id: libc::c_int) {
    // SAFETY: IPC_RMID reads nothing through the pointer.
    unsafe { libc::shmctl(id, libc::IPC_RMID, std::ptr::null_mut()) };
}

/// Sleeps until the X connection has something to read, [`Alarm::ring`] was called, or time is over.
pub(crate) struct Sleeper {
    bell: UnixStream,
    alarm: Arc<Alarm>,
}

pub(crate) struct Alarm(UnixStream);

impl Alarm {
    pub(crate) fn ring(&self) {
        // A full pipe means that it rings already.
        let _ = (&self.0).write(&[1]);
    }
}

impl Sleeper {
    pub(crate) fn new() -> io::Result<Self> {
        let (bell, other) = UnixStream::pair()?;
        bell.set_nonblocking(true)?;
        other.set_nonblocking(true)?;
        Ok(Self { bell, alarm: Arc::new(Alarm(other)) })
    }

    pub(crate) fn alarm(&self) -> Arc<Alarm> {
        self.alarm.clone()
    }

    /// Whether the alarm was rung since the last call.
    pub(crate) fn rung(&self) -> bool {
        let mut rung = false;
        let mut some = [0; 64];
        while let Ok(1..) = (&self.bell).read(&mut some) {
            rung = true;
        }
        rung
    }

    /// False when the time is over. The caller has taken all queued events before.
    pub(crate) fn sleep(&self, conn: RawFd, until: Option<Instant>) -> io::Result<bool> {
        let mut fds =
            [conn, self.bell.as_raw_fd()].map(|fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 });
        loop {
            let ms = match until {
                None => -1,
                Some(t) => {
                    let left = t.saturating_duration_since(Instant::now());
                    // Rounded up, so that the last millisecond is not spent spinning.
                    left.as_nanos().div_ceil(1_000_000).try_into().unwrap_or(i32::MAX)
                }
            };
            // SAFETY: `fds` is an array of two valid entries.
            match unsafe { libc::poll(fds.as_mut_ptr(), 2, ms) } {
                0 if until.is_none_or(|t| t > Instant::now()) => {}
                0 => return Ok(false),
                1.. => return Ok(true),
                _ => match io::Error::last_os_error() {
                    e if e.kind() == io::ErrorKind::Interrupted => {}
                    e => return Err(e),
                },
            }
        }
    }
}

/// When `timeout` from now is over; `None` for never.
pub(crate) fn deadline(timeout: Duration) -> Option<Instant> {
    Instant::now().checked_add(timeout)
}

/// Sends packed rows of `width` pixels in requests that are not too long.
pub(crate) fn put_rows(
    conn: &RustConnection,
    to: Pixmap,
    gc: Gcontext,
    depth: u8,
    width: u16,
    at: (i16, i16),
    bytes: &[u8],
) -> Result<(), X11Error> {
    let row = usize::from(width) * 4;
    let rows = (conn.maximum_request_bytes().saturating_sub(64) / row).max(1);
    let mut y = at.1;
    for some in bytes.chunks(rows * row) {
        let height = (some.len() / row) as u16;
        conn.put_image(ImageFormat::Z_PIXMAP, to, gc, width, height, at.0, y, 0, depth, some)?;
        y = y.saturating_add_unsigned(height);
    }
    Ok(())
}

/// Place and size on the screen of the window with what the window manager put around it.
pub(crate) fn extent(
    conn: &RustConnection,
    root: Window,
    window: Window,
) -> Result<Option<(i32, i32, i32, i32)>, X11Error> {
    let mut top = window;
    loop {
        let parent = conn.query_tree(top)?.reply()?.parent;
        if parent == root || parent == x11rb::NONE {
            break;
        }
        top = parent;
    }
    // The frame is there before what is in it.
    if conn.get_window_attributes(top)?.reply()?.map_state != MapState::VIEWABLE {
        return Ok(None);
    }
    let g = conn.get_geometry(top)?.reply()?;
    let border = 2 * i32::from(g.border_width);
    Ok(Some((g.x.into(), g.y.into(), i32::from(g.width) + border, i32::from(g.height) + border)))
}
