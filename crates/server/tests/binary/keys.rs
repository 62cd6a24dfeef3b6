//! `warmfront keys`, beside a server that runs and without one.

use std::path::Path;

use crate::api::Api;
use crate::process::{Server, command, complaint, keys, keys_json, until};

/// A server that keeps its keys in the directory, and its first key pair.
fn start(directory: &Path) -> (Server, String, String) {
    let server = Server::spawn(&mut command("serve", directory, &[]));
    let shown = |name: &str| {
        let start = server.greeting.find(&format!("{name}=")).unwrap() + name.len() + 1;
        server.greeting[start..].split_whitespace().next().unwrap().to_owned()
    };
    let (id, secret) = (shown("AWS_ACCESS_KEY_ID"), shown("AWS_SECRET_ACCESS_KEY"));
    (server, id, secret)
}

fn pair(made: &serde_json::Value) -> (String, String) {
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    (text("accessKeyId"), text("secretAccessKey"))
}

fn status(server: &Server, (id, secret): (&str, &str), method: &str) -> u16 {
    Api::with(server.api, id, secret).call(method, "distribution", None, "").status
}

fn lists(server: &Server, id: &str, secret: &str) -> bool {
    status(server, (id, secret), "GET") == 200
}

#[test]
fn a_key_that_is_made_while_the_server_runs_opens_it_at_once_with_its_role() {
    let directory = tempfile::tempdir().unwrap();
    let (server, ..) = start(directory.path());
    let reader = pair(&keys_json(directory.path(), &["create", "--role", "read-only", "--name", "monitor"]));
    let reader = (reader.0.as_str(), reader.1.as_str());
    assert_eq!(status(&server, reader, "GET"), 200);
    let refused = Api::with(server.api, reader.0, reader.1).call("POST", "distribution", None, "");
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("<Code>AccessDenied</Code>"), "{refused:?}");
    assert!(refused.body.contains("read-only") && refused.body.contains("CreateDistribution"), "{refused:?}");
    let listed = keys_json(directory.path(), &["list"]);
    let rows: Vec<_> = listed.as_array().unwrap().iter().map(|key| (&key["name"], &key["role"])).collect();
    assert_eq!(rows, [(&"first".into(), &"admin".into()), (&"monitor".into(), &"read-only".into())]);
}

#[test]
fn a_rotation_ends_the_old_key_at_once_or_after_the_overlap() {
    let directory = tempfile::tempdir().unwrap();
    let (server, id, secret) = start(directory.path());
    let (new_id, new_secret) = pair(&keys_json(directory.path(), &["rotate", &id]));
    assert!(!lists(&server, &id, &secret) && lists(&server, &new_id, &new_secret));

    let later = pair(&keys_json(directory.path(), &["rotate", &new_id, "--overlap", "1h"]));
    assert!(lists(&server, &new_id, &new_secret) && lists(&server, &later.0, &later.1));
    let soon = pair(&keys_json(directory.path(), &["rotate", &later.0, "--overlap", "1s"]));
    until(|| (!lists(&server, &later.0, &later.1)).then_some(()));
    assert!(lists(&server, &soon.0, &soon.1));
}

#[test]
fn a_key_is_disabled_enabled_and_deleted_without_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let (server, ..) = start(directory.path());
    let (id, secret) = pair(&keys_json(directory.path(), &["create"]));
    for (word, opens) in [("disable", false), ("enable", true), ("delete", false)] {
        keys_json(directory.path(), &[word, &id]);
        assert_eq!(lists(&server, &id, &secret), opens, "{word}");
    }
}

#[test]
fn the_last_admin_stays_unless_forced_and_then_the_server_says_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let (server, id, secret) = start(directory.path());
    for word in ["disable", "delete"] {
        let said = complaint(&mut keys(directory.path(), &[word, &id]));
        assert!(said.contains("last enabled key") && said.contains("--force"), "{said}");
    }
    assert!(lists(&server, &id, &secret));
    keys_json(directory.path(), &["disable", &id, "--force"]);
    assert!(!lists(&server, &id, &secret));
    drop(server);
    let server = Server::spawn(&mut command("serve", directory.path(), &[]));
    assert!(server.greeting.contains("warmfront keys create"), "{}", server.greeting);
}

