//! Files that are sent and received: read and written beneath a folder that is held open, so that no link
//! leads elsewhere, whatever happens to the names meanwhile (openat2, or its like where the system has none).

mod sources;
mod store;
mod uris;

pub use sources::{Reader, ScanError, Sources, scan};
pub use store::{Store, StoreError};
pub use uris::{from_uris, to_copied, to_uris};

use cap_std::fs::OpenOptions;

/// Never follows a link, and does not wait for the other end of a pipe.
fn reading() -> OpenOptions {
    use cap_fs_ext::{FollowSymlinks, OpenOptionsFollowExt as _};
    let mut options = OpenOptions::new();
    options.read(true).follow(FollowSymlinks::No);
    #[cfg(unix)]
    {
        use cap_std::fs::OpenOptionsExt as _;
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits() as i32);
    }
    options
}

/// A new file that its owner alone may read, and nobody may run.
fn making() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use cap_std::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

#[cfg(unix)]
fn private_folder() -> cap_std::fs::DirBuilder {
    use cap_std::fs::DirBuilderExt as _;
    let mut builder = cap_std::fs::DirBuilder::new();
    builder.mode(0o700);
    builder
}

#[cfg(not(unix))]
fn private_folder() -> cap_std::fs::DirBuilder {
    cap_std::fs::DirBuilder::new()
}
