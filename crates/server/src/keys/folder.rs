//! The keys in a data directory: `keys.json` with sealed secrets, and `sealing.key` unless the environment brings one.
//!
//! Whoever changes them holds the lock on `keys.lock`, and replaces the file whole, so that a server and any number of
//! `warmfront keys` may work on one directory. Files of earlier versions are brought up to date on the way.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use control::Role;
use serde::Deserialize;
use signing::keys::{Credentials, SecretKey};

use super::book::{Book, Entry};
use super::pair;
use super::seal::SealingKey;
use crate::error::Failure;
use crate::files::{self, Readers};

const KEYS_FILE: &str = "keys.json";
const SEALING_FILE: &str = "sealing.key";
const LOCK_FILE: &str = "keys.lock";
/// The one key pair of earlier versions, in clear text.
const CLEAR_FILE: &str = "api-key.json";

/// The name of a key that nobody named.
const FIRST_NAME: &str = "first";

/// Where keys are kept.
#[derive(Debug)]
pub struct Folder {
    directory: PathBuf,
    /// The sealing key of the environment.
    given: Option<SealingKey>,
}

/// Which version of `keys.json` there is: every replacement has another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    inode: u64,
    length: u64,
    changed: (i64, i64),
}

/// What earlier versions kept.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Clear {
    access_key_id: String,
    secret_access_key: String,
}

// === impl Folder ===

impl Folder {
    /// Reads and changes nothing yet; `given` is the sealing key of the environment.
    pub fn new(directory: &Path, given: Option<SealingKey>) -> Self {
        Self { directory: directory.to_owned(), given }
    }

