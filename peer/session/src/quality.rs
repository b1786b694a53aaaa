//! How the shared picture is to be; whoever sees it in the lead, or shares it, may choose.

use serde::{Deserialize, Serialize};

/// What counts more where the line cannot carry both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sharpness {
    /// What suits the line.
    #[default]
    Auto,
    /// Every pixel exact for as long as it is bearable, fewer pictures.
    Sharper,
    /// What moves is blurred sooner, and comes sooner.
    Faster,
}

/// How many colours the picture has. Fewer are fewer bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Colours {
    #[default]
    #[serde(rename = "full")]
    Full,
    /// 65,536.
    #[serde(rename = "16bit")]
    Bits16,
    #[serde(rename = "256")]
    Bits8,
}

/// Both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Quality {
    #[serde(default)]
    pub sharpness: Sharpness,
    #[serde(default)]
    pub colours: Colours,
}

impl Quality {
    /// Takes what was chosen, and leaves the rest.
    pub(crate) fn choose(&mut self, sharpness: Option<Sharpness>, colours: Option<Colours>) {
        self.sharpness = sharpness.unwrap_or(self.sharpness);
        self.colours = colours.unwrap_or(self.colours);
    }
}
