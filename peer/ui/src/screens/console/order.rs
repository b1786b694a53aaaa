//! The tabs of the console, and the order in which a person wants them.

/// One tab.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ConsoleTab {
    #[default]
    Chat,
    Notes,
    Session,
    Customer,
}

impl ConsoleTab {
    const ALL: [Self; 4] = [Self::Chat, Self::Notes, Self::Session, Self::Customer];

    /// How it is kept.
    fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Notes => "notes",
            Self::Session => "session",
            Self::Customer => "customer",
        }
    }
}

/// All tabs from left to right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order(Vec<ConsoleTab>);

impl Order {
    /// As it was kept: names that are not known are skipped, tabs that are missing come last.
    pub fn from_names(names: &[String]) -> Self {
        let kept = names.iter().filter_map(|n| ConsoleTab::ALL.into_iter().find(|t| t.name() == n));
        let mut all = Vec::new();
        for tab in kept.chain(ConsoleTab::ALL) {
            if !all.contains(&tab) {
                all.push(tab);
            }
        }
        Self(all)
    }

    /// To be kept.
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(|t| t.name().to_owned()).collect()
    }

    /// Those for which there is something to show.
    pub fn shown(&self, notes: bool) -> Vec<ConsoleTab> {
        self.0.iter().copied().filter(|t| notes || *t != ConsoleTab::Notes).collect()
    }

    /// Puts `tab` where `place` is; the tabs between them move up.
    pub fn put(&mut self, tab: ConsoleTab, place: ConsoleTab) {
        let at = |wanted| self.0.iter().position(|t| *t == wanted);
        if let (Some(from), Some(to)) = (at(tab), at(place)) {
            let tab = self.0.remove(from);
            self.0.insert(to, tab);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ConsoleTab::*, *};

    fn order(names: &[&str]) -> Order {
        Order::from_names(&names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn what_was_kept_is_merged_with_what_there_is() {
        assert_eq!(order(&[]).0, ConsoleTab::ALL);
        assert_eq!(order(&["customer", "notes"]).0, [Customer, Notes, Chat, Session]);
        assert_eq!(order(&["tools", "session", "", "session", "Chat"]).0, [Session, Chat, Notes, Customer]);
        let last = order(&["customer", "session", "notes", "chat"]);
        assert_eq!(Order::from_names(&last.names()), last);
    }

    #[test]
    fn a_tab_moves_over_one_that_is_not_shown() {
        let mut order = order(&[]);
        assert_eq!(order.shown(false), [Chat, Session, Customer]);
        order.put(Session, Chat);
        assert_eq!(order.0, [Session, Chat, Notes, Customer]);
        order.put(Session, Customer);
        assert_eq!(order.0, [Chat, Notes, Customer, Session]);
        order.put(Chat, Chat);
        assert_eq!(order.0, [Chat, Notes, Customer, Session]);
    }
}
