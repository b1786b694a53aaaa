//! Files that come, go, or do not.

use deskside_session::files::Stopped;

use crate::texts::{Texts, clean};

/// Bytes as a person reads them: in thousands, with three digits at most.
pub fn size(t: &Texts, bytes: u64) -> String {
    let (mut n, mut unit) = (bytes as f64, 0);
    while n >= 999.5 && unit < 4 {
        (n, unit) = (n / 1000.0, unit + 1);
    }
    let shown = if unit == 0 || n >= 9.95 { format!("{n:.0}") } else { format!("{n:.1}") };
    let shown = shown.replace('.', &t.t("size-point"));
    let n = [("n", (&shown).into())];
    match unit {
        0 => t.ta("size-bytes", &[("count", (n_of(bytes)).into())]),
        1 => t.ta("size-kilobytes", &n),
        2 => t.ta("size-megabytes", &n),
        3 => t.ta("size-gigabytes", &n),
        _ => t.ta("size-terabytes", &n),
    }
}

fn n_of(bytes: u64) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

pub(super) fn moved(t: &Texts, sent: bool, name: &str, files: u32, skipped: u32) -> String {
    let name = clean(name);
    let args = [("name", (&*name).into()), ("count", files.into())];
    let words = if sent { t.ta("files-sent", &args) } else { t.ta("files-came", &args) };
    if skipped == 0 {
        return words;
    }
    format!("{words} {}", t.ta("files-skipped", &[("count", skipped.into())]))
}

pub(super) fn stopped(t: &Texts, sent: bool, name: &str, why: Stopped, entry: Option<&str>) -> String {
    let (name, entry) = (clean(name), clean(entry.unwrap_or(name)).into_owned());
    let what = [("name", (&*name).into())];
    let words = if sent { t.ta("files-not-sent", &what) } else { t.ta("files-not-come", &what) };
    let file = [("name", (&entry).into())];
    let why = match why {
        Stopped::Cancelled => t.t("files-cancelled"),
        Stopped::NotAllowed => t.t("files-not-allowed"),
        Stopped::NotOffered => t.t("files-gone"),
        Stopped::Changed { .. } => t.ta("files-changed", &file),
        Stopped::Unreadable { .. } => t.ta("files-unreadable", &file),
        Stopped::DiskFull => t.t("files-disk-full"),
        Stopped::Unwritable => t.t("files-unwritable"),
        Stopped::Wrong => t.t("files-wrong"),
        Stopped::Lost => t.t("files-lost"),
        Stopped::TooMany => t.t("files-too-many"),
        Stopped::Other => t.t("files-other"),
    };
    format!("{words} {why}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Language;

    #[test]
    fn sizes_as_people_read_them() {
        let (en, fr) = (Texts::new(Language::English).unwrap(), Texts::new(Language::French).unwrap());
        let table = [
            (0, "0 bytes", "0 octet"),
            (1, "1 byte", "1 octet"),
            (999, "999 bytes", "999 octets"),
            (1_000, "1.0 kB", "1,0 ko"),
            (12_345, "12 kB", "12 ko"),
            (999_600, "1.0 MB", "1,0 Mo"),
            (3_456_000_000, "3.5 GB", "3,5 Go"),
            (u64::MAX, "18446744 TB", "18446744 To"),
        ];
        for (bytes, english, french) in table {
            assert_eq!((size(&en, bytes).as_str(), size(&fr, bytes).as_str()), (english, french));
        }
    }
}
