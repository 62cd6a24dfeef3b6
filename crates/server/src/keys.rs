//! The keys of the API: those of the data directory, made at the first start and changed by `warmfront keys`, and the pair of
//! the environment, which is an admin and is not kept.
//!
//! A server asks the file's metadata whenever a key is asked for, so that a change counts from the next request on. A file
//! that cannot be understood changes nothing.

mod book;
pub mod command;
mod folder;
mod pair;
mod seal;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use control::{Key, KeyRing};
use observe::Clock;
use signing::keys::{Credentials, SecretKey};

pub use self::book::Refusal;
use self::book::{Book, Entry};
use self::folder::{Folder, Stamp};
pub use self::seal::SealingKey;
use crate::error::Failure;
use crate::settings::Secrets;

/// The keys of a server.
pub struct Keys {
    pair: Option<Credentials>,
    folder: Folder,
    clock: Clock,
    known: Mutex<Known>,
}

/// Where the key comes from that a server greets with.
#[derive(Debug)]
pub enum Source {
    /// The environment; whoever set it knows the secret.
    Environment(String),
    /// It was made right now: the one time that its secret is shown.
    Created(Credentials),
    /// It was kept; `None` when no key that is kept may change anything.
    Kept(Option<String>),
}

/// What was last read.
#[derive(Default)]
struct Known {
    stamp: Option<Stamp>,
    keys: HashMap<String, (Entry, SecretKey)>,
}

// === impl Keys ===

impl Keys {
    /// The keys of a data directory; the first one is made if there is none, and the environment brings none.
    pub fn open(directory: &Path, secrets: &Secrets, clock: Clock) -> Result<(Arc<Self>, Source), Failure> {
        let folder = Folder::new(directory, secrets.sealing.clone());
        let (pair, now_s) = (secrets.api.clone(), clock.wall_s());
        let made = folder.change(now_s, |book| match book {
            None if pair.is_none() => folder.create_first(book, now_s).map(Some),
            _ => Ok(None),
        })?;
        let known = Mutex::new(Known::read(&folder)?);
        let keys = Self { pair, folder, clock, known };
        let source = match (&keys.pair, made) {
            (Some(pair), _) => Source::Environment(pair.access_key_id.clone()),
            (None, Some(made)) => Source::Created(made),
            (None, None) => Source::Kept(keys.admin().map(|pair| pair.access_key_id)),
        };
        Ok((Arc::new(keys), source))
    }

    /// A pair that may do everything: the environment's, or the oldest one that is kept. `None` when there is none.
    pub fn admin(&self) -> Option<Credentials> {
        if let Some(pair) = &self.pair {
            return Some(pair.clone());
        }
        let (known, now_s) = (self.known(), self.clock.wall_s());
        let admins = known.keys.values().filter(|(entry, _)| entry.is_lasting_admin(now_s));
        let oldest = admins.min_by_key(|(entry, _)| (entry.created_s, &entry.access_key_id));
        oldest.map(|(entry, secret)| Credentials::new(entry.access_key_id.clone(), secret.clone()))
    }

    /// What is known now, read again if the file is another one.
    fn known(&self) -> MutexGuard<'_, Known> {
        // What is known is replaced whole, whatever happened to another holder of the lock.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = self.folder.stamp();
        if stamp != known.stamp {
            match Known::read(&self.folder) {
                Ok(read) => {
                    tracing::info!(keys = read.keys.len(), "the keys have changed");
                    *known = read;
                }
                Err(error) => {
                    tracing::error!(%error, "the keys stay as they were");
                    known.stamp = stamp;
                }
            }
        }
        known
    }
}

impl KeyRing for Keys {
    fn find(&self, access_key_id: &str) -> Option<Key> {
        if let Some(pair) = self.pair.as_ref().filter(|pair| pair.access_key_id == access_key_id) {
            return Some(Key::admin(pair.secret_key.clone(), "environment"));
        }
        let known = self.known();
        let (entry, secret) = known.keys.get(access_key_id)?;
        let usable = entry.state(self.clock.wall_s()).is_usable();
        usable.then(|| Key {
            secret: secret.clone(),
            role: entry.role,
            name: entry.name.clone(),
            epoch: entry.epoch,
        })
    }
}

// === impl Known ===

impl Known {
    fn read(folder: &Folder) -> Result<Self, Failure> {
        // Asked before the file is read: what changes in between is read again.
        let stamp = folder.stamp();
        let Book { keys: entries, .. } = folder.read()?.unwrap_or_default();
        let mut keys = HashMap::new();
        if !entries.is_empty() {
            let sealing = folder.sealing_key()?.ok_or_else(|| folder.without_sealing_key())?;
            for entry in entries {
                let secret = folder.open(&sealing, &entry)?;
                keys.insert(entry.access_key_id.clone(), (entry, secret));
            }
        }
        Ok(Self { stamp, keys })
    }
}

#[cfg(test)]
mod tests {
    use control::Role;

    use super::*;

    fn open(directory: &Path, pair: Option<&Credentials>) -> (Arc<Keys>, Source) {
        let secrets = Secrets { api: pair.cloned(), ..Secrets::default() };
        Keys::open(directory, &secrets, Clock::system()).unwrap()
    }

    fn created(source: Source) -> Credentials {
        let Source::Created(pair) = source else { panic!("{source:?}") };
        pair
    }

    #[test]
    fn a_key_is_made_once_shown_once_and_found_again() {
        let directory = tempfile::tempdir().unwrap();
        let (keys, source) = open(directory.path(), None);
        let pair = created(source);
        let found = keys.find(&pair.access_key_id).unwrap();
        assert_eq!((found.secret.expose(), found.role), (pair.secret_key.expose(), Role::Admin));
        let (again, source) = open(directory.path(), None);
        assert!(matches!(source, Source::Kept(Some(id)) if id == pair.access_key_id));
        assert!(again.find(&pair.access_key_id).is_some() && again.find("WFOTHER").is_none());
    }

    #[test]
    fn the_environments_pair_is_used_and_not_kept() {
        let directory = tempfile::tempdir().unwrap();
        let given = Credentials::new("ID", SecretKey::new("secret"));
        let (keys, source) = open(directory.path(), Some(&given));
        assert!(matches!(source, Source::Environment(id) if id == "ID"));
        assert_eq!(keys.find("ID").unwrap().role, Role::Admin);
        assert!(!directory.path().join("keys.json").exists());
        assert!(open(directory.path(), None).0.find("ID").is_none());
    }

    #[test]
    fn a_change_counts_from_the_next_question_on_and_damage_changes_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let (keys, source) = open(directory.path(), None);
        let first = created(source).access_key_id;
        let other = Folder::new(directory.path(), None);
        let reader = other.change(0, |book| other.create(book, Role::ReadOnly, "reader", 0)).unwrap();
        assert_eq!(keys.find(&reader.access_key_id).unwrap().name, "reader");
        other.change(0, |book| Ok(book.as_mut().unwrap().disable(&first, 0, true)?)).unwrap();
        assert!(keys.find(&first).is_none() && keys.admin().is_none());
        std::fs::write(directory.path().join("keys.json"), "damaged").unwrap();
        assert!(keys.find(&first).is_none() && keys.find(&reader.access_key_id).is_some());
    }
}
