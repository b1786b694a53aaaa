//! Colours, distances and letters, from the tokens in `assets/theme`; nothing else names a colour.

use std::{collections::BTreeMap, sync::Arc};

use eframe::egui::{
    self, Color32, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Stroke, TextStyle,
    epaint::Shadow,
};
use serde::{Deserialize, Deserializer, de::Error as _};

#[derive(Debug, thiserror::Error)]
#[error("the design tokens cannot be read: {0}")]
pub struct ThemeError(#[from] toml::de::Error);

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Space {
    pub half: f32,
    pub one: f32,
    pub two: f32,
    pub three: f32,
    pub four: f32,
    pub six: f32,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Radius {
    pub control: u8,
    pub card: u8,
    pub pill: u8,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Size {
    pub control: f32,
    pub tall: f32,
    pub tool: f32,
    pub icon: f32,
    pub avatar: f32,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextSize {
    pub small: f32,
    pub body: f32,
    pub strong: f32,
    pub title: f32,
    pub heading: f32,
    pub number: f32,
    pub code: f32,
}

macro_rules! colours {
    ($($name:ident)*) => {
        /// One set of colours. Each `…_text` is readable on its `…_soft`; each `on_…` on its namesake.
        #[derive(Clone, Copy, Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Colours { $(#[serde(deserialize_with = "colour")] pub $name: Color32,)* }
    };
}

colours! {
    window surface sunken line line_strong text muted
    accent accent_hover accent_down accent_soft accent_text on_accent
    danger danger_hover danger_down danger_soft danger_text on_danger
    warn warn_soft warn_text good good_soft good_text
    focus hover down canvas on_canvas on_canvas_muted shadow
}

fn colour<'de, D: Deserializer<'de>>(d: D) -> Result<Color32, D::Error> {
    let text = String::deserialize(d)?;
    Color32::from_hex(&text).map_err(|_| D::Error::custom(format!("{text:?} is not a colour like #12ab9f")))
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tokens {
    space: Space,
    radius: Radius,
    size: Size,
    text: TextSize,
    light: Colours,
    dark: Colours,
}

/// The tokens in use, light or dark.
#[derive(Clone, Copy, Debug)]
pub struct Theme {
    pub dark: bool,
    pub space: Space,
    pub radius: Radius,
    pub size: Size,
    pub text: TextSize,
    pub c: Colours,
}

/// The strong letters' family.
pub fn strong_family() -> FontFamily {
    FontFamily::Name("strong".into())
}

/// The icons' family.
pub fn icon_family() -> FontFamily {
    FontFamily::Name("icons".into())
}

impl Theme {
    pub fn load(dark: bool) -> Result<Self, ThemeError> {
        let tokens: Tokens = toml::from_str(include_str!("../../../assets/theme/tokens.toml"))?;
        let Tokens { space, radius, size, text, light, dark: night } = tokens;
        Ok(Self { dark, space, radius, size, text, c: if dark { night } else { light } })
    }

    pub fn font(&self, size: f32) -> FontId {
        FontId::proportional(size)
    }

    pub fn strong(&self, size: f32) -> FontId {
        FontId::new(size, strong_family())
    }

    pub fn icon(&self, size: f32) -> FontId {
        FontId::new(size, icon_family())
    }

    fn style(&self, style: &mut egui::Style) {
        let Self { c, space, radius, text, .. } = self;
        style.text_styles = BTreeMap::from([
            (TextStyle::Small, self.font(text.small)),
            (TextStyle::Body, self.font(text.body)),
            (TextStyle::Button, self.font(text.body)),
            (TextStyle::Heading, self.strong(text.heading)),
            (TextStyle::Monospace, FontId::monospace(text.body)),
        ]);
        style.spacing.item_spacing = egui::vec2(space.one, space.one);
        style.spacing.button_padding = egui::vec2(space.two, space.one);
        style.spacing.menu_margin = Margin::same(space.half as i8);
        style.spacing.window_margin = Margin::same(space.two as i8);
        style.spacing.interact_size.y = self.size.tool;
        style.spacing.icon_width = 20.0;
        style.spacing.icon_width_inner = 12.0;
        style.spacing.icon_spacing = space.one;
        style.interaction.selectable_labels = false;
        style.interaction.tooltip_delay = 0.4;
        style.animation_time = 0.0;
        style.visuals = self.visuals(style.visuals.clone(), radius);
        style.visuals.text_cursor.blink = false;
        style.visuals.text_cursor.stroke = Stroke::new(2.0, c.accent);
    }

    fn visuals(&self, mut v: egui::Visuals, radius: &Radius) -> egui::Visuals {
        let c = &self.c;
        let corner = CornerRadius::same(radius.control);
        v.dark_mode = self.dark;
        v.panel_fill = c.window;
        v.window_fill = c.surface;
        v.window_stroke = Stroke::new(1.0, c.line);
        v.window_corner_radius = CornerRadius::same(radius.card);
        v.menu_corner_radius = corner;
        v.extreme_bg_color = c.surface;
        v.faint_bg_color = c.sunken;
        v.text_edit_bg_color = Some(c.surface);
        v.code_bg_color = c.sunken;
        v.hyperlink_color = c.accent_text;
        v.warn_fg_color = c.warn_text;
        v.error_fg_color = c.danger_text;
        // What is disabled has colours of its own.
        v.disabled_alpha = 1.0;
        v.weak_text_color = Some(c.line_strong);
        v.selection.bg_fill = c.accent_soft;
        v.selection.stroke = Stroke::new(1.0, c.accent_text);
        v.interact_cursor = Some(egui::CursorIcon::PointingHand);
        let shadow = Shadow { offset: [0, 4], blur: 16, spread: 0, color: c.shadow.gamma_multiply(0.18) };
        v.popup_shadow = shadow;
        v.window_shadow = shadow;
        for (w, fill, line) in [
            (&mut v.widgets.noninteractive, c.surface, c.line),
            (&mut v.widgets.inactive, c.surface, c.line_strong),
            (&mut v.widgets.hovered, c.hover, c.line_strong),
            (&mut v.widgets.active, c.down, c.focus),
            (&mut v.widgets.open, c.hover, c.line_strong),
        ] {
            w.bg_fill = fill;
            w.weak_bg_fill = fill;
            w.bg_stroke = Stroke::new(1.0, line);
            w.fg_stroke = Stroke::new(1.5, c.text);
            w.corner_radius = corner;
            w.expansion = 0.0;
        }
        v
    }
}

/// Both sets; which one is shown follows the system unless it was chosen.
#[derive(Clone, Copy, Debug)]
pub struct Themes {
    light: Theme,
    dark: Theme,
}

impl Themes {
    pub fn load() -> Result<Self, ThemeError> {
        Ok(Self { light: Theme::load(false)?, dark: Theme::load(true)? })
    }

    pub fn light(&self) -> Theme {
        self.light
    }

    /// Sets letters and style of all windows of `ctx`. `dark`: as the system when absent.
    pub fn apply(&self, ctx: &egui::Context, dark: Option<bool>) {
        ctx.set_fonts(fonts());
        ctx.style_mut_of(egui::Theme::Light, |style| self.light.style(style));
        ctx.style_mut_of(egui::Theme::Dark, |style| self.dark.style(style));
        ctx.options_mut(|o| {
            o.fallback_theme = egui::Theme::Light;
            // Control and 6 of a French keyboard would make everything smaller.
            o.zoom_with_keyboard = false;
        });
        ctx.set_theme(match dark {
            None => egui::ThemePreference::System,
            Some(true) => egui::ThemePreference::Dark,
            Some(false) => egui::ThemePreference::Light,
        });
    }

    /// The set that `ctx` shows now.
    pub fn now(&self, ctx: &egui::Context) -> Theme {
        if ctx.theme() == egui::Theme::Dark { self.dark } else { self.light }
    }
}

/// Letters of our own, signs and emoji; what they lack comes from the system's fonts.
fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let signs: Vec<String> = ["NotoEmoji-Regular", "emoji-icon-font", "egui-icons"]
        .into_iter()
        .filter(|name| fonts.font_data.contains_key(*name))
        .map(str::to_owned)
        .collect();
    fonts.font_data.retain(|name, _| signs.contains(name));
    for data in fonts.font_data.values_mut() {
        Arc::make_mut(data).tweak.hinting = Some(false);
    }
    for (name, bytes, letters) in [
        ("noto-sans", notosans::REGULAR_TTF, true),
        ("noto-sans-bold", notosans::BOLD_TTF, true),
        ("lucide", lucide_icons::LUCIDE_FONT_BYTES, false),
    ] {
        let mut data = FontData::from_static(bytes);
        if letters {
            // These letters sit low in their rows; raised, they are level with the icons.
            data.tweak.y_offset_factor = -0.05;
        } else {
            // Signs gain nothing from it, and working it out takes longer than all else at the start.
            data.tweak.hinting = Some(false);
        }
        fonts.font_data.insert(name.to_owned(), Arc::new(data));
    }
    let with = |first: &str| -> Vec<String> {
        std::iter::once(first.to_owned()).chain(signs.iter().cloned()).collect()
    };
    fonts.families = BTreeMap::from([
        (FontFamily::Proportional, with("noto-sans")),
        (FontFamily::Monospace, with("noto-sans")),
        (strong_family(), with("noto-sans-bold")),
        (icon_family(), vec!["lucide".to_owned()]),
    ]);
    fonts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance and contrast as in WCAG 2.2, section 1.4.3.
    fn contrast(a: Color32, b: Color32) -> f32 {
        let channel = |v: u8| {
            let v = f32::from(v) / 255.0;
            if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        };
        let light = |c: Color32| 0.2126 * channel(c.r()) + 0.7152 * channel(c.g()) + 0.0722 * channel(c.b());
        let (hi, lo) = (light(a).max(light(b)), light(a).min(light(b)));
        (hi + 0.05) / (lo + 0.05)
    }

    #[test]
    fn words_are_readable_on_what_they_stand_on() {
        for dark in [false, true] {
            let c = Theme::load(dark).unwrap().c;
            for (name, ink, ground) in [
                ("text on window", c.text, c.window),
                ("text on surface", c.text, c.surface),
                ("text on sunken", c.text, c.sunken),
                ("text on hover", c.text, c.hover),
                ("text on down", c.text, c.down),
                ("muted on window", c.muted, c.window),
                ("muted on surface", c.muted, c.surface),
                ("muted on sunken", c.muted, c.sunken),
                ("on accent", c.on_accent, c.accent),
                ("on accent hover", c.on_accent, c.accent_hover),
                ("on danger", c.on_danger, c.danger),
                ("accent text", c.accent_text, c.accent_soft),
                ("accent text on surface", c.accent_text, c.surface),
                ("danger text", c.danger_text, c.danger_soft),
                ("danger text on surface", c.danger_text, c.surface),
                ("warn text", c.warn_text, c.warn_soft),
                ("good text", c.good_text, c.good_soft),
                ("good text on surface", c.good_text, c.surface),
                ("canvas", c.on_canvas, c.canvas),
                ("canvas muted", c.on_canvas_muted, c.canvas),
            ] {
                let ratio = contrast(ink, ground);
                assert!(ratio >= 4.5, "{name}, dark {dark}: {ratio:.2}");
            }
            for (name, ink, ground) in [
                ("focus", c.focus, c.surface),
                ("line strong", c.line_strong, c.surface),
                ("warn", c.warn, c.surface),
            ] {
                let ratio = contrast(ink, ground);
                assert!(ratio >= 3.0, "{name}, dark {dark}: {ratio:.2}");
            }
        }
    }
}
