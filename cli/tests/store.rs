//! The file that keeps the leads: held by another, full, foreign, or older.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod program;

use program::PROGRAM;
use program::server::{JSON, Server, id, page, started, stored};
use rusqlite::Connection;
use serde_json::json;
use std::path::Path;
use std::process::Command;

#[test]
fn a_store_that_another_program_holds_acknowledges_nothing() {
    let (folder, server) = started();
    let other = Connection::open(folder.path().join("leads.sqlite")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let answer = server.post(JSON, page(1, 1, 60).to_string());
    assert_eq!((answer.status, answer.header("retry-after")), (503, "5"));
    assert!(answer.body.contains("send it again"), "{answer:?}");
    assert_eq!(server.leads().len(), 0);
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(server.post(JSON, page(1, 1, 60).to_string()).id(), id(1));
    assert_eq!(stored(folder.path()), [id(1)]);
    assert_eq!(server.said().lines().count(), 1, "{}", server.said());
    assert!(server.said().contains("database is locked") && !server.said().contains("ana@"), "{}", server.said());
}

#[cfg(unix)]
#[test]
fn nobody_else_on_the_machine_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, server) = started();
    server.post(JSON, page(1, 1, 60).to_string());
    let files: Vec<_> = folder.path().read_dir().unwrap().map(Result::unwrap).collect();
    assert!(files.len() > 1, "its log lies beside it");
    for file in files {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.file_name());
    }
}

#[test]
fn a_store_that_cannot_be_read_is_said_to_visitors_and_in_the_log() {
    let (folder, server) = started();
    Connection::open(folder.path().join("leads.sqlite")).unwrap().execute_batch("DROP TABLE leads").unwrap();
    assert_eq!(server.get(&format!("/thanks?id={}", id(1))).status, 500);
    assert!(server.said().contains("the leads cannot be read: no such table"), "{}", server.said());
}

#[cfg(unix)]
#[test]
fn a_full_disk_acknowledges_nothing_that_is_not_stored() {
    let folder = tempfile::tempdir().unwrap();
    let mut shell = Command::new("sh");
    // No file of this process may grow past 128 KiB; without the trap that would end it.
    shell.args(["-c", "trap '' XFSZ; ulimit -f 256; exec \"$@\"", "sh", PROGRAM]);
    let server = Server::start_by(shell, folder.path(), &[]);
    let (mut acknowledged, mut refused) = (Vec::new(), 0);
    for n in 1..=200 {
        let answer = server.post(JSON, page(n, 1, 60).to_string());
        match answer.status {
            200 => acknowledged.push(answer.id()),
            503 => refused += 1,
            _ => panic!("{answer:?}"),
        }
    }
    assert!(!acknowledged.is_empty() && refused > 0, "{} {refused}", acknowledged.len());
    assert!(!server.said().contains("ana@"));
    drop(server);
    let server = Server::start(folder.path());
    let kept = stored(folder.path());
    assert!(acknowledged.iter().all(|id| kept.contains(id)));
    for n in 1..=200 {
        assert_eq!(server.post(JSON, page(n, 1, 60).to_string()).status, 200);
    }
    assert_eq!(stored(folder.path()), (1..=200).map(id).collect::<Vec<_>>());
}

#[test]
fn a_store_that_is_not_ours_or_newer_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("leads.sqlite");
    let refusal = |make: &str, words: &str| {
        let _ = std::fs::remove_file(&path);
        match make {
            "" => std::fs::write(&path, [b'x'; 4096]).unwrap(),
            make => Connection::open(&path).unwrap().execute_batch(make).unwrap(),
        }
        let ran = program::run(&["serve", "--pact", program::PACT, "--port", "0", "--db", path.to_str().unwrap()]);
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains("cannot keep leads in") && ran.stderr.contains(words), "{}", ran.stderr);
    };
    refusal("", "not a database");
    refusal("PRAGMA user_version = 3", "made by a newer leadpact");
    refusal("CREATE TABLE leads (id TEXT, received_at INTEGER)", "no such column: change");
    let nowhere = folder.path().join("no/such/folder.sqlite");
    let ran = program::run(&["serve", "--pact", program::PACT, "--port", "0", "--db", nowhere.to_str().unwrap()]);
    assert_eq!((ran.code, ran.stderr.contains("unable to open")), (2, true), "{}", ran.stderr);
}

