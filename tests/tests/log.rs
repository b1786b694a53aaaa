//! X3: the log of acts, held by both sides; a flipped byte is noticed; a page says in words what was done.

use std::{
    path::{Path, PathBuf},
    process::{Command as Program, Output},
};

use deskside_session::{
    acts::{Log, Tail, What},
    app::{AppOnly, Screen},
    command::{Act, Command},
    view::{LinkView, Notice, View},
};
use deskside_tests::{
    Peer, Scene,
    peer::{Line, Start},
    programs,
    scene::secure,
    until,
};

fn logs(peer: &Peer) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(peer.home().join("logs")).into_iter().flatten().flatten();
    entries.map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "log")).collect()
}

#[track_caller]
fn log_of(peer: &Peer) -> PathBuf {
    let all = logs(peer);
    assert_eq!(all.len(), 1, "{all:?}\n{}", peer.story());
    all[0].clone()
}

/// `None` while a line of it is being written.
fn read(file: &Path) -> Option<Log> {
    Log::read(&std::fs::read(file).ok()?).ok()
}

fn deskside(args: &[&str]) -> Output {
    let mut program = Program::new(programs::deskside());
    program.arg("log").args(args).env("DESKSIDE_LANG", "en");
    program.output().expect("the program ran")
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn path(file: &Path) -> &str {
    file.to_str().expect("a path in plain letters")
}

/// Waits for the agent's word on the last entry.
#[track_caller]
fn wait_signed(file: &Path, fits: impl Fn(&Log) -> bool) {
    until("the agent's word on the last entry", || {
        let log = read(file)?;
        let signed =
            |r: &deskside_session::acts::Record| r.answer.as_ref().is_some_and(|a| a.signature.is_some());
        (fits(&log) && log.records().iter().all(signed)).then_some(())
    });
}

/// What stood when the last entry was written.
fn held(log: &Log) -> Vec<Act> {
    log.standing().grants.iter().map(|(_, act)| *act).collect()
}

#[test]
fn both_sides_hold_the_same_signed_log_and_a_change_is_noticed() {
    let mut scene = Scene::controlling();
    let names = [&scene.agent, &scene.customer].map(|p| p.session().expect("a session"));
    let agent_name = names[1].others[0].name.clone();
    scene.customer.tell(Command::Revoke { act: None });
    scene.agent.wait_session("no grant", |s| s.grants.is_empty());
    let (theirs, mine) = (log_of(&scene.agent), log_of(&scene.customer));
    wait_signed(&mine, |log| held(log).is_empty());
    scene.agent.tell(Command::End);
    let ended = scene.agent.wait("the end", |v| matches!(v.screen, Screen::Ended { .. }));
    let Screen::Ended { log: shown, .. } = ended.screen else { unreachable!("it ended") };
    assert_eq!(shown.as_deref().map(Path::new), Some(theirs.as_path()));
    assert!(scene.customer.wait_exit().success());

    let (copy, own) = (read(&theirs).expect("sound"), read(&mine).expect("sound"));
    assert_eq!(copy.against(&own), Tail::EndedBefore { missing: 1 }, "but for the end");
    assert!(own.is_closed() && copy.is_closed());
    let whats: Vec<_> = own.records().iter().map(|r| &r.entry.what).collect();
    for what in [What::Control { on: true }, What::Control { on: false }] {
        assert!(whats.contains(&&what), "{what:?} in {whats:?}");
    }

    for (file, other) in [(&mine, &theirs), (&theirs, &mine)] {
        let found = deskside(&["verify", path(file), "--against", path(other)]);
        assert!(found.status.success(), "{}", text(&found));
    }
    let bytes = std::fs::read(&mine).expect("the log");
    let bad = scene.customer.home().join("bad.log");
    for i in [10, bytes.len() / 3, bytes.len() / 2, bytes.len() - 3] {
        let mut changed = bytes.clone();
        changed[i] ^= 1;
        std::fs::write(&bad, &changed).expect("written");
        let found = deskside(&["verify", path(&bad)]);
        let line = 1 + bytes[..i].iter().filter(|b| **b == b'\n').count();
        assert_eq!(found.status.code(), Some(1), "byte {i}");
        assert!(text(&found).starts_with(&format!("Line {line} is wrong")), "{}", text(&found));
    }
    // Without its last lines it is a sound chain; the other copy shows that they are missing.
    let half = bytes[..bytes.len() / 2].iter().rposition(|b| *b == b'\n').expect("a line") + 1;
    std::fs::write(&bad, &bytes[..half]).expect("written");
    let alone = deskside(&["verify", path(&bad)]);
    assert!(alone.status.success() && text(&alone).contains("has no end"), "{}", text(&alone));
    let found = deskside(&["verify", path(&bad), "--against", path(&theirs)]);
    assert_eq!(found.status.code(), Some(1));
    assert!(text(&found).contains("was cut off"), "{}", text(&found));

    let page = text(&deskside(&["receipt", path(&mine)]));
    let organisation = names[0].organisation.clone();
    let number = names[0].number.to_string();
    let fingerprint = own.fingerprint();
    for said in [&*agent_name, &organisation, &number, "Use your mouse and keyboard", &fingerprint] {
        assert!(page.contains(said), "{said} is not in {page}");
    }
    let french = text(&deskside(&["receipt", path(&mine), "--language", "fr"]));
    assert!(french.contains("Utiliser votre souris") && french.contains(&agent_name), "{french}");

    let from = scene.agent.printed();
    let to = scene.agent.home().join("receipt.html");
    scene.agent.tell(AppOnly::SaveReceipt { path: Some(path(&to).into()) });
    let saved = scene.agent.wait_line("a receipt", from, |l| match l {
        Line::Receipt { path } => Some(path),
        _ => None,
    });
    assert_eq!(Path::new(&saved), to);
    let own_page = std::fs::read_to_string(&to).expect("the page");
    assert!(own_page.contains(&agent_name) && !own_page.contains("does not say how"), "{own_page}");
    assert!(own_page.contains("Both sides signed every entry"), "{own_page}");
    let listed = Program::new(programs::deskside())
        .args(["log", "list", "--home", path(&scene.agent.home())])
        .env("DESKSIDE_LANG", "en")
        .output()
        .expect("the program ran");
    assert!(text(&listed).contains(&number) && text(&listed).contains(path(&theirs)), "{}", text(&listed));
}

#[test]
fn the_log_goes_on_after_the_customers_program_was_killed() {
    let mut scene = Scene::controlling();
    let before = read(&log_of(&scene.customer)).expect("sound").len();
    scene.customer.kill();
    let lost = |s: &View| s.others.iter().any(|o| o.link == LinkView::Lost);
    scene.agent.wait_session("the loss", lost);
    let Scene { agent, customer, server, desk } = scene;
    let customer = customer.again(&server, Some(&desk)).start();
    customer.wait_session("the agent", secure);
    let mut scene = Scene { agent, customer, server, desk };
    let (theirs, mine) = (log_of(&scene.agent), log_of(&scene.customer));
    until("both say that control ended with the program", || {
        let (own, copy) = (read(&mine)?, read(&theirs)?);
        let resumed = own.records().iter().skip(before as usize).any(|r| r.entry.what == What::Resumed);
        let ended = held(&own) == [Act::View];
        (resumed && ended && copy.against(&own) == Tail::Whole { more: 0 }).then_some(())
    });
    scene.take_control();
    until("both say that it was allowed again", || {
        let (own, copy) = (read(&mine)?, read(&theirs)?);
        let again = held(&own) == [Act::View, Act::Control];
        (again && copy.against(&own) == Tail::Whole { more: 0 }).then_some(())
    });
}

#[test]
fn the_receipt_names_other_customers_who_could_see() {
    let mut scene = Scene::viewing();
    let number = scene.agent.session().expect("a session").number.to_string();
    let zoe = Start::new("second", scene.server.url(), None).join(&number).arg("--name").arg("Zoe").start();
    let all =
        |s: &View| s.others.len() == 2 && s.others.iter().all(|o| matches!(o.link, LinkView::Secure { .. }));
    let id = zoe.wait_session("a secure session", all).me;
    for peer in [&scene.agent, &scene.customer] {
        peer.wait_session("all secure", all);
    }
    scene.agent.tell(Command::Admit { id, admitted: true });
    scene.customer.wait_session("whom it may let see", |s| s.excluded == [id]);
    scene.customer.tell(Command::Exclude { id, excluded: false });
    zoe.wait_session("a sharing", |s| s.sharing.is_some());
    let mine = log_of(&scene.customer);
    scene.agent.tell(Command::End);
    assert!(scene.customer.wait_exit().success());
    for (language, said) in
        [("en", "Other customers who could see it: Zoe"), ("fr", "Autres clients qui ont pu le voir")]
    {
        let page = text(&deskside(&["receipt", path(&mine), "--language", language]));
        assert!(page.contains(said), "{said} is not in {page}");
    }
}

#[test]
fn a_full_disk_is_said_and_the_log_is_whole_once_there_is_room() {
    let mut scene = Scene::viewing();
    let mine = log_of(&scene.customer);
    wait_signed(&mine, |log| held(log) == [Act::View]);
    let aside = mine.with_extension("aside");
    // What is written there from now on fails as on a full disk.
    std::fs::rename(&mine, &aside).expect("moved");
    std::os::unix::fs::symlink("/dev/full", &mine).expect("linked");
    let news = |wanted: Notice| move |s: &View| s.notice.as_ref().is_some_and(|(_, n)| *n == wanted);
    scene.agent.tell(Command::Ask { act: Act::Control });
    scene.customer.wait_session("that the log is not kept", news(Notice::LogNotKept));
    // That is no reason not to help.
    scene.customer.answer(Act::Control, true);
    scene.agent.wait_session("control", |s| s.grants.iter().any(|g| g.act == Act::Control));
    // In one step: what waits may be tried again at any time.
    std::fs::rename(&aside, &mine).expect("moved back");
    scene.customer.tell(Command::Revoke { act: None });
    scene.customer.wait_session("that it is kept again", news(Notice::LogKept));
    scene.agent.tell(Command::End);
    assert!(scene.customer.wait_exit().success());
    let whats: Vec<_> =
        read(&mine).expect("a sound log").records().iter().map(|r| r.entry.what.clone()).collect();
    for what in [What::Asked { act: Act::Control }, What::Control { on: true }, What::Control { on: false }] {
        assert!(whats.contains(&what), "{what:?} in {whats:?}");
    }
    let found = deskside(&["verify", path(&mine), "--against", path(&log_of(&scene.agent))]);
    assert!(found.status.success(), "{}", text(&found));
}
