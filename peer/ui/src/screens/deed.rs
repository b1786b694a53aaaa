//! What the primary agent does about the helped customer's desktop: by a tool, in the bar, by a key.

use deskside_session::{
    Role,
    command::{Act, Command},
    view::{LinkView, View},
};

use super::people;
use crate::{cx::Cx, texts::Texts};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    AskView,
    AskControl,
    AskClipboard,
    AskCopiedFiles,
    AskShow,
    CancelAsk,
    Release,
    TakeBack,
    Stop,
}

impl Deed {
    pub const ALL: [Self; 9] = [
        Self::AskView,
        Self::AskControl,
        Self::AskClipboard,
        Self::AskCopiedFiles,
        Self::AskShow,
        Self::CancelAsk,
        Self::Release,
        Self::TakeBack,
        Self::Stop,
    ];

    pub fn words(self, t: &Texts) -> String {
        match self {
            Self::AskView => t.t("ask-view"),
            Self::AskControl => t.t("ask-control"),
            Self::AskClipboard => t.t("ask-clipboard"),
            Self::AskCopiedFiles => t.t("ask-copied-files"),
            Self::AskShow => t.t("ask-show"),
            Self::CancelAsk => t.t("ask-cancel"),
            Self::Release => t.t("release-control"),
            Self::TakeBack => t.t("bar-takeback"),
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
        let shows = sharing.filter(|s| s.sharer == view.me);
        match self {
            Self::AskView => may_ask && (sharing.is_none() || shows.is_some()),
            Self::AskControl => may_ask && !mine,
            Self::AskClipboard | Self::AskCopiedFiles => {
                let act = if self == Self::AskClipboard { Act::Clipboard } else { Act::CopiedFiles };
                let granted = view.grants.iter().any(|g| g.act == act);
                may_ask && sharing.is_some() && shows.is_none() && !granted
            }
            Self::AskShow => may_ask && shows.is_none(),
            Self::CancelAsk => view.asked.is_some(),
            Self::Release => mine,
            Self::TakeBack => shows.is_some_and(|s| s.controller.is_some()),
            Self::Stop => sharing.is_some(),
        }
    }

    /// Does it at once.
    pub fn tell(self, cx: &Cx<'_>) {
        if self == Self::AskShow {
            // By a key it is the whole screen, whatever was chosen before.
            cx.session(Command::Only { windows: Vec::new() });
        }
        cx.session(self.command());
    }

    pub fn command(self) -> Command {
        match self {
            Self::AskView => Command::Ask { act: Act::View },
            Self::AskControl => Command::Ask { act: Act::Control },
            Self::AskClipboard => Command::Ask { act: Act::Clipboard },
            Self::AskCopiedFiles => Command::Ask { act: Act::CopiedFiles },
            Self::AskShow => Command::Ask { act: Act::Show },
            Self::CancelAsk => Command::CancelAsk,
            Self::Release => Command::ReleaseControl,
            Self::TakeBack => Command::TakeBack,
            Self::Stop => Command::StopSharing,
        }
    }
}