#[test]
fn keys_are_made_before_the_first_start_and_listed_for_people() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("not/there/yet");
    let said = complaint(&mut keys(&data, &["list"]));
    assert!(said.contains("--data-dir"), "{said}");
    let (id, secret) = pair(&keys_json(&data, &["create", "--name", "deploys"]));
    let output = keys(&data, &["list"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("ACCESS KEY ID") && text.contains(&id) && text.contains("deploys"), "{text}");
    assert!(!text.contains(&secret), "{text}");
    let server = Server::spawn(&mut command("serve", &data, &[]));
    assert!(lists(&server, &id, &secret));
    assert!(!server.greeting.contains(&secret), "{}", server.greeting);
}

#[test]
fn the_key_in_clear_text_of_an_earlier_version_goes_on_working_sealed() {
    let directory = tempfile::tempdir().unwrap();
    let clear = directory.path().join("api-key.json");
    std::fs::write(&clear, "{\n  \"AccessKeyId\": \"WFOLD\",\n  \"SecretAccessKey\": \"old-secret\"\n}\n")
        .unwrap();
    let server = Server::spawn(&mut command("serve", directory.path(), &[]));
    assert!(lists(&server, "WFOLD", "old-secret"));
    assert!(!clear.exists() && !server.greeting.contains("old-secret"), "{}", server.greeting);
    let kept = std::fs::read_to_string(directory.path().join("keys.json")).unwrap();
    assert!(kept.contains("WFOLD") && !kept.contains("old-secret"), "{kept}");
    server.kill();
    let server = Server::spawn(&mut command("serve", directory.path(), &[]));
    assert!(lists(&server, "WFOLD", "old-secret"));
}

#[test]
fn with_a_sealing_key_of_the_environment_the_directory_alone_opens_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let sealing = "0f".repeat(32);
    let mut with_key = command("serve", directory.path(), &[]);
    let server = Server::spawn(with_key.env("WARMFRONT_SEALING_KEY", &sealing));
    assert!(!directory.path().join("sealing.key").exists());
    server.kill();

    let without = complaint(&mut command("serve", directory.path(), &[]));
    assert!(without.contains("WARMFRONT_SEALING_KEY"), "{without}");
    let mut wrong = command("serve", directory.path(), &[]);
    let wrong = complaint(wrong.env("WARMFRONT_SEALING_KEY", "f0".repeat(32)));
    assert!(wrong.contains("does not open"), "{wrong}");

    let file = directory.path().join("elsewhere");
    std::fs::write(&file, format!("{sealing}\n")).unwrap();
    let mut from_file = keys(directory.path(), &["create", "--json"]);
    let made = from_file.env("WARMFRONT_SEALING_KEY_FILE", &file).output().unwrap();
    let (id, secret) = pair(&serde_json::from_slice(&made.stdout).unwrap());
    let server = Server::spawn(with_key.env("WARMFRONT_SEALING_KEY", &sealing));
    assert!(lists(&server, &id, &secret));
}

#[test]
fn the_pair_of_the_environment_is_an_admin_beside_those_that_are_kept() {
    let directory = tempfile::tempdir().unwrap();
    let (id, secret) = pair(&keys_json(directory.path(), &["create", "--role", "read-only"]));
    let server = Server::start(directory.path(), &[]);
    // An empty document is refused for what it is, so the role was no obstacle.
    assert_eq!(Api::of(&server).call("POST", "distribution", None, "").status, 400);
    assert!(lists(&server, &id, &secret));
    assert_eq!(status(&server, (&id, &secret), "POST"), 403);
    assert_eq!(keys_json(directory.path(), &["list"]).as_array().unwrap().len(), 1);
}
