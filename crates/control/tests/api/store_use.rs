//! What an operation asks of the store, and what it answers when the store fails.

use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use crate::service::{Service, minimal, now_s, signed};
use control::Settings;
use shapes::xml;
use store::embedded::History;
use store::{Answer, CommitError, Document, EmbeddedStore, Error, Page, Revision, Store, Transaction, Watch};

/// A store that writes down what it was asked, and fails on demand.
struct Witness {
    inner: EmbeddedStore,
    seen: Mutex<Vec<String>>,
    failure: Mutex<Option<Error>>,
}

impl Witness {
    fn new() -> Arc<Self> {
        let inner = EmbeddedStore::in_memory(History::default()).unwrap();
        Arc::new(Self { inner, seen: Mutex::default(), failure: Mutex::default() })
    }

    fn note(&self, what: String) -> Result<(), Error> {
        self.seen.lock().unwrap().push(what);
        self.failure.lock().unwrap().clone().map_or(Ok(()), Err)
    }

    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

impl Store for Witness {
    fn read<'a>(&'a self, key: &'a str) -> Answer<'a, Option<Document>> {
        Box::pin(async move {
            self.note(format!("read {key}"))?;
            self.inner.read(key).await
        })
    }

    fn list<'a>(&'a self, prefix: &'a str, after: Option<&'a str>, limit: usize) -> Answer<'a, Page> {
        Box::pin(async move {
            self.note(format!("list {prefix} {limit}"))?;
            self.inner.list(prefix, after, limit).await
        })
    }

    fn commit(&self, transaction: Transaction) -> Answer<'_, Revision, CommitError> {
        Box::pin(async move {
            self.note("commit".into())?;
            self.inner.commit(transaction).await
        })
    }

    fn watch<'a>(&'a self, prefix: &'a str, from: Revision) -> Answer<'a, Watch> {
        self.inner.watch(prefix, from)
    }

    fn revision(&self) -> Answer<'_, Revision> {
        self.inner.revision()
    }
}

fn service(witness: &Arc<Witness>) -> Service {
    let store: Arc<dyn Store> = Arc::clone(witness) as Arc<dyn Store>;
    Service::over(store, Settings { deployment_wait: Duration::ZERO, ..Settings::default() })
}

#[tokio::test]
async fn an_update_is_one_commit_and_lists_nothing() {
    let witness = Witness::new();
    let service = service(&witness);
    let (id, etag) = service.create(&minimal("one")).await;
    let (config, _) = service.config(&id).await;
    witness.taken();
    assert_eq!(service.put(&format!("/distribution/{id}/config"), &etag, &config).await.status, 200);
    let seen = witness.taken();
    assert_eq!(seen.iter().filter(|asked| *asked == "commit").count(), 1, "{seen:?}");
    assert!(!seen.iter().any(|asked| asked.starts_with("list")), "{seen:?}");
}

#[tokio::test]
async fn a_page_of_a_list_is_all_that_is_read() {
    let witness = Witness::new();
    let service = service(&witness);
    for number in 0..5 {
        service.create(&minimal(&number.to_string())).await;
    }
    witness.taken();
    assert_eq!(service.get("/distribution?MaxItems=2").await.text("Quantity"), "2");
    let seen = witness.taken();
    assert_eq!(seen, ["list cloudfront/distribution/ 2", "read cloudfront/references-changed"]);
}

#[tokio::test]
async fn a_refused_request_does_not_reach_the_store() {
    let witness = Witness::new();
    let service = service(&witness);
    service.call("POST", "/distribution", &[], b"<x/>").await.refused(400, "MalformedXML");
    service.call("PUT", "/distribution/E1/config", &[], xml::write(&minimal("one")).as_bytes()).await;
    service.get("/nothing").await.refused(404, "UnknownOperationException");
    assert_eq!(witness.taken(), Vec::<String>::new());
}

#[tokio::test]
async fn a_store_that_fails_is_our_fault_and_its_words_stay_inside() {
    let witness = Witness::new();
    let service = service(&witness);
    let failure = Arc::new(std::io::Error::other("disk sda1 is on fire"));
    *witness.failure.lock().unwrap() = Some(Error::Storage(failure));
    let body = xml::write(&minimal("one"));
    for (method, path, body) in [("GET", "/distribution/E1", ""), ("POST", "/distribution", body.as_str())] {
        let path = format!("/2020-05-31{path}");
        let request = signed(&service.credentials, method, &path, &[], body.as_bytes(), now_s());
        let answer = service.send_whatever_happens(request).await;
        answer.refused(500, "InternalFailure");
        assert!(!answer.body.contains("fire"), "{}", answer.body);
        assert_eq!(answer.text("Type"), "Receiver");
    }
}

#[tokio::test]
async fn a_store_that_is_closing_is_temporarily_not_there() {
    let witness = Witness::new();
    let service = service(&witness);
    *witness.failure.lock().unwrap() = Some(Error::Closed);
    service.get("/distribution").await.refused(503, "ServiceUnavailable");
}

#[tokio::test]
async fn a_damaged_record_hurts_only_itself() {
    let witness = Witness::new();
    let service = service(&witness);
    let (id, _) = service.create(&minimal("one")).await;
    let damage = Transaction::new().put("cloudfront/distribution/EDAMAGED", b"\xff".to_vec());
    witness.inner.commit(damage).await.unwrap();
    let loaded = control::records::load_all(&*service.store).await.unwrap();
    assert_eq!(loaded.distributions.iter().map(|record| &record.id).collect::<Vec<_>>(), [&id]);
    assert!(loaded.unreadable[0].to_string().contains("EDAMAGED"), "{:?}", loaded.unreadable);
    let listed: shapes::DistributionList = service.get("/distribution").await.read();
    assert_eq!(listed.items.iter().map(|item| &item.id).collect::<Vec<_>>(), [&id]);
}
