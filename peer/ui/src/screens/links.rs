//! Addresses of pages in what people write: text until somebody chooses to open one, and says so twice.

use deskside_session::{ParticipantId, view::ChatLine};
use eframe::egui::{Label, OpenUrl, RichText, Ui};
use lucide_icons::Icon;
use url::{Host, Url};

use super::half;
use crate::{
    cx::Cx,
    widgets::{Button, Look, card, text},
};

/// Most addresses of one message that can be opened, and the longest one, in bytes.
const MOST: usize = 3;
const LONGEST: usize = 1000;

/// The address that a person wants to open, of which message, and which of its addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    from: ParticipantId,
    at: u64,
    link: usize,
}

/// The addresses in a text. What they say is what is opened: other letters that look alike show as what they are.
fn addresses(text: &str) -> Vec<Url> {
    let mut all: Vec<Url> = Vec::new();
    // Looked at anew for each picture of the window: few and short ones.
    let start = |word: &str| ["https://", "http://"].iter().filter_map(|scheme| word.find(scheme)).min();
    let words = text.split_whitespace().filter(|w| w.len() <= LONGEST);
    for (word, start) in words.filter_map(|w| Some((w, start(w)?))).take(MOST) {
        let end = |c: char| ".,;:!?)]}>\"'»”’".contains(c);
        let Ok(url) = Url::parse(word[start..].trim_end_matches(end)) else { continue };
        let named = matches!(url.host(), Some(Host::Domain(d)) if !d.is_empty())
            || matches!(url.host(), Some(Host::Ipv4(_) | Host::Ipv6(_)));
        // A name before the host is only there to look like another host.
        let plain = url.username().is_empty() && url.password().is_none();
        if named && plain && !all.contains(&url) {
            all.push(url);
        }
    }
    all
}

/// A button for each address of a message, and the question about the one that was chosen.
pub fn show(ui: &mut Ui, cx: &Cx<'_>, line: &ChatLine, asked: &mut Option<Asked>) {
    for (link, url) in addresses(&line.text).iter().enumerate() {
        let this = Asked { from: line.from, at: line.at, link };
        let host = url.host_str().unwrap_or_default();
        let name = cx.t.ta("chat-link", &[("host", host.into())]);
        let button = Button::new(cx, host).tool().icon(Icon::ExternalLink).name(name);
        if ui.add(button.selected(*asked == Some(this))).clicked() {
            *asked = (*asked != Some(this)).then_some(this);
        }
        if *asked == Some(this) {
            question(ui, cx, url, asked);
        }
    }
}

fn question(ui: &mut Ui, cx: &Cx<'_>, url: &Url, asked: &mut Option<Asked>) {
    ui.add_space(cx.k.space.half);
    card(cx).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = cx.k.space.one;
            text::strong(ui, cx, cx.t.t("chat-link-title"));
            ui.add(Label::new(RichText::new(url.as_str()).color(cx.k.c.text)).wrap().selectable(true));
            text::small(ui, cx, cx.t.t("chat-link-warning"));
            ui.horizontal(|ui| {
                let width = half(ui, cx);
                if ui.add(Button::new(cx, cx.t.t("dialog-cancel")).width(width)).clicked() {
                    *asked = None;
                }
                let open = Button::new(cx, cx.t.t("chat-link-open")).look(Look::Primary).width(width);
                if ui.add(open).clicked() {
                    ui.ctx().open_url(OpenUrl::new_tab(url.as_str()));
                    *asked = None;
                }
            });
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_and_nothing_else() {
        let found = |text: &str| -> Vec<String> { addresses(text).iter().map(Url::to_string).collect() };
        assert_eq!(found("See https://example.org/a?b=c#d."), ["https://example.org/a?b=c#d"]);
        assert_eq!(
            found("(http://example.org), “https://example.org/é”"),
            ["http://example.org/", "https://example.org/%C3%A9"]
        );
        assert_eq!(found("twice https://a.b https://a.b"), ["https://a.b/"]);
        assert_eq!(found(&"https://a.b/1 https://a.b/2 https://a.b/3 https://a.b/4".repeat(9)).len(), MOST);
        // What looks like another one is shown as what it is, or not at all.
        assert_eq!(found("https://\u{440}\u{430}ypal.com"), ["https://xn--ypal-43d9g.com/"]);
        for bad in [
            "https://",
            "http://.",
            "https://bank.example@evil.example/",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "example.org",
            "https:/x",
            "ftp://a.b",
            "",
        ] {
            assert!(found(bad).is_empty(), "{bad}: {:?}", found(bad));
        }
    }
}
