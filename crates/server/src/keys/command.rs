//! `warmfront keys`: shows and changes the keys of a data directory, whether a server runs on it or not.

use std::fmt::Write as _;

use control::Role;
use jiff::Timestamp;
use serde_json::{Value, json};
use signing::keys::Credentials;

use super::book::{Book, Entry, Refusal, State};
use super::folder::Folder;
use crate::error::Failure;
use crate::settings::{KeyAction, KeyCommand, Secrets};
use crate::terminal;

/// The columns of a list.
const HEADINGS: [&str; 5] = ["ACCESS KEY ID", "ROLE", "STATE", "CREATED", "NAME"];

/// Does what the command says, and prints what became of it.
pub fn run(command: &KeyCommand, now_s: u64) -> Result<(), Failure> {
    let secrets = Secrets::of_environment()?;
    let folder = Folder::new(&command.data_dir, secrets.sealing);
    if matches!(command.action, KeyAction::Create { .. }) {
        std::fs::create_dir_all(&command.data_dir)
            .map_err(|error| Failure::file(&command.data_dir, error))?;
    } else if !command.data_dir.is_dir() {
        return Err(Failure::NoDataDirectory(command.data_dir.clone()));
    }
    terminal::say(&answer(&folder, &command.action, command.json, now_s)?);
    Ok(())
}

/// What is printed.
fn answer(folder: &Folder, action: &KeyAction, in_json: bool, now_s: u64) -> Result<String, Failure> {
    match action {
        KeyAction::List => {
            let book = folder.change(now_s, |book| Ok(book.clone()))?.unwrap_or_default();
            Ok(if in_json { listed_in_json(&book, now_s) } else { listed(&book, now_s) })
        }
        KeyAction::Create { role, name } => {
            let (pair, entry) = folder.change(now_s, |book| {
                let pair = folder.create(book, *role, name, now_s)?;
                let entry = existing(book, &pair.access_key_id)?.clone();
                Ok((pair, entry))
            })?;
            Ok(shown(&pair, &entry, None, in_json, now_s))
        }
        KeyAction::Rotate { id, overlap } => {
            let ends_s = now_s.saturating_add(overlap.as_secs());
            let (pair, entry, old) = folder.change(now_s, |book| rotate(folder, book, id, ends_s, now_s))?;
            Ok(shown(&pair, &entry, Some(&old), in_json, now_s))
        }
        KeyAction::Disable { id, force } => {
            changed(folder, id, in_json, now_s, |book| book.disable(id, now_s, *force))
        }
        KeyAction::Enable { id } => changed(folder, id, in_json, now_s, |book| book.enable(id, now_s)),
        KeyAction::Delete { id, force } => {
            folder.change(now_s, |book| Ok(book.get_or_insert_default().delete(id, now_s, *force)?))?;
            let document = json!({ "accessKeyId": id, "state": "deleted" });
            Ok(if in_json { format!("{document}\n") } else { format!("{id} is deleted.\n") })
        }
    }
}

/// A new key with the same role and name; the old one ends.
fn rotate(
    folder: &Folder,
    book: &mut Option<Book>,
    id: &str,
    ends_s: u64,
    now_s: u64,
) -> Result<(Credentials, Entry, Entry), Failure> {
    let known = book.get_or_insert_default();
    known.retire(id, ends_s, now_s)?;
    let old = known.find(id)?.clone();
    let pair = folder.create(book, old.role, &old.name, now_s)?;
    let entry = existing(book, &pair.access_key_id)?.clone();
    Ok((pair, entry, old))
}

fn changed(
    folder: &Folder,
    id: &str,
    in_json: bool,
    now_s: u64,
    change: impl FnOnce(&mut Book) -> Result<(), Refusal>,
) -> Result<String, Failure> {
    let entry = folder.change(now_s, |book| {
        change(book.get_or_insert_default())?;
        Ok(existing(book, id)?.clone())
    })?;
    let state = entry.state(now_s).as_str();
    Ok(if in_json { format!("{}\n", described(&entry, now_s)) } else { format!("{id} is {state}.\n") })
}

fn existing<'a>(book: &'a Option<Book>, id: &str) -> Result<&'a Entry, Refusal> {
    book.as_ref().ok_or_else(|| Refusal::Unknown(id.into()))?.find(id)
}

/// A new key: the one time that its secret is shown.
fn shown(pair: &Credentials, entry: &Entry, old: Option<&Entry>, in_json: bool, now_s: u64) -> String {
    let (id, secret) = (&pair.access_key_id, pair.secret_key.expose());
    if in_json {
        let mut document = described(entry, now_s);
        if let Value::Object(members) = &mut document {
            members.insert("secretAccessKey".into(), secret.into());
            members.extend(old.map(|old| ("replaces".into(), described(old, now_s))));
        }
        return format!("{document}\n");
    }
    let mut text = format!(
        "The key has the role {}. This is the one time that its secret is shown:\n\n    \
         export AWS_ACCESS_KEY_ID={id} AWS_SECRET_ACCESS_KEY={secret}\n\n",
        entry.role
    );
    if let Some(old) = old {
        let id = &old.access_key_id;
        // Writing to a string does not fail.
        let _ = match old.ends_s.filter(|_| old.state(now_s) != State::Ended) {
            Some(ends_s) => writeln!(text, "{id} is accepted until {}.", moment(ends_s)),
            None => writeln!(text, "{id} is not accepted any more."),
        };
    }
    text
}

