//! What is on the clipboard, in pieces that fit a message.

use std::{collections::VecDeque, sync::Arc};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};

use crate::{
    command::RequestId,
    files::{List, MAX_LIST},
    wire::{MAX_CLIPBOARD, MAX_CLIPBOARD_PICTURE, Message},
};

/// What a person copied.
#[derive(Clone, PartialEq, Eq)]
pub enum Clip {
    Text(String),
    /// A PNG file. Of the other side: any bytes.
    Picture(Vec<u8>),
    /// What there is to be fetched; no contents.
    Files(Arc<List>),
}

// Never what is copied: it may be a password.
impl std::fmt::Debug for Clip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text of {} bytes", text.len()),
            Self::Picture(png) => write!(f, "Picture of {} bytes", png.len()),
            Self::Files(list) => write!(f, "{} files and folders", list.entries().len()),
        }
    }
}

impl From<&str> for Clip {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// As what the pieces are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Picture,
    Files,
}

impl Kind {
    /// Most bytes of all pieces together.
    fn most(self) -> usize {
        match self {
            Self::Text => MAX_CLIPBOARD,
            Self::Picture => MAX_CLIPBOARD_PICTURE.div_ceil(3) * 4,
            Self::Files => MAX_LIST,
        }
    }

    fn clip(self, text: String) -> Option<Clip> {
        match self {
            Self::Text => Some(Clip::Text(text)),
            Self::Picture => {
                let png = BASE64.decode(text).ok()?;
                (png.len() <= MAX_CLIPBOARD_PICTURE).then_some(Clip::Picture(png))
            }
            Self::Files => Some(Clip::Files(Arc::new(List::decode(&text).ok()?))),
        }
    }
}

/// Largest piece as JSON text, in bytes (escapes included).
const PIECE: usize = 32 * 1024;
/// Pieces under way at once: keys and clicks wait behind them on the same channel.
const WINDOW: usize = 2;

/// The messages that carry it; none when it is too large.
pub(crate) fn pieces(transfer: u32, clip: &Clip) -> Vec<Message> {
    match clip {
        Clip::Text(text) => {
            cut(text, Kind::Text, |part, last, text| Message::Clipboard { transfer, part, last, text })
        }
        Clip::Picture(png) if png.len() > MAX_CLIPBOARD_PICTURE => Vec::new(),
        Clip::Picture(png) => cut(&BASE64.encode(png), Kind::Picture, |part, last, png| {
            Message::ClipboardPicture { transfer, part, last, png }
        }),
        Clip::Files(list) => cut(&list.encode(), Kind::Files, |part, last, list| Message::ClipboardFiles {
            transfer,
            part,
            last,
            list,
        }),
    }
}

fn cut(text: &str, kind: Kind, message: impl Fn(u32, bool, String) -> Message) -> Vec<Message> {
    if text.len() > kind.most() {
        return Vec::new();
    }
    let mut parts = Vec::new();
    let (mut start, mut size) = (0, 0);
    for (i, c) in text.char_indices() {
        let len = json_len(c);
        if size + len > PIECE {
            parts.push(&text[start..i]);
            (start, size) = (i, 0);
        }
        size += len;
    }
    parts.push(&text[start..]);
    let count = parts.len();
    (0u32..)
        .zip(parts)
        .map(|(part, text)| message(part, part as usize + 1 == count, text.to_owned()))
        .collect()
}

/// Length of a character within JSON text (RFC 8259, section 7), at most.
fn json_len(c: char) -> usize {
    match c {
        '"' | '\\' => 2,
        c if c < ' ' => 6,
        c => c.len_utf8(),
    }
}

/// Sends one thing at a time; the newest wins.
#[derive(Default)]
pub(crate) struct Sender {
    transfer: u32,
    waiting: VecDeque<Message>,
    in_flight: usize,
}

impl Sender {
    /// Returns the number of this transfer.
    pub(crate) fn start(&mut self, clip: &Clip) -> u32 {
        self.transfer = self.transfer.wrapping_add(1);
        self.waiting = pieces(self.transfer, clip).into();
        self.in_flight = 0;
        self.transfer
    }

    /// What may be sent now.
    pub(crate) fn send(&mut self) -> Vec<Message> {
        let n = WINDOW.saturating_sub(self.in_flight).min(self.waiting.len());
        self.in_flight += n;
        self.waiting.drain(..n).collect()
    }

    /// The list of files about which `request` asks.
    pub(crate) fn ask(&mut self, request: RequestId, list: &List) {
        self.transfer = request.0;
        let message = |part, last, list| Message::OfferFiles { request, part, last, list };
        self.waiting = cut(&list.encode(), Kind::Files, message).into();
        self.in_flight = 0;
    }

    /// What waits is a list of copied files.
    pub(crate) fn carries_files(&self) -> bool {
        matches!(self.waiting.front(), Some(Message::ClipboardFiles { .. }))
    }

    pub(crate) fn acknowledge(&mut self, transfer: u32) {
        if transfer == self.transfer {
            self.in_flight = self.in_flight.saturating_sub(1);
        }
    }

    /// The rest of it is not sent any more.
    pub(crate) fn forget(&mut self) {
        self.waiting.clear();
        self.in_flight = 0;
    }
}

/// One piece as it came.
pub(crate) struct Piece<'a> {
    pub transfer: u32,
    pub part: u32,
    pub last: bool,
    pub text: &'a str,
}

/// Puts pieces together again.
#[derive(Default)]
pub(crate) struct Assembler {
    under_way: Option<UnderWay>,
}

struct UnderWay {
    kind: Kind,
    transfer: u32,
    next: u32,
    text: String,
}

