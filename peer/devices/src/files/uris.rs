//! Lists of files as programs exchange them: `text/uri-list` (RFC 2483) and `x-special/gnome-copied-files`.

use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, percent_encode};

/// All that is not unreserved (RFC 3986, section 2.3), but the separator.
const ESCAPED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

fn uri(path: &Path) -> String {
    #[cfg(unix)]
    let bytes = std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str());
    #[cfg(not(unix))]
    let text = format!("/{}", path.to_string_lossy().replace('\\', "/"));
    #[cfg(not(unix))]
    let bytes = text.as_bytes();
    format!("file://{}", percent_encode(bytes, ESCAPED))
}

/// `text/uri-list`.
pub fn to_uris(paths: &[PathBuf]) -> String {
    paths.iter().map(|p| uri(p) + "\r\n").collect()
}

/// `x-special/gnome-copied-files`.
pub fn to_copied(paths: &[PathBuf]) -> String {
    std::iter::once("copy".to_owned()).chain(paths.iter().map(|p| uri(p))).collect::<Vec<_>>().join("\n")
}

/// The files of this computer in either list; anything else in it is left out.
pub fn from_uris(list: &str) -> Vec<PathBuf> {
    list.lines().filter_map(|line| from_uri(line.trim_matches(['\0', ' ', '\r']))).collect()
}

fn from_uri(uri: &str) -> Option<PathBuf> {
    let rest = uri.get(..5).filter(|s| s.eq_ignore_ascii_case("file:")).and(uri.get(5..))?;
    let path = match rest.strip_prefix("//") {
        Some(rest) => {
            let at = rest.find('/')?;
            let host = &rest[..at];
            (host.is_empty() || host.eq_ignore_ascii_case("localhost") || is_own(host))
                .then_some(&rest[at..])?
        }
        None => rest,
    };
    let bytes: Vec<u8> = percent_decode_str(path).collect();
    if bytes.contains(&0) || !bytes.starts_with(b"/") {
        return None;
    }
    #[cfg(unix)]
    let path = PathBuf::from(<std::ffi::OsString as std::os::unix::ffi::OsStringExt>::from_vec(bytes));
    #[cfg(not(unix))]
    let path = PathBuf::from(String::from_utf8(bytes).ok()?.trim_start_matches('/'));
    path.is_absolute().then_some(path)
}

/// The XDND protocol and some file managers name the computer itself.
fn is_own(host: &str) -> bool {
    #[cfg(unix)]
    return rustix::system::uname().nodename().to_str().is_ok_and(|own| own.eq_ignore_ascii_case(host));
    #[cfg(not(unix))]
    return std::env::var("COMPUTERNAME").is_ok_and(|own| own.eq_ignore_ascii_case(host));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn lists_are_read_and_written() {
        let paths = ["/a b/é%\u{1}#?.txt", "/tmp/[x]\\y"].map(PathBuf::from);
        let uris = to_uris(&paths);
        assert_eq!(uris, "file:///a%20b/%C3%A9%25%01%23%3F.txt\r\nfile:///tmp/%5Bx%5D%5Cy\r\n");
        assert_eq!(from_uris(&uris), paths);
        assert_eq!(to_copied(&paths[1..]), "copy\nfile:///tmp/%5Bx%5D%5Cy");
        assert_eq!(from_uris(&to_copied(&paths)), paths);
    }

    #[cfg(windows)]
    #[test]
    fn lists_are_read_and_written_with_drives() {
        let paths = [r"C:\a b\é%#.txt", r"D:\[x]"].map(PathBuf::from);
        let uris = to_uris(&paths);
        assert_eq!(uris, "file:///C:/a%20b/%C3%A9%25%23.txt\r\nfile:///D:/%5Bx%5D\r\n");
        assert_eq!(from_uris(&uris), paths);
        assert_eq!(to_copied(&paths[1..]), "copy\nfile:///D:/%5Bx%5D");
        assert_eq!(from_uris(&to_copied(&paths)), paths);
    }

    #[test]
    fn what_is_no_file_of_this_computer_is_left_out() {
        for odd in [
            "",
            "# comment",
            "https://example.com/x",
            "file://elsewhere/x",
            "file:relative",
            "file://",
            "file:///a%00b",
            "/tmp/x",
            "é",
            "fileé///",
        ] {
            assert_eq!(from_uris(odd), Vec::<PathBuf>::new(), "{odd:?}");
        }
        let own = if cfg!(windows) { "C:/tmp/x" } else { "tmp/x" };
        let path = if cfg!(windows) { "C:/tmp/x" } else { "/tmp/x" };
        for start in ["file:/", "FILE:///", "file://localhost/", "cut\nfile:///"] {
            for end in ["", "\r\n", "\0"] {
                let fine = [start, own, end].concat();
                assert_eq!(from_uris(&fine), [PathBuf::from(path)], "{fine:?}");
            }
        }
    }
}