    /// Lets `change` work on the keys, alone; `None` when there are none yet. What it leaves is kept when it succeeds.
    pub fn change<T>(
        &self,
        now_s: u64,
        change: impl FnOnce(&mut Option<Book>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let _lock = self.lock()?;
        let mut book = self.read()?;
        self.bring_up_to_date(&mut book, now_s)?;
        let before = book.clone();
        let answer = change(&mut book)?;
        if book != before {
            self.write(&book)?;
        }
        Ok(answer)
    }

    /// Makes a key and answers its pair. Only inside of [`Self::change`].
    pub fn create(
        &self,
        book: &mut Option<Book>,
        role: Role,
        name: &str,
        now_s: u64,
    ) -> Result<Credentials, Failure> {
        let made = pair::generate()?;
        self.take_up(book, &made, role, name, now_s)?;
        Ok(made)
    }

    /// The first key.
    pub fn create_first(&self, book: &mut Option<Book>, now_s: u64) -> Result<Credentials, Failure> {
        self.create(book, Role::Admin, FIRST_NAME, now_s)
    }

    /// The keys as they are now.
    pub fn read(&self) -> Result<Option<Book>, Failure> {
        let path = self.path(KEYS_FILE);
        let read =
            |text: String| Book::read(&text).map_err(|why| Failure::Damaged { path: path.clone(), why });
        files::read(&path)?.map(read).transpose()
    }

    /// The version of what [`Self::read`] reads.
    pub fn stamp(&self) -> Option<Stamp> {
        let metadata = fs::metadata(self.path(KEYS_FILE)).ok()?;
        let changed = (metadata.mtime(), metadata.mtime_nsec());
        Some(Stamp { inode: metadata.ino(), length: metadata.len(), changed })
    }

    /// The secret of a key.
    pub fn open(&self, sealing: &SealingKey, entry: &Entry) -> Result<SecretKey, Failure> {
        let opened = sealing.open(&entry.access_key_id, entry.role, &entry.sealed);
        opened.ok_or_else(|| Failure::Sealed { id: entry.access_key_id.clone(), path: self.path(KEYS_FILE) })
    }

    /// The sealing key in use; `None` when there is none yet.
    pub fn sealing_key(&self) -> Result<Option<SealingKey>, Failure> {
        match &self.given {
            Some(given) => Ok(Some(given.clone())),
            None => self.own_sealing_key(),
        }
    }

    /// Something is sealed, and there is nothing to open it with.
    pub fn without_sealing_key(&self) -> Failure {
        Failure::NoSealingKey(self.path(KEYS_FILE))
    }

    fn own_sealing_key(&self) -> Result<Option<SealingKey>, Failure> {
        let path = self.path(SEALING_FILE);
        let damaged = || Failure::Damaged { path: path.clone(), why: "it is no sealing key".into() };
        files::read(&path)?.map(|text| SealingKey::parse(&text).ok_or_else(damaged)).transpose()
    }

    fn take_up(
        &self,
        book: &mut Option<Book>,
        pair: &Credentials,
        role: Role,
        name: &str,
        now_s: u64,
    ) -> Result<(), Failure> {
        let book = book.get_or_insert_default();
        let sealed = self.sealing_key_for(book)?.seal(&pair.access_key_id, role, &pair.secret_key)?;
        let entry = Entry {
            access_key_id: pair.access_key_id.clone(),
            name: name.to_owned(),
            role,
            created_s: now_s,
            enabled: true,
            ends_s: None,
            epoch: 0,
            sealed,
        };
        Ok(book.add(entry, now_s)?)
    }

    /// The sealing key, made if nothing is sealed yet. What is sealed must open with it, or the file would need two.
    fn sealing_key_for(&self, book: &Book) -> Result<SealingKey, Failure> {
        let Some(sealing) = self.sealing_key()? else {
            if !book.keys.is_empty() {
                return Err(self.without_sealing_key());
            }
            let made = SealingKey::generate()?;
            let text = format!("{}\n", *made.to_text());
            files::write(&self.path(SEALING_FILE), &text, Readers::Owner)?;
            return Ok(made);
        };
        book.keys.iter().try_for_each(|entry| self.open(&sealing, entry).map(drop))?;
        Ok(sealing)
    }

    /// A key in clear text is sealed; when the environment brings a sealing key, everything is sealed with it and the one
    /// in the directory goes. A stop in the middle leaves something that this understands.
    fn bring_up_to_date(&self, book: &mut Option<Book>, now_s: u64) -> Result<(), Failure> {
        if let (Some(given), Some(own)) = (&self.given, self.own_sealing_key()?) {
            if let Some(book) = book.as_mut() {
                self.seal_again(book, &own, given)?;
            }
            self.write(book)?;
            self.remove(SEALING_FILE)?;
        }
        let clear = self.path(CLEAR_FILE);
        let Some(text) = files::read(&clear)? else { return Ok(()) };
        let read: Clear = serde_json::from_str(&text)
            .map_err(|error| Failure::Damaged { path: clear.clone(), why: error.to_string() })?;
        let pair = Credentials::new(read.access_key_id, SecretKey::new(read.secret_access_key));
        if book.as_ref().is_none_or(|book| book.find(&pair.access_key_id).is_err()) {
            self.take_up(book, &pair, Role::Admin, FIRST_NAME, now_s)?;
            self.write(book)?;
        }
        self.remove(CLEAR_FILE)
    }

    fn seal_again(&self, book: &mut Book, from: &SealingKey, to: &SealingKey) -> Result<(), Failure> {
        for entry in &mut book.keys {
            let (id, role) = (&entry.access_key_id, entry.role);
            if to.open(id, role, &entry.sealed).is_none() {
                entry.sealed = to.seal(id, role, &self.open(from, entry)?)?;
            }
        }
        Ok(())
    }

    fn write(&self, book: &Option<Book>) -> Result<(), Failure> {
        let Some(book) = book else { return Ok(()) };
        let path = self.path(KEYS_FILE);
        let text = book.to_text().map_err(|why| Failure::Damaged { path: path.clone(), why })?;
        files::write(&path, &text, Readers::Owner)
    }

    fn remove(&self, name: &str) -> Result<(), Failure> {
        let path = self.path(name);
        let synced = || fs::remove_file(&path).and_then(|()| File::open(&self.directory)?.sync_all());
        synced().map_err(|error| Failure::file(&path, error))
    }

    /// Waits until nobody else changes keys. The lock ends with the file's life, also when the process dies.
    fn lock(&self) -> Result<File, Failure> {
        let path = self.path(LOCK_FILE);
        let open = || -> io::Result<File> {
            let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path)?;
            file.lock()?;
            Ok(file)
        };
        open().map_err(|error| Failure::file(&path, error))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const NOW_S: u64 = 1_000_000;

    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.retain(|name| name != LOCK_FILE);
        names.sort();
        names
    }

    fn create(folder: &Folder) -> Result<Credentials, Failure> {
        folder.change(NOW_S, |book| folder.create(book, Role::Admin, "", NOW_S))
    }

    fn secret_of(folder: &Folder, id: &str) -> Result<String, Failure> {
        let book = folder.read()?.unwrap();
        let sealing = folder.sealing_key()?.unwrap();
        folder.open(&sealing, book.find(id).unwrap()).map(|secret| secret.expose().to_owned())
    }

