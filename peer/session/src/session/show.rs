//! The view.

use super::{Session, settle::sharing_view};
use crate::{
    Role,
    command::Act,
    direction::Direction,
    roles::Person,
    time::Now,
    view::{Grant, Notice, Other, Prompt, Sharing, View},
};

impl Session {
    /// Everything that the windows show. `now` is for the time that a prompt has left.
    pub fn view(&self, now: Now) -> View {
        View {
            number: self.number,
            link: self.link.clone().filter(|_| self.role != Role::Customer),
            organisation: self.organisation.clone(),
            me: self.me,
            role: self.role,
            others: self.others(),
            server_up: self.server_up,
            prompt: self.prompt(now),
            asked: self.peers.iter().find_map(|p| p.viewing.asked.first()).map(|(_, act)| *act),
            helped: self.people.helped,
            watchers: self.watchers_view(),
            excluded: self.excluded_view(),
            grants: self.grants_view(),
            allow_all: self.grants.any_allow_all(),
            sharing: self.sharing(),
            marks: self.marks_view(),
            pen: self.hand.pen(),
            chat: self.chat.lines(),
            unread: self.chat.unread(),
            conversations: self.chat.conversations(),
            chat_kept: self.people.keeps_chat,
            notice: self.notices.last.back().cloned(),
            files: self.files_view(),
            clipboard: self.clipboard_view(),
        }
    }

    /// The news after serial `since`, oldest first; the last 32 are kept.
    pub fn notices(&self, since: u64) -> impl Iterator<Item = &(u64, Notice)> {
        self.notices.last.iter().filter(move |(serial, _)| *serial > since)
    }

    fn clipboard_view(&self) -> Direction {
        let by = match self.role {
            Role::Customer => Some(self.myself().key),
            _ => self.people.helped.and_then(|id| self.peers.get(id)?.person()),
        };
        by.map_or_else(Default::default, |by| self.grants.direction(by))
    }

    fn others(&self) -> Vec<Other> {
        let other = |p: &crate::roster::Peer| Other {
            id: p.id,
            role: p.role,
            name: p.name.clone(),
            link: p.link_view(),
        };
        self.peers.iter().map(other).collect()
    }

    fn prompt(&self, now: Now) -> Option<Prompt> {
        let open = self.consent.open.as_ref().filter(|_| !self.over)?;
        let p = self.peers.get(open.ask.from)?;
        let left = open.deadline.since(now).as_millis();
        Some(Prompt {
            request: open.prompt,
            from: p.id,
            name: p.name.clone(),
            act: open.ask.act,
            files: self.asked_files(&open.ask),
            along: self.along(open.ask.act),
            remaining_ms: u64::try_from(left).unwrap_or(u64::MAX),
        })
    }

    fn along(&self, act: Act) -> Vec<String> {
        let shows = matches!(act, Act::View | Act::Control);
        let watchers = self.watchers_view().into_iter().filter(|_| shows);
        let names = watchers.filter_map(|id| self.peers.get(id)).filter(|p| p.role == Role::Assistant);
        names.map(|p| p.name.clone()).collect()
    }

    fn watchers_view(&self) -> Vec<crate::ParticipantId> {
        let all = self.people.watchers.iter();
        all.filter(|w| !self.is_kept_out(w)).map(|w| w.id).collect()
    }

    fn excluded_view(&self) -> Vec<crate::ParticipantId> {
        let excluded = |p: &&crate::roster::Peer| {
            p.person().is_some_and(|k| {
                let who = Person { id: p.id, key: k };
                self.grants.is_excluded(k) || (self.people.watchers.contains(&who) && self.is_kept_out(&who))
            })
        };
        self.peers.iter().filter(excluded).map(|p| p.id).collect()
    }

    /// Customer who is helped: does not let this watcher see.
    fn is_kept_out(&self, who: &Person) -> bool {
        let customer = self.peers.get(who.id).is_some_and(|p| p.role == Role::Customer);
        let asked_for = self.role == Role::Customer && self.people.helped == Some(self.me);
        self.grants.is_excluded(who.key) || (customer && asked_for && !self.grants.is_shown(who.key))
    }

    fn grants_view(&self) -> Vec<Grant> {
        let mut grants = Vec::new();
        for p in self.peers.iter() {
            let acts: Vec<Act> = p.person().map(|k| self.grants.of(k)).unwrap_or_default();
            let to = if self.role == Role::Customer { p.id } else { self.me };
            grants.extend(acts.into_iter().map(|act| Grant { to, act }));
        }
        grants
    }

    pub(super) fn sharing(&self) -> Option<Sharing> {
        self.own_sharing().or_else(|| self.watched_sharing())
    }

    fn watched_sharing(&self) -> Option<Sharing> {
        let id = self.viewer?;
        let s = self.peers.get(id)?.viewing.sharing.clone()?;
        Some(sharing_view(id, s))
    }
}
