//! Which way what is copied may go.

use serde::{Deserialize, Serialize};

/// The customer's choice, within the grant for the clipboard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    #[default]
    Both,
    /// Only what the customer copies.
    ToAgent,
    /// Only what the agent copies.
    ToCustomer,
    Off,
}

impl Direction {
    pub const ALL: [Self; 4] = [Self::Both, Self::ToAgent, Self::ToCustomer, Self::Off];

    /// Whether what is copied may go to this side.
    pub fn goes(self, to: Side) -> bool {
        match self {
            Self::Both => true,
            Self::ToAgent => to == Side::Agent,
            Self::ToCustomer => to == Side::Customer,
            Self::Off => false,
        }
    }
}

/// One of the two whose clipboards are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Agent,
    Customer,
}

impl Side {
    pub fn other(self) -> Self {
        match self {
            Self::Agent => Self::Customer,
            Self::Customer => Self::Agent,
        }
    }
}
