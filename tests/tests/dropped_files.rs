//! Files that are dragged onto the agent's window go to the customer, who is asked.

use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf};

use deskside_session::{
    app::AppOnly,
    command::{Act, Command},
    files::Stopped,
    view::{Notice, View},
};
use deskside_tests::{Display, Peer, Server, drag::drop_files, peer::Start, scene::secure, until};

struct Two {
    agent: Peer,
    customer: Peer,
    office: Display,
    _desk: Display,
    _server: Server,
}

/// The agent has its windows and sees the customer's screen.
fn two() -> Two {
    let server = Server::start();
    let (office, desk) = (Display::start(1280, 900, "us"), Display::start(800, 600, "us"));
    let mut agent = Start::new("agent", server.url(), Some(&office)).agent().windows().start();
    let number = agent.wait_session("a number", |_| true).number.to_string();
    let mut customer = Peer::customer(&server, Some(&desk), &number);
    agent.wait_session("the customer", secure);
    customer.wait_session("the agent", secure);
    agent.tell(Command::Ask { act: Act::View });
    customer.answer(Act::View, true);
    agent.wait_picture("a picture", |p| p.width == 800);
    Two { agent, customer, office, _desk: desk, _server: server }
}

fn downloads(peer: &Peer) -> PathBuf {
    peer.home().parent().unwrap().join("Downloads")
}

fn sample(two: &Two) -> Vec<PathBuf> {
    let folder = two.office.file("a folder");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("inner.txt"), "inner").unwrap();
    fs::write(two.office.file("report.pdf"), vec![7; 300_000]).unwrap();
    vec![two.office.file("report.pdf"), folder]
}

fn notice(fits: impl Fn(&Notice) -> bool) -> impl Fn(&View) -> bool {
    move |s| s.notice.as_ref().is_some_and(|(_, n)| fits(n))
}

#[test]
fn files_dropped_on_the_picture_go_to_the_customers_downloads() {
    let mut two = two();
    let paths = sample(&two);
    fs::create_dir_all(downloads(&two.customer)).unwrap();
    fs::write(downloads(&two.customer).join("report.pdf"), "the customer's own").unwrap();
    let window = two.office.window("Deskside");
    let (left, top, width, height) = two.office.place(window);
    let middle = (left + (width / 3) as i16, top + (height / 2) as i16);
    assert!(drop_files(&two.office, middle, &paths), "the window takes them");
    let asked = two.customer.wait_session("the question", |s| s.prompt.is_some()).prompt.unwrap();
    let files = asked.files.unwrap();
    assert_eq!((asked.act, files.files, files.bytes, files.more), (Act::SendFiles, 2, 300_005, 0));
    assert_eq!(files.names, ["report.pdf", "a folder/"]);
    assert_eq!(fs::read_dir(downloads(&two.customer)).unwrap().count(), 1, "nothing before the answer");
    two.customer.answer(Act::SendFiles, true);
    two.customer.wait_session("they came", |s| s.files.iter().any(|f| f.over));
    let at = |name: &str| downloads(&two.customer).join(name);
    assert_eq!(fs::read_to_string(at("report.pdf")).unwrap(), "the customer's own");
    assert_eq!(fs::read(at("report (2).pdf")).unwrap(), vec![7; 300_000]);
    assert_eq!(fs::read_to_string(at("a folder/inner.txt")).unwrap(), "inner");
    let mode = fs::metadata(at("report (2).pdf")).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode, fs::read_dir(downloads(&two.customer)).unwrap().count()), (0o600, 3));
    two.agent
        .wait_session("the news", notice(|n| matches!(n, Notice::FilesMoved { sent: true, files: 2, .. })));
    two.customer.wait_session("the leave is over", |s| s.grants.iter().all(|g| g.act != Act::SendFiles));
}

#[test]
fn refused_and_stopped_files_leave_nothing_behind() {
    let mut two = two();
    let paths: Vec<_> = sample(&two).iter().map(|p| p.to_string_lossy().into_owned()).collect();
    two.agent.tell(AppOnly::SendFiles { paths });
    two.customer.answer(Act::SendFiles, false);
    two.agent.wait_session("the refusal", notice(|n| matches!(n, Notice::Refused { act: Act::SendFiles })));
    // Large enough that it cannot be over before it is stopped.
    let huge = two.office.file("huge.img");
    fs::File::create(&huge).unwrap().set_len(4 << 30).unwrap();
    let customer = &mut two.customer;
    until("asked again after the pause", || {
        two.agent.tell(AppOnly::SendFiles { paths: vec![huge.to_string_lossy().into_owned()] });
        let open = || customer.session().is_some_and(|s| s.prompt.is_some()).then_some(());
        deskside_tests::wait::within(std::time::Duration::from_secs(1), open)
    });
    two.customer.answer(Act::SendFiles, true);
    let moving = two.customer.wait_session("progress", |s| s.files.iter().any(|f| f.done > 1 << 20));
    two.customer.tell(Command::StopFiles { id: moving.files[0].id });
    let cancelled = |n: &Notice| matches!(n, Notice::FilesStopped { stopped: Stopped::Cancelled, .. });
    two.agent.wait_session("the reason", notice(cancelled));
    until("nothing is left", || {
        (fs::read_dir(downloads(&two.customer)).map_or(0, |d| d.count()) == 0).then_some(())
    });
}
