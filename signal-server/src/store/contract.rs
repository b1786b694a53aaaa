//! One test of what a store promises, run on each engine.

use super::{Batch, MemoryStore, Outcome, SledStore, Step, Store, Table};

fn put(table: Table, key: &str, value: &str) -> Step {
    Step::Put(table, key.into(), value.into())
}

fn expect(table: Table, key: &str, value: Option<&str>) -> Step {
    Step::Expect(table, key.into(), value.map(Into::into))
}

fn contract(store: &dyn Store) {
    let get = |table, key: &str| store.get(table, key.as_bytes()).unwrap();
    assert_eq!(get(Table::Meta, "a"), None);
    assert_eq!(store.scan(Table::Meta).unwrap(), vec![]);
    assert_eq!(store.commit(&[]).unwrap(), vec![]);

    // Tables do not see each other, order is by key.
    let batch: Batch = vec![
        put(Table::Meta, "b", "2"),
        put(Table::Meta, "a", "1"),
        put(Table::Accounts, "a", "other"),
        put(Table::Meta, "", "empty key"),
    ];
    assert_eq!(store.commit(&[batch]).unwrap(), vec![Outcome::Done]);
    assert_eq!(get(Table::Meta, "a").as_deref(), Some(&b"1"[..]));
    let rows = store.scan(Table::Meta).unwrap();
    let keys: Vec<&[u8]> = rows.iter().map(|(k, _)| k.as_slice()).collect();
    assert_eq!(keys, [&b""[..], b"a", b"b"]);
    assert_eq!(store.scan(Table::Tokens).unwrap(), vec![]);
    let first = |prefix: &str, most| {
        let rows = store.first(Table::Meta, prefix.as_bytes(), most).unwrap();
        rows.into_iter().map(|(key, _)| String::from_utf8(key).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(first("a", 9), ["a"]);
    assert_eq!(first("", 2), ["", "a"]);
    assert!(first("x", 9).is_empty());

    // A batch whose condition fails leaves nothing; the others of the same commit go through, in order.
    let outcomes = store
        .commit(&[
            vec![expect(Table::Meta, "new", None), put(Table::Meta, "new", "first")],
            vec![
                put(Table::Meta, "a", "lost"),
                expect(Table::Meta, "new", None),
                put(Table::Meta, "x", "lost"),
            ],
            vec![expect(Table::Meta, "new", Some("first")), put(Table::Meta, "new", "second")],
            vec![Step::Delete(Table::Meta, b"b".to_vec()), Step::Delete(Table::Meta, b"never was".to_vec())],
        ])
        .unwrap();
    assert_eq!(outcomes, [Outcome::Done, Outcome::Conflict, Outcome::Done, Outcome::Done]);
    assert_eq!(get(Table::Meta, "a").as_deref(), Some(&b"1"[..]));
    assert_eq!(get(Table::Meta, "x"), None);
    assert_eq!(get(Table::Meta, "new").as_deref(), Some(&b"second"[..]));
    assert_eq!(get(Table::Meta, "b"), None);
    assert_eq!(get(Table::Accounts, "a").as_deref(), Some(&b"other"[..]));

    // Steps of one batch run in their order.
    let again = vec![put(Table::Meta, "y", "1"), Step::Delete(Table::Meta, b"y".to_vec())];
    store.commit(&[again]).unwrap();
    assert_eq!(get(Table::Meta, "y"), None);

    // Values of some size.
    let large = vec![7u8; 14_000];
    store.commit(&[vec![Step::Put(Table::Sessions, b"s".to_vec(), large.clone())]]).unwrap();
    assert_eq!(store.get(Table::Sessions, b"s").unwrap(), Some(large));
}

#[test]
fn memory_keeps_the_contract() {
    contract(&MemoryStore::default());
}

#[test]
fn sled_keeps_the_contract_and_the_data() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data");
    {
        let store = SledStore::open(&path, 8 << 20).unwrap();
        contract(&store);
        assert!(SledStore::open(&path, 8 << 20).is_err(), "one process at a time");
    }
    let store = SledStore::open(&path, 8 << 20).unwrap();
    assert_eq!(store.get(Table::Meta, b"new").unwrap().as_deref(), Some(&b"second"[..]));
    assert_eq!(store.scan(Table::Meta).unwrap().len(), 3);
}

/// Two makers of the same thing: exactly one wins.
#[test]
fn of_racing_writers_one_wins() {
    let dir = tempfile::tempdir().unwrap();
    let engines: [&(dyn Store + Sync); 2] =
        [&MemoryStore::default(), &SledStore::open(&dir.path().join("data"), 8 << 20).unwrap()];
    for store in engines {
        let wins: usize = std::thread::scope(|scope| {
            let race = |me: u8| {
                let claim = vec![
                    Step::Expect(Table::Meta, b"admin".to_vec(), None),
                    Step::Put(Table::Meta, b"admin".to_vec(), vec![me]),
                ];
                scope.spawn(move || store.commit(&[claim]).unwrap() == [Outcome::Done])
            };
            let racers: Vec<_> = (0..8).map(race).collect();
            racers.into_iter().filter_map(|r| r.join().ok()).filter(|won| *won).count()
        });
        assert_eq!(wins, 1);
    }
}
