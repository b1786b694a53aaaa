//! What the primary agent does about the helped customer's desktop: by a tool, in the bar, by a key.

use deskside_session::{
    Role,
    command::{Act, Command},
    view::{LinkView, View},
};

use super::people;
use crate::texts::Texts;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    AskView,
    AskControl,
    AskClipboard,
    CancelAsk,
    Release,
    Stop,
}

impl Deed {
    pub const ALL: [Self; 6] =
        [Self::AskView, Self::AskControl, Self::AskClipboard, Self::CancelAsk, Self::Release, Self::Stop];

    pub fn words(self, t: &Texts) -> String {
        match self {
            Self::AskView => t.t("ask-view"),
            Self::AskControl => t.t("ask-control"),
            Self::AskClipboard => t.t("ask-clipboard"),
            Self::CancelAsk => t.t("ask-cancel"),
            Self::Release => t.t("release-control"),
            Self::Stop => t.t("stop-sharing"),
        }
    }

    /// Whether it means anything now.
    pub fn possible(self, view: &View) -> bool {
        if view.role != Role::Primary {
            return false;
        }
        let secure = people::helped(view).is_some_and(|o| matches!(o.link, LinkView::Secure { .. }));
        let may_ask = secure && view.asked.is_none();
        let sharing = view.sharing.as_ref();
        let mine = sharing.is_some_and(|s| s.controller == Some(view.me));
        match self {
            Self::AskView => may_ask && sharing.is_none(),
            Self::AskControl => may_ask && !mine,
            Self::AskClipboard => {
                may_ask && sharing.is_some() && !view.grants.iter().any(|g| g.act == Act::Clipboard)
            }
            Self::CancelAsk => view.asked.is_some(),
            Self::Release => mine,
            Self::Stop => sharing.is_some(),
        }
    }

    pub fn command(self) -> Command {
        match self {
            Self::AskView => Command::Ask { act: Act::View },
            Self::AskControl => Command::Ask { act: Act::Control },
            Self::AskClipboard => Command::Ask { act: Act::Clipboard },
            Self::CancelAsk => Command::CancelAsk,
            Self::Release => Command::ReleaseControl,
            Self::Stop => Command::StopSharing,
        }
    }
}
