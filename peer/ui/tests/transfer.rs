//! An agent passes a session on, in the window.

mod samples;
mod shown;

use deskside_session::app::{AppOnly, AppView, Screen, TransferView, transfers::TransferTo};
use eframe::egui::{Event, Key, accesskit::Role as Access};
use egui_kittest::kittest::Queryable as _;
use shown::show;

fn in_session() -> AppView {
    let view = samples::in_session(samples::agent(samples::code()));
    AppView { desk: Some(samples::desk::desk()), ..view }
}

#[test]
fn a_session_is_offered_to_colleagues_with_a_message_and_withdrawn() {
    let mut s = show(in_session());
    s.click("Transfer…");
    s.must("Transfer this session");
    s.must("0 / 345");
    s.must_not("Sam Okafor");
    s.choose(Access::MenuItemRadio, "Mail");
    s.choose(Access::MenuItemRadio, "Bo Lind");
    s.choose(Access::MenuItemRadio, "Chiara Conti");
    s.harness.get_by_role_and_label(Access::MultilineTextInput, "Message for whoever takes it").focus();
    s.harness.run_ok();
    s.harness.event(Event::Text("é".repeat(346)));
    s.harness.run_ok();
    s.must("346 / 345");
    s.click("Offer");
    assert_eq!(s.told(), []);
    s.harness.get_by_role_and_label(Access::MultilineTextInput, "Message for whoever takes it").focus();
    s.harness.run_ok();
    s.key(Key::Backspace);
    s.click("Offer");
    let to = TransferTo::Agents(vec!["Bo Lind".into(), "Chiara Conti".into()]);
    assert_eq!(s.told(), [AppOnly::Transfer { to, message: "é".repeat(345) }.into()]);
    let mut view = in_session();
    if let Screen::Session { transfer, .. } = &mut view.screen {
        *transfer = Some(TransferView::Offered);
    }
    s.set(view);
    s.must_not("Transfer…");
    s.click("Withdraw the offer");
    assert_eq!(s.told(), [AppOnly::WithdrawTransfer.into()]);
}