fn listed(book: &Book, now_s: u64) -> String {
    if book.keys.is_empty() {
        return "There are no keys. The first start of the server makes one, and so does `warmfront keys create`.\n".into();
    }
    let row = |entry: &Entry| {
        let state = entry.state(now_s);
        let state = match entry.ends_s.filter(|_| state == State::Ending) {
            Some(ends_s) => format!("ends {}", moment(ends_s)),
            None => state.as_str().into(),
        };
        [
            entry.access_key_id.clone(),
            entry.role.to_string(),
            state,
            moment(entry.created_s),
            entry.name.clone(),
        ]
    };
    let mut rows = vec![HEADINGS.map(str::to_owned)];
    rows.extend(book.keys.iter().map(row));
    let mut widths = [0; HEADINGS.len()];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: &[String; HEADINGS.len()]| {
        let cells: Vec<_> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        cells.join("  ").trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

fn listed_in_json(book: &Book, now_s: u64) -> String {
    let keys: Vec<_> = book.keys.iter().map(|entry| described(entry, now_s)).collect();
    format!("{}\n", Value::Array(keys))
}

fn described(entry: &Entry, now_s: u64) -> Value {
    json!({
        "accessKeyId": entry.access_key_id,
        "name": entry.name,
        "role": entry.role.as_str(),
        "state": entry.state(now_s).as_str(),
        "createdAt": moment(entry.created_s),
        "endsAt": entry.ends_s.map(moment),
    })
}

fn moment(at_s: u64) -> String {
    let second = i64::try_from(at_s).unwrap_or(i64::MAX);
    Timestamp::from_second(second).unwrap_or(Timestamp::MAX).to_string()
}

/// Reads a role on the command line.
pub fn role(text: &str) -> Result<Role, String> {
    text.parse().map_err(|error: control::UnknownRole| error.to_string())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW_S: u64 = 1_767_225_600;

    fn ask(folder: &Folder, action: &KeyAction) -> Value {
        serde_json::from_str(&answer(folder, action, true, NOW_S).unwrap()).unwrap()
    }

    fn create(folder: &Folder, role: Role, name: &str) -> String {
        let made = ask(folder, &KeyAction::Create { role, name: name.into() });
        made["accessKeyId"].as_str().unwrap().to_owned()
    }

    #[test]
    fn secrets_are_shown_by_create_and_rotate_and_never_again() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::new(directory.path(), None);
        let made = ask(&folder, &KeyAction::Create { role: Role::Admin, name: "deploys".into() });
        let id = made["accessKeyId"].as_str().unwrap().to_owned();
        let overlap = Duration::from_secs(3600);
        let rotated = ask(&folder, &KeyAction::Rotate { id: id.clone(), overlap });
        assert_eq!((&rotated["name"], &rotated["role"]), (&"deploys".into(), &"admin".into()));
        assert_eq!(rotated["replaces"]["accessKeyId"], id.as_str());
        assert_eq!(rotated["replaces"]["endsAt"], "2026-01-01T01:00:00Z");
        let secrets = [&made, &rotated].map(|key| key["secretAccessKey"].as_str().unwrap().to_owned());
        let list = answer(&folder, &KeyAction::List, true, NOW_S).unwrap()
            + &answer(&folder, &KeyAction::List, false, NOW_S).unwrap();
        assert!(secrets.iter().all(|secret| secret.len() == 40 && !list.contains(secret)), "{list}");
        assert!(list.contains("ends 2026-01-01T01:00:00Z"), "{list}");
    }

    #[test]
    fn a_list_has_aligned_columns_and_one_line_for_each_key() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::new(directory.path(), None);
        let list = || answer(&folder, &KeyAction::List, false, NOW_S).unwrap();
        assert!(list().starts_with("There are no keys."));
        let (one, two) = (create(&folder, Role::Admin, "one"), create(&folder, Role::ReadOnly, ""));
        let expected = format!(
            "ACCESS KEY ID         ROLE       STATE    CREATED               NAME\n\
             {one}  admin      enabled  2026-01-01T00:00:00Z  one\n\
             {two}  read-only  enabled  2026-01-01T00:00:00Z\n"
        );
        assert_eq!(list(), expected);
    }

    #[test]
    fn a_rotation_without_overlap_ends_the_old_key_at_once() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::new(directory.path(), None);
        let id = create(&folder, Role::Admin, "");
        let action = KeyAction::Rotate { id: id.clone(), overlap: Duration::ZERO };
        let text = answer(&folder, &action, false, NOW_S).unwrap();
        assert!(text.contains(&format!("{id} is not accepted any more.")), "{text}");
        assert!(answer(&folder, &action, false, NOW_S).is_err(), "it has ended");
    }

    #[test]
    fn keys_are_disabled_enabled_and_deleted_but_not_the_last_admin() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::new(directory.path(), None);
        let id = create(&folder, Role::Admin, "");
        let disable = |force| answer(&folder, &KeyAction::Disable { id: id.clone(), force }, false, NOW_S);
        assert!(disable(false).unwrap_err().to_string().contains("--force"));
        assert_eq!(disable(true).unwrap(), format!("{id} is disabled.\n"));
        let enabled = ask(&folder, &KeyAction::Enable { id: id.clone() });
        assert_eq!(enabled["state"], "enabled");
        let delete =
            |id: &str, force| answer(&folder, &KeyAction::Delete { id: id.into(), force }, false, NOW_S);
        assert!(delete(&id, false).is_err());
        assert!(delete("WFNOBODY", true).unwrap_err().to_string().contains("no key WFNOBODY"));
        assert_eq!(delete(&id, true).unwrap(), format!("{id} is deleted.\n"));
    }
}
