//! The receipt: one page of HTML in plain words, with nothing in it from elsewhere.

use std::collections::BTreeMap;

use deskside_session::{
    acts::{Log, Proof},
    app::Ending,
    command::Act,
};

use super::facts::{self, Facts, Helper, Period};
use crate::{
    acts,
    texts::{Arg, Texts},
    words,
};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:44em;margin:2em auto;padding:0 1em;color:#1b1b1f;\
background:#fff}h1{font-size:1.5em}h2{font-size:1.1em;margin:1.4em 0 .2em}ul{margin:.2em 0;padding-left:1.2em}\
code{overflow-wrap:anywhere}footer{margin-top:2em;border-top:1px solid #999;padding-top:.6em;font-size:.9em}";
/// Most lines of one list; what is more is counted.
const MAX_LINES: usize = 12;

/// Who helped whom, when, and what was allowed, refused and done.
pub fn receipt(t: &Texts, log: &Log) -> String {
    let facts = Facts::of(log);
    let number = log.session().to_string();
    let mut page = Page(String::new());
    page.tag("h1", &t.t("receipt-title"));
    let organisation = (!facts.organisation.is_empty()).then_some(&facts.organisation);
    page.list(organisation.map(|o| t.ta("receipt-organisation", &[("organisation", o.into())])));
    let when = between(t, (facts.began, facts.last));
    let [begin, end, time] = arguments(&when);
    page.list([
        t.ta("receipt-number", &[("number", (&number).into())]),
        t.ta("receipt-customer", &[("name", (&facts.customer).into())]),
        t.ta("receipt-when", &[begin, end, time]),
    ]);
    page.tag("h2", &t.t("receipt-helpers"));
    page.lines(t, facts.helpers.iter().map(|h| helper(t, h)).collect());
    page.tag("h2", &t.t("receipt-allowed"));
    let mut allowed = counted(t, &facts.allowed);
    if facts.all {
        allowed.insert(0, t.t("receipt-all"));
    }
    page.lines(t, allowed);
    page.tag("h2", &t.t("receipt-refused"));
    page.lines(t, counted(t, &facts.refused));
    page.tag("h2", &t.t("receipt-seen"));
    let names: Vec<_> = facts.shown.iter().map(|n| t.name(n)).collect();
    let shown = || t.ta("receipt-shown", &[("names", (&names.join(", ")).into())]);
    page.lines(t, total(t, &facts.seen).into_iter().chain((!names.is_empty()).then(shown)).collect());
    page.tag("h2", &t.t("receipt-control"));
    let period = |p: &Period| t.ta("receipt-period", &arguments(&between(t, *p)));
    let periods = facts.controlled.iter().map(period);
    page.lines(t, total(t, &facts.controlled).into_iter().chain(periods).collect());
    page.tag("h2", &t.t("receipt-files"));
    page.lines(t, facts.files.iter().map(|f| files(t, f)).collect());
    page.tag("h2", &t.t("receipt-end"));
    page.list([ending(t, facts.ending, log.closed_at().is_some())]);
    page.list(facts.resumed.then(|| t.t("receipt-resumed")));
    page.list(facts.full.then(|| t.t("receipt-full")));
    page.0.push_str("<footer>");
    for line in super::summary(t, log) {
        page.tag("p", &line);
    }
    page.0.push_str("</footer>");
    let (title, language) = (escape(&t.t("receipt-title")), t.language().code());
    let body = page.0;
    format!(
        "<!doctype html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <title>{title}</title><style>{STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    )
}

fn helper(t: &Texts, h: &Helper) -> String {
    let role = if h.led { t.t("receipt-led") } else { t.t("receipt-assisted") };
    let proof = match h.verified {
        Proof::Link => t.t("receipt-by-link"),
        Proof::Code => t.t("receipt-by-code"),
    };
    let since = facts::date(t, h.from);
    let args = [
        ("name", (&h.name).into()),
        ("role", (&role).into()),
        ("since", (&since).into()),
        ("proof", (&proof).into()),
    ];
    t.ta("receipt-helper", &args)
}

fn counted(t: &Texts, acts: &BTreeMap<Act, u32>) -> Vec<String> {
    let line = |(act, n): (&Act, &u32)| {
        let what = acts::granted(t, *act);
        t.ta("receipt-count", &[("what", (&what).into()), ("count", (*n).into())])
    };
    acts.iter().map(line).collect()
}

/// When files began to go or to come.
fn files(t: &Texts, (at, sent, count, bytes): &(u64, bool, u32, u64)) -> String {
    let (when, size) = (facts::date(t, *at), words::size(t, *bytes));
    let args = [("when", (&when).into()), ("count", (*count).into()), ("size", (&size).into())];
    if *sent { t.ta("receipt-files-sent", &args) } else { t.ta("receipt-files-came", &args) }
}

fn total(t: &Texts, periods: &[Period]) -> Vec<String> {
    let together = facts::duration(t, periods);
    let line = || t.ta("receipt-total", &[("duration", (&together).into())]);
    (!periods.is_empty()).then(line).into_iter().collect()
}

/// Begin, end and duration.
fn between(t: &Texts, period: Period) -> [String; 3] {
    [facts::date(t, period.0), facts::date(t, period.1), facts::duration(t, &[period])]
}

fn arguments(between: &[String; 3]) -> [(&'static str, Arg<'_>); 3] {
    let [begin, end, time] = between;
    [("begin", begin.into()), ("end", end.into()), ("duration", time.into())]
}

/// `closed`: an agent closed its copy, and nothing came after.
fn ending(t: &Texts, ending: Option<Ending>, closed: bool) -> String {
    match ending {
        Some(Ending::Left) => t.t("receipt-left"),
        Some(Ending::EndedByMe | Ending::EndedByAgent) => t.t("receipt-ended"),
        Some(Ending::Expired) => t.t("receipt-expired"),
        Some(Ending::NotTrusted) => t.t("receipt-not-trusted"),
        None if closed => t.t("receipt-closed"),
        None => t.t("receipt-no-end"),
    }
}

struct Page(String);

impl Page {
    fn tag(&mut self, tag: &str, text: &str) {
        self.0.push_str(&format!("<{tag}>{}</{tag}>\n", escape(text)));
    }

    fn list(&mut self, lines: impl IntoIterator<Item = String>) {
        for line in lines {
            self.tag("div", &line);
        }
    }

    /// A list that stays on the page; a word for an empty one.
    fn lines(&mut self, t: &Texts, lines: Vec<String>) {
        if lines.is_empty() {
            return self.list([t.t("receipt-nothing")]);
        }
        self.0.push_str("<ul>");
        for line in lines.iter().take(MAX_LINES) {
            self.tag("li", line);
        }
        let more = u32::try_from(lines.len().saturating_sub(MAX_LINES)).unwrap_or(u32::MAX);
        if more > 0 {
            self.tag("li", &t.ta("receipt-more", &[("count", more.into())]));
        }
        self.0.push_str("</ul>\n");
    }
}

fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    #[test]
    fn markup_in_a_name_stays_a_name() {
        assert_eq!(super::escape("<b a='1'>\"&\""), "&lt;b a=&#39;1&#39;&gt;&quot;&amp;&quot;");
    }
}
