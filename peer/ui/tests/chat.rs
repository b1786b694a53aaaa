//! Chat with everybody and with one, and stored phrases.

mod samples;
mod shown;

use deskside_session::{
    app::{AppCommand, AppOnly, PhrasesView},
    command::Command,
};
use eframe::egui::{Key, accesskit::Role as Access};
use egui_kittest::kittest::Queryable as _;
use samples::{LEA, changed, sample};
use shown::{Shown, show};

fn private() -> Shown {
    show(samples::all().into_iter().find(|(n, _)| *n == "agent-private").expect("the sample").1)
}

fn said(to: Option<deskside_session::ParticipantId>, text: &str) -> AppCommand {
    Command::Chat { to, text: text.into() }.into()
}

/// To another conversation.
fn switch(s: &mut Shown, from: &str, to: &str) {
    s.click(from);
    s.choose(Access::MenuItemRadio, to);
}

#[test]
fn a_private_conversation_is_kept_apart_and_marked() {
    let mut s = private();
    assert!(s.told().contains(&Command::ConversationRead { with: None }.into()));
    s.must_not("It is the driver, I had that yesterday.");
    switch(&mut s, "Conversation: Everyone, 1 unread elsewhere", "Lea Martin");
    s.must("It is the driver, I had that yesterday.");
    s.must("Only you and Lea Martin read this");
    assert_eq!(s.told(), [Command::ConversationRead { with: Some(LEA) }.into()]);
    s.type_into("Only to Lea Martin…", "Thank you.");
    s.key(Key::Enter);
    assert_eq!(s.told(), [said(Some(LEA), "Thank you.")]);
}

#[test]
fn each_conversation_keeps_its_draft() {
    let mut s = private();
    let _ = s.told();
    s.type_into("Write a message…", "For all of you");
    switch(&mut s, "Conversation: Everyone, 1 unread elsewhere", "Lea Martin");
    let _ = s.told();
    s.key(Key::Enter);
    assert_eq!(s.told(), [], "a line for all went to one");
    switch(&mut s, "Conversation: Lea Martin, 2 unread elsewhere", "Everyone");
    s.click("Send");
    assert_eq!(s.told().last(), Some(&said(None, "For all of you")));
}

#[test]
fn a_stored_phrase_goes_into_the_draft_and_own_ones_are_kept_and_removed() {
    let mut s = private();
    let _ = s.told();
    s.click("Stored phrases");
    s.choose(Access::MenuItem, "Welcome to Northwind IT.");
    s.click("Stored phrases");
    s.choose(Access::MenuItem, "Store what I wrote");
    let mine = vec!["One moment, please.".to_owned(), "Welcome to Northwind IT.".to_owned()];
    assert_eq!(s.told(), [AppOnly::Phrases { mine }.into()]);
    s.choose(Access::MenuItem, "Remove some of mine…");
    s.click("Remove: One moment, please.");
    assert_eq!(s.told(), [AppOnly::Phrases { mine: Vec::new() }.into()]);
    s.key(Key::Escape);
    s.click("Send");
    assert_eq!(s.told(), [said(None, "Welcome to Northwind IT.")]);
}

#[test]
fn nobody_has_phrases_until_the_server_told() {
    let mut view = samples::all().into_iter().find(|(n, _)| *n == "agent-private").expect("the sample").1;
    view.phrases = None;
    let mut s = show(view.clone());
    s.must_not("Stored phrases");
    view.phrases = Some(PhrasesView::default());
    s.set(view);
    s.click("Stored phrases");
    s.must("No phrases are stored yet.");
}

#[test]
fn who_writes_to_all_reads_that_it_is_saved() {
    let mut s = show(sample("customer"));
    let words = "Northwind IT saves what is said to all";
    s.must_not(words);
    s.set(changed("customer", |v| v.chat_kept = true));
    s.must(words);
}

#[test]
fn a_link_is_text_until_it_was_chosen_and_confirmed() {
    let with_link = |text: &str| {
        changed("chat-link", |v| {
            v.chat = vec![samples::line(samples::OTHER, "Sam Okafor", text)];
        })
    };
    let mut s = show(with_link("Your manual: https://example.org/manual, page 7."));
    s.must("Your manual: https://example.org/manual, page 7.");
    let opened = |s: &Shown| {
        s.harness.output().platform_output.commands.iter().any(|c| {
            matches!(
                c, eframe::egui::OutputCommand::OpenUrl(open) if open.url == "https://example.org/manual"
            )
        })
    };
    s.must_not("Open this page in your browser?");
    s.click("Open a page of example.org");
    s.must("https://example.org/manual");
    s.click("Cancel");
    s.must_not("Open this page in your browser?");
    s.click("Open a page of example.org");
    assert!(!opened(&s));
    s.harness.get_by_role_and_label(Access::Button, "Open").click();
    s.harness.step();
    assert!(opened(&s), "{:?}", s.harness.output().platform_output.commands);
    s.harness.run_ok();
    s.must_not("Open this page in your browser?");
    s.set(with_link("No link: javascript:alert(1)"));
    assert!(s.harness.query_all_by_label_contains("Open a page").next().is_none());
}
