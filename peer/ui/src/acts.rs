//! The acts that a customer is asked about, in words and with their signs.

use deskside_session::command::Act;
use lucide_icons::Icon;

use crate::texts::Texts;

/// A grant as the customer reads it.
pub fn granted(t: &Texts, act: Act) -> String {
    match act {
        Act::View => t.t("act-view"),
        Act::Control => t.t("act-control"),
        Act::Clipboard => t.t("act-clipboard"),
        Act::CopiedFiles => t.t("act-copied-files"),
        Act::SendFiles => t.t("act-send-files"),
        Act::Show => t.t("act-show"),
        Act::Files => t.t("act-files"),
        Act::Scripts => t.t("act-scripts"),
        Act::Information => t.t("act-information"),
        Act::OtherUser => t.t("act-other-user"),
        Act::Restart => t.t("act-restart"),
        Act::Printing => t.t("act-printing"),
        Act::Recording => t.t("act-recording"),
        Act::Voice => t.t("act-voice"),
        Act::Camera => t.t("act-camera"),
    }
}

/// The question to the customer, after the name of who asks.
pub(crate) fn question(t: &Texts, act: Act) -> String {
    match act {
        Act::View => t.t("prompt-view"),
        Act::Control => t.t("prompt-control"),
        Act::Clipboard => t.t("prompt-clipboard"),
        Act::CopiedFiles => t.t("prompt-copied-files"),
        Act::SendFiles => t.t("prompt-send-files"),
        Act::Show => t.t("prompt-show"),
        Act::Files => t.t("prompt-files"),
        Act::Scripts => t.t("prompt-scripts"),
        Act::Information => t.t("prompt-information"),
        Act::OtherUser => t.t("prompt-other-user"),
        Act::Restart => t.t("prompt-restart"),
        Act::Printing => t.t("prompt-printing"),
        Act::Recording => t.t("prompt-recording"),
        Act::Voice => t.t("prompt-voice"),
        Act::Camera => t.t("prompt-camera"),
    }
}

/// How far a yes goes.
pub(crate) fn means(t: &Texts, act: Act) -> String {
    match act {
        Act::View => t.t("prompt-view-means"),
        Act::Control => t.t("prompt-control-means"),
        Act::Clipboard => t.t("prompt-clipboard-means"),
        Act::CopiedFiles => t.t("prompt-copied-files-means"),
        Act::SendFiles => t.t("prompt-send-files-means"),
        Act::Show => t.t("prompt-show-means"),
        Act::Files => t.t("prompt-files-means"),
        Act::Scripts => t.t("prompt-scripts-means"),
        Act::Information => t.t("prompt-information-means"),
        Act::OtherUser => t.t("prompt-other-user-means"),
        Act::Restart => t.t("prompt-restart-means"),
        Act::Printing => t.t("prompt-printing-means"),
        Act::Recording => t.t("prompt-recording-means"),
        Act::Voice => t.t("prompt-voice-means"),
        Act::Camera => t.t("prompt-camera-means"),
    }
}

/// What is allowed, as agents read it in a list.
pub(crate) fn listed(t: &Texts, act: Act) -> String {
    match act {
        Act::View => t.t("list-view"),
        Act::Control => t.t("list-control"),
        Act::Clipboard => t.t("list-clipboard"),
        act => {
            let words = what(t, act);
            let mut letters = words.chars();
            letters.next().map_or_else(String::new, |c| c.to_uppercase().chain(letters).collect())
        }
    }
}

/// An act as agents read it, within a sentence; the three oldest have sentences of their own.
pub(crate) fn what(t: &Texts, act: Act) -> String {
    match act {
        Act::View | Act::Control | Act::Clipboard => granted(t, act),
        Act::CopiedFiles => t.t("what-copied-files"),
        Act::SendFiles => t.t("what-send-files"),
        Act::Show => t.t("what-show"),
        Act::Files => t.t("what-files"),
        Act::Scripts => t.t("what-scripts"),
        Act::Information => t.t("what-information"),
        Act::OtherUser => t.t("what-other-user"),
        Act::Restart => t.t("what-restart"),
        Act::Printing => t.t("what-printing"),
        Act::Recording => t.t("what-recording"),
        Act::Voice => t.t("what-voice"),
        Act::Camera => t.t("what-camera"),
    }
}

pub(crate) fn sign(act: Act) -> Icon {
    match act {
        Act::View => Icon::Eye,
        Act::Control => Icon::MousePointer2,
        Act::Clipboard => Icon::Clipboard,
        Act::CopiedFiles => Icon::Files,
        Act::SendFiles => Icon::FileDown,
        Act::Show => Icon::Monitor,
        Act::Files => Icon::Folder,
        Act::Scripts => Icon::SquareTerminal,
        Act::Information => Icon::Info,
        Act::OtherUser => Icon::UserRound,
        Act::Restart => Icon::RotateCcw,
        Act::Printing => Icon::Printer,
        Act::Recording => Icon::CircleDot,
        Act::Voice => Icon::Mic,
        Act::Camera => Icon::Video,
    }
}