/// The table as the first version made it, with a lead in it.
const OLD: &str = r#"
    CREATE TABLE leads (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, attempt INTEGER NOT NULL, received_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL, pact TEXT NOT NULL, answers TEXT NOT NULL, record TEXT,
        behaviour INTEGER NOT NULL, facts TEXT NOT NULL, assessment TEXT, sla TEXT, asked TEXT NOT NULL,
        differences TEXT NOT NULL
    ) STRICT;
    CREATE INDEX leads_by_time ON leads (received_at);
    PRAGMA user_version = 1;
    INSERT INTO leads VALUES (1, '00000000000000000000000000000001', 1, 1000, 1000, '{"id":"demo"}',
        '{"team":"3"}', NULL, 0, '{"team":3}', NULL, NULL, '[]', '[]');"#;

#[test]
fn leads_of_an_older_store_stay_and_are_replaced_by_their_ids() {
    let folder = tempfile::tempdir().unwrap();
    Connection::open(folder.path().join("leads.sqlite")).unwrap().execute_batch(OLD).unwrap();
    let server = Server::start(folder.path());
    assert_eq!(server.lead()["answers"], json!({"team": "3"}));
    let received = server.lead()["received_at"].clone();
    assert_eq!(server.post(JSON, page(1, 1, 60).to_string()).id(), id(1));
    let lead = server.lead();
    assert_eq!((&lead["answers"]["team"], &lead["received_at"]), (&json!("60"), &received));
}

/// Which write was the last of each lead, in the order of the writes.
fn changes(folder: &Path) -> Vec<(i64, String)> {
    let connection = Connection::open(folder.join("leads.sqlite")).unwrap();
    let mut find = connection.prepare("SELECT change, id FROM leads ORDER BY change").unwrap();
    find.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
}

#[test]
fn each_write_has_a_number_of_its_own_so_that_whoever_reads_on_misses_no_edit() {
    let folder = tempfile::tempdir().unwrap();
    Connection::open(folder.path().join("leads.sqlite")).unwrap().execute_batch(OLD).unwrap();
    let server = Server::start(folder.path());
    server.post(JSON, page(2, 1, 60).to_string());
    server.post(JSON, page(3, 2, 60).to_string());
    assert_eq!(changes(folder.path()), [(1, id(1)), (2, id(2)), (3, id(3))]);
    server.post(JSON, page(2, 2, 60).to_string());
    // An older attempt changes nothing.
    server.post(JSON, page(3, 1, 60).to_string());
    assert_eq!(changes(folder.path()), [(1, id(1)), (3, id(3)), (4, id(2))]);
    erase(folder.path(), &[&id(1)]);
    assert_eq!(changes(folder.path()), [(3, id(3)), (4, id(2)), (5, id(1))]);
}

fn erase(folder: &Path, which: &[&str]) -> program::Ran {
    let db = folder.join("leads.sqlite");
    program::run(&[&["erase", "--db", db.to_str().unwrap()], which].concat())
}

#[test]
fn of_an_erased_lead_nothing_that_was_said_is_left_in_any_file() {
    let (folder, mut server) = started();
    let lead = page(1, 1, 60).to_string();
    assert!(lead.contains("ana@"));
    server.post(JSON, lead);
    server.post(JSON, page(2, 1, 60).to_string().replace("ana@", "bob@"));
    let ran = erase(folder.path(), &[&id(1)]);
    assert_eq!((ran.code, ran.stdout, ran.stderr), (0, format!("{}\n", id(1)), String::new()));
    assert_eq!(server.leads().iter().map(|lead| lead["id"].clone()).collect::<Vec<_>>(), [json!(id(2))]);
    assert_eq!(server.get(&format!("/leads.json?id={}", id(1))).body, "[]");
    assert_eq!(server.get(&format!("/thanks?id={}", id(1))).status, 404);
    let nowhere = || {
        for file in folder.path().read_dir().unwrap().map(Result::unwrap) {
            let bytes = std::fs::read(file.path()).unwrap();
            assert!(!bytes.windows(4).any(|part| part == b"ana@"), "{:?}", file.file_name());
        }
    };
    nowhere(); // while the server runs on
    server.tell_to_stop();
    server.child.wait().unwrap();
    nowhere();
}

