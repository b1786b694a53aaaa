//! What is offered after a session.

mod samples;
mod shown;

use deskside_session::{
    Role,
    app::{AppOnly, Ending, Screen},
};
use shown::show;

#[test]
fn a_receipt_is_saved_when_there_is_a_log() {
    let ended = |log: Option<&str>, receipt: Option<&str>| {
        let (role, ending, number) = (Role::Customer, Ending::EndedByAgent, samples::number());
        let (log, receipt) = (log.map(str::to_owned), receipt.map(str::to_owned));
        samples::app(Screen::Ended { role, ending, number, notes: None, log, receipt }, None)
    };
    let mut s = show(ended(None, None));
    s.must_not("Save a receipt");
    s.set(ended(Some("/home/ana/x.log"), None));
    s.click("Save a receipt");
    assert_eq!(s.told(), [AppOnly::SaveReceipt { path: None }.into()]);
    s.set(ended(Some("/home/ana/x.log"), Some("/home/ana/Documents/x.html")));
    s.must_not("Save a receipt");
    s.must("The receipt is saved: /home/ana/Documents/x.html");
}
