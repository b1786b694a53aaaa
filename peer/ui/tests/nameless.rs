//! People who gave no name, and news from both sides of a question.

use deskside_session::{
    Role,
    command::Act,
    view::{Notice, Refusal},
};
use deskside_ui::{Language, Texts, notice_words};

fn words(language: Language, me: Role, notice: &Notice) -> String {
    notice_words(&Texts::new(language).expect("words"), me, notice)
}

#[test]
fn who_gave_no_name_has_a_word_in_its_place() {
    let joined = Notice::Joined { name: " \u{200b} ".into() };
    let (english, french) =
        (words(Language::English, Role::Primary, &joined), words(Language::French, Role::Primary, &joined));
    assert!(english.starts_with("Customer "), "{english}");
    assert!(french.starts_with("Client "), "{french}");
    let named = Notice::Joined { name: "Zoé".into() };
    assert!(words(Language::French, Role::Primary, &named).starts_with("Zoé "));
}

#[test]
fn silence_is_told_to_each_side_in_its_own_words() {
    let silence = Notice::NoAnswer { act: Act::View };
    assert!(words(Language::English, Role::Customer, &silence).starts_with("You did not answer"));
    assert!(words(Language::English, Role::Primary, &silence).starts_with("Nobody answered"));
}

#[test]
fn who_is_turned_away_is_named_with_the_reason() {
    let away = Notice::TurnedAway { name: "Luc".into(), reason: Refusal::Secret };
    let said = words(Language::English, Role::Primary, &away);
    assert!(said.contains("Luc") && said.contains("secret of the link"), "{said}");
}