#[test]
fn where_somebody_reads_the_store_it_is_said_that_its_log_still_holds_what_was_erased() {
    let (folder, server) = started();
    server.post(JSON, page(1, 1, 60).to_string());
    let reader = Connection::open(folder.path().join("leads.sqlite")).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM leads").unwrap();
    let ran = erase(folder.path(), &[&id(1)]);
    assert_eq!((ran.code, ran.stdout), (1, format!("{}\n", id(1))));
    assert!(ran.stderr.contains("log still holds"), "{}", ran.stderr);
}

#[test]
fn a_lead_is_found_by_the_address_in_its_record_and_named_once() {
    let (folder, server) = started();
    server.post(JSON, page(1, 1, 60)["leadpact"].to_string());
    let store = Connection::open(folder.path().join("leads.sqlite")).unwrap();
    // As where it could not be assessed.
    store.execute_batch("UPDATE leads SET facts = '{}', answers = '{}'").unwrap();
    let ran = erase(folder.path(), &[&id(1), "--email", "ANA@example.com"]);
    assert_eq!((ran.code, ran.stdout, ran.stderr), (0, format!("{}\n", id(1)), String::new()));
}

#[test]
fn no_file_but_a_store_of_this_version_is_erased_in() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("leads.sqlite");
    for (make, words) in [("CREATE TABLE notes (id TEXT)", "it is no store of leads"), (OLD, "its version is 1")] {
        let _ = std::fs::remove_file(&path);
        Connection::open(&path).unwrap().execute_batch(make).unwrap();
        let before = std::fs::read(&path).unwrap();
        let ran = erase(folder.path(), &[&id(1)]);
        assert_eq!((ran.code, ran.stderr.contains(words)), (2, true), "{}", ran.stderr);
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
}

#[test]
fn a_retry_brings_no_erased_lead_back_and_what_is_edited_and_sent_anew_does() {
    let (folder, server) = started();
    server.post(JSON, page(1, 2, 60).to_string());
    erase(folder.path(), &[&id(1)]);
    for attempt in [1, 2] {
        assert_eq!(server.post(JSON, page(1, attempt, 60).to_string()).id(), id(1));
    }
    assert_eq!(server.post_form(&[("leadpact_id", &id(1)), ("email", "ana@example.com")]).id(), id(1));
    assert_eq!(server.leads().len(), 0);
    assert_eq!(server.post(JSON, page(1, 3, 60).to_string()).id(), id(1));
    assert_eq!(server.lead()["attempt"], 3);
}

#[test]
fn leads_are_erased_by_id_by_address_and_by_age_and_what_is_not_there_is_said() {
    let (folder, server) = started();
    for n in 1..=4 {
        server.post(JSON, page(n, 1, 60).to_string().replace("ana@", if n == 4 { "bob@" } else { "Ana@" }));
    }
    let ran = erase(folder.path(), &[&id(9), &id(3)]);
    assert_eq!((ran.code, ran.stdout), (1, format!("{}\n", id(3))));
    assert!(ran.stderr.contains(&format!("no lead is stored with `{}`", id(9))), "{}", ran.stderr);
    let ran = erase(folder.path(), &["--email", " ana@EXAMPLE.com"]);
    assert_eq!((ran.code, ran.stdout), (0, format!("{}\n{}\n", id(1), id(2))));
    assert_eq!(erase(folder.path(), &["--older-than", "1"]).stdout, "");
    let aged = Connection::open(folder.path().join("leads.sqlite")).unwrap();
    aged.execute_batch("UPDATE leads SET updated_at = updated_at - 2 * 86400000").unwrap();
    assert_eq!(erase(folder.path(), &["--older-than", "1"]).stdout, format!("{}\n", id(4)));
    assert_eq!(server.leads().len(), 0);
}

#[test]
fn nothing_is_erased_where_nothing_is_named_or_there_is_no_store() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(erase(folder.path(), &[]).code, 2);
    for address in ["", " ", "large", "@", "ana@"] {
        let ran = erase(folder.path(), &["--email", address]);
        assert_eq!((ran.code, ran.stderr.contains("expected an address")), (2, true), "{}", ran.stderr);
    }
    let ran = erase(folder.path(), &[&id(1)]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("there is no such file"), "{}", ran.stderr);
    assert!(!folder.path().join("leads.sqlite").exists());
}