    fn clear_file(directory: &Path) {
        let text = "{ \"AccessKeyId\": \"WFOLD\", \"SecretAccessKey\": \"old-secret\" }";
        fs::write(directory.join(CLEAR_FILE), text).unwrap();
    }

    #[test]
    fn a_key_is_kept_sealed_and_for_its_owner_only() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::new(directory.path(), None);
        let made = create(&folder).unwrap();
        assert_eq!(secret_of(&folder, &made.access_key_id).unwrap(), made.secret_key.expose());
        assert_eq!(names(directory.path()), [KEYS_FILE, SEALING_FILE]);
        for name in [KEYS_FILE, SEALING_FILE] {
            let path = directory.path().join(name);
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
            assert!(!fs::read_to_string(&path).unwrap().contains(made.secret_key.expose()), "{name}");
        }
    }

    #[test]
    fn with_a_sealing_key_of_the_environment_the_directory_alone_is_worthless() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::new(directory.path(), Some(SealingKey::generate().unwrap()));
        create(&folder).unwrap();
        assert_eq!(names(directory.path()), [KEYS_FILE]);
        let thief = Folder::new(directory.path(), None);
        assert!(matches!(create(&thief), Err(Failure::NoSealingKey(_))));
        let thief = Folder::new(directory.path(), Some(SealingKey::generate().unwrap()));
        assert!(matches!(create(&thief), Err(Failure::Sealed { .. })));
    }

    #[test]
    fn a_sealing_key_of_the_environment_takes_over_from_the_one_in_the_directory() {
        let directory = tempfile::tempdir().unwrap();
        let made = create(&Folder::new(directory.path(), None)).unwrap();
        let own = fs::read(directory.path().join(SEALING_FILE)).unwrap();
        let folder = Folder::new(directory.path(), Some(SealingKey::generate().unwrap()));
        for _ in 0..2 {
            folder.change(NOW_S, |_| Ok(())).unwrap();
            assert_eq!(secret_of(&folder, &made.access_key_id).unwrap(), made.secret_key.expose());
            assert_eq!(names(directory.path()), [KEYS_FILE]);
            // As if the process had stopped before the last step.
            fs::write(directory.path().join(SEALING_FILE), &own).unwrap();
        }
    }

    #[test]
    fn a_key_in_clear_text_of_an_earlier_version_is_sealed_and_its_file_goes() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::new(directory.path(), None);
        for _ in 0..2 {
            // The second time as if the process had stopped before the last step.
            clear_file(directory.path());
            let book = folder.change(NOW_S, |book| Ok(book.clone())).unwrap().unwrap();
            assert_eq!((book.keys.len(), book.keys[0].role), (1, Role::Admin));
            assert_eq!(names(directory.path()), [KEYS_FILE, SEALING_FILE]);
            assert_eq!(secret_of(&folder, "WFOLD").unwrap(), "old-secret");
        }
        assert!(!fs::read_to_string(directory.path().join(KEYS_FILE)).unwrap().contains("old-secret"));
    }

    #[test]
    fn a_damaged_file_is_named_and_left_alone() {
        for name in [KEYS_FILE, CLEAR_FILE] {
            let directory = tempfile::tempdir().unwrap();
            fs::write(directory.path().join(name), "{}").unwrap();
            let failure = create(&Folder::new(directory.path(), None)).unwrap_err().to_string();
            assert!(failure.contains(name) && failure.contains("is damaged"), "{failure}");
            assert_eq!(fs::read_to_string(directory.path().join(name)).unwrap(), "{}");
        }
    }

    #[test]
    fn what_fails_changes_nothing_and_every_change_has_another_stamp() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::new(directory.path(), None);
        assert_eq!(folder.stamp(), None);
        let id = create(&folder).unwrap().access_key_id;
        let (stamp, before) = (folder.stamp(), folder.read().unwrap());
        let failed = folder.change(NOW_S, |book| {
            book.as_mut().unwrap().keys.clear();
            Err::<(), _>(Failure::Randomness)
        });
        assert!(failed.is_err() && folder.read().unwrap() == before && folder.stamp() == stamp);
        folder.change(NOW_S, |book| Ok(book.as_mut().unwrap().disable(&id, NOW_S, true)?)).unwrap();
        assert_ne!(folder.stamp(), stamp);
    }

    #[test]
    fn changes_at_the_same_time_lose_nothing() {
        let directory = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| create(&Folder::new(directory.path(), None)).unwrap());
            }
        });
        assert_eq!(Folder::new(directory.path(), None).read().unwrap().unwrap().keys.len(), 8);
    }
}
