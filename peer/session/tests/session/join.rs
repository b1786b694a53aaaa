use deskside_session::{BadTarget, JoinTarget, LinkSecret, QueueTarget};
use proptest::prelude::*;

const SECRET: &str = "AAECAwQFBgcICQoLDA0ODw";

#[test]
fn numbers_and_links() {
    let t = JoinTarget::parse(" 123 456 789 ").unwrap();
    assert_eq!((t.number.get(), t.server, t.secret), (123_456_789, None, None));
    let secret = LinkSecret::from_text(SECRET);
    for (text, server) in [
        (format!("https://help.example/join/123456789#{SECRET}"), "https://help.example"),
        (format!("HTTPS://Help.Example:8443/join/123456789/#{SECRET}"), "https://help.example:8443"),
        (format!("deskside://help.example/join/123456789#{SECRET}"), "https://help.example"),
        (format!("http://127.0.0.1:8080/join/123456789#{SECRET}"), "http://127.0.0.1:8080"),
        (format!("https://[::1]:8080/join/123456789#{SECRET}"), "https://[::1]:8080"),
    ] {
        let t = JoinTarget::parse(&text).unwrap();
        assert_eq!((t.number.get(), t.server.as_deref()), (123_456_789, Some(server)));
        assert_eq!(t.secret, secret);
    }
    let t = JoinTarget::parse("https://help.example/join/123456789").unwrap();
    assert_eq!(t.secret, None);
}

#[test]
fn links_to_queues() {
    for (text, server) in [
        ("https://help.example/queue/printers-2", "https://help.example"),
        (" deskside://Help.Example:8443/queue/printers-2/ ", "https://help.example:8443"),
        ("http://127.0.0.1:8080/queue/printers-2", "http://127.0.0.1:8080"),
    ] {
        let t = QueueTarget::parse(text).unwrap();
        assert_eq!((t.server.as_str(), t.queue.as_str()), (server, "printers-2"));
        assert!(JoinTarget::parse(text).is_err());
    }
    for text in [
        "printers-2",
        "https://help.example/queue/",
        "https://help.example/queue/No Name",
        "https://help.example/queue/a#b",
        "https://help.example/queue/a?b",
        "https://user@help.example/queue/a",
        "ftp://help.example/queue/a",
        "https://help.example/join/123456789",
    ] {
        assert_eq!(QueueTarget::parse(text), None, "{text}");
    }
}

#[test]
fn hostile_texts() {
    use BadTarget::{Link, Number, Secret};
    let long = format!("https://{}/join/123456789", "a".repeat(600));
    for (text, error) in [
        ("", Number),
        ("12345678", Number),
        ("1234567890", Number),
        ("012 345 678", Number),
        ("１２３４５６７８９", Number),
        ("123456789#AAECAwQFBgcICQoLDA0ODw", Number),
        ("javascript:alert(1)", Number),
        ("file:///join/123456789", Link),
        ("ftp://help.example/join/123456789", Link),
        ("https://", Link),
        ("https:///join/123456789", Link),
        ("https://help.example", Link),
        ("https://help.example/", Link),
        ("https://help.example/join/12345678", Link),
        ("https://help.example/join/123 456 789", Link),
        ("https://help.example/join/012345678", Link),
        ("https://help.example/join/123456789?x=1", Link),
        ("https://help.example/join/../join/123456789", Link),
        ("https://help.example//join/123456789", Link),
        ("https://user@help.example/join/123456789", Link),
        ("https://good.example\\@evil.example/join/123456789", Link),
        ("https://help.example:0/join/123456789", Link),
        ("https://help.example:99999/join/123456789", Link),
        ("https://help.example:/join/123456789", Link),
        ("https://help..example/join/123456789", Link),
        ("https://-help.example/join/123456789", Link),
        ("https://help.example%2f/join/123456789", Link),
        ("https://hélp.example/join/123456789", Link),
        ("https://[::1/join/123456789", Link),
        ("https://[::g]/join/123456789", Link),
        ("https://[::1]x/join/123456789", Link),
        ("https://a\nb/join/123456789", Link),
        // A damaged secret is not taken for none.
        ("https://help.example/join/123456789#", Secret),
        ("https://help.example/join/123456789#AAECAwQFBgcICQoLDA0OD", Secret),
        ("https://help.example/join/123456789#AAECAwQFBgcICQoLDA0ODx", Secret),
        ("https://help.example/join/123456789#AAECAwQFBgcICQoLDA0ODw==", Secret),
        ("https://help.example/join/123456789#AAECAwQFBgcICQoLDA0O/w", Secret),
        (&long, Number),
    ] {
        assert_eq!(JoinTarget::parse(text), Err(error), "{text}");
    }
}

proptest! {
    #[test]
    fn never_panics(text in "\\PC{0,80}", tail in "[a-z0-9:/#@.\\[\\]-]{0,80}") {
        let _ = JoinTarget::parse(&text);
        let _ = JoinTarget::parse(&format!("https://{tail}"));
    }
}