impl Assembler {
    /// All of it with its last piece. Anything out of order, too large or malformed is forgotten.
    pub(crate) fn piece(&mut self, kind: Kind, piece: &Piece<'_>) -> Option<Clip> {
        let Piece { transfer, part, last, text } = *piece;
        let mut now = match self.under_way.take() {
            _ if part == 0 => UnderWay { kind, transfer, next: 0, text: String::new() },
            Some(u) if (u.kind, u.transfer, u.next) == (kind, transfer, part) => u,
            _ => return None,
        };
        if now.text.len() + text.len() > kind.most() {
            return None;
        }
        now.text.push_str(text);
        now.next += 1;
        if last {
            return kind.clip(now.text);
        }
        self.under_way = Some(now);
        None
    }

    pub(crate) fn forget(&mut self) {
        self.under_way = None;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::wire::MAX_MESSAGE;

    fn put(a: &mut Assembler, m: &Message) -> Option<Clip> {
        match m {
            Message::Clipboard { transfer, part, last, text } => {
                a.piece(Kind::Text, &Piece { transfer: *transfer, part: *part, last: *last, text })
            }
            Message::ClipboardPicture { transfer, part, last, png } => {
                a.piece(Kind::Picture, &Piece { transfer: *transfer, part: *part, last: *last, text: png })
            }
            Message::ClipboardFiles { transfer, part, last, list } => {
                a.piece(Kind::Files, &Piece { transfer: *transfer, part: *part, last: *last, text: list })
            }
            _ => unreachable!("no piece"),
        }
    }

    fn carry(clip: &Clip) -> Option<Clip> {
        let mut a = Assembler::default();
        let mut got = None;
        for m in pieces(7, clip) {
            assert!(m.encode().len() <= MAX_MESSAGE);
            assert_eq!(got, None);
            got = put(&mut a, &m);
        }
        got
    }

    fn text(transfer: u32, part: u32, last: bool, text: &str) -> Message {
        Message::Clipboard { transfer, part, last, text: text.into() }
    }

    #[test]
    fn long_and_escaped_texts_arrive_whole() {
        for text in ["".to_owned(), "\u{1}".repeat(100_000), "é€😀\"\\".repeat(50_000)] {
            let clip = Clip::Text(text);
            assert_eq!(carry(&clip), Some(clip));
        }
        let most = Clip::Text("a".repeat(MAX_CLIPBOARD));
        assert_eq!(carry(&most), Some(most));
        assert_eq!(carry(&Clip::Text("a".repeat(MAX_CLIPBOARD + 1))), None);
    }

    #[test]
    fn pictures_of_any_size_up_to_the_limit_arrive_whole() {
        for size in [0, 1, 2, 3, 40_000, MAX_CLIPBOARD_PICTURE] {
            let clip = Clip::Picture((0..size).map(|i| (i % 251) as u8).collect());
            assert_eq!(carry(&clip), Some(clip), "{size}");
        }
        assert_eq!(carry(&Clip::Picture(vec![0; MAX_CLIPBOARD_PICTURE + 1])), None);
    }

    #[test]
    fn lists_of_files_arrive_whole() {
        let mut draft = crate::files::Draft::default();
        for i in 0..crate::files::MAX_ENTRIES as u64 {
            draft.add(None, &format!("a \"file\" ñ {i}"), Some(i)).unwrap();
        }
        let clip = Clip::Files(Arc::new(draft.list()));
        assert_eq!(carry(&clip), Some(clip));
        let bad = r#"{"entries":[{"path":"../x","size":1}]}"#;
        let m = Message::ClipboardFiles { transfer: 1, part: 0, last: true, list: bad.into() };
        assert_eq!(put(&mut Assembler::default(), &m), None);
    }

    #[test]
    fn gaps_other_transfers_and_too_much_are_forgotten() {
        let a = &mut Assembler::default();
        assert_eq!(put(a, &text(1, 0, false, "a")), None);
        assert_eq!(put(a, &text(1, 2, true, "c")), None);
        assert_eq!(put(a, &text(1, 1, true, "b")), None, "the gap ended it");
        assert_eq!(put(a, &text(1, 0, false, "a")), None);
        assert_eq!(put(a, &text(2, 1, true, "x")), None);
        assert_eq!(put(a, &text(3, 0, false, "a")), None);
        assert_eq!(put(a, &text(4, 0, true, "new")), Some("new".into()));
        let half = "x".repeat(MAX_CLIPBOARD / 2 + 1);
        assert_eq!(put(a, &text(5, 0, false, &half)), None);
        assert_eq!(put(a, &text(5, 1, true, &half)), None);
        // A text does not go on as a picture, and what is no base64 is no picture.
        let picture =
            |part, png: &str| Message::ClipboardPicture { transfer: 6, part, last: true, png: png.into() };
        assert_eq!(put(a, &text(6, 0, false, "iVBO")), None);
        assert_eq!(put(a, &picture(1, "iVBO")), None);
        assert_eq!(put(a, &picture(0, "not base64!")), None);
        assert_eq!(put(a, &picture(0, "iVBO")), Some(Clip::Picture(vec![0x89, b'P', b'N'])));
    }

    #[test]
    fn what_is_copied_is_never_written_into_a_log() {
        let shown = format!("{:?} {:?}", Clip::from("secret"), Clip::Picture(b"secret".to_vec()));
        assert_eq!(shown, "Text of 6 bytes Picture of 6 bytes");
    }

    proptest! {
        #[test]
        fn any_text_arrives(text in "\\PC{0,200}") {
            let clip = Clip::Text(text);
            prop_assert_eq!(carry(&clip), Some(clip));
        }
    }
}
