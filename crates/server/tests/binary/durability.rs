//! Every acknowledged write survives kill -9, and nothing is half there.
//!
//! Several writers change distributions, tags and cache policies at once, so that their commits share transactions. The
//! process is killed at points that a seed decides, started again, and compared with what it had acknowledged; a call
//! that was under way may have happened or not. The kill takes the process, not the machine.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::api::{Api, document, text};
use crate::http::{self, Answer};
use crate::origin::Origin;
use crate::process::{Server, until};

/// Writers at the same time.
const WRITERS: usize = 8;

/// Acknowledged writes in all.
const ENOUGH: usize = 1_000;

/// How often the process is killed.
const KILLS: usize = 5;

/// As many as there may be, for all that the writers make.
const QUOTAS: [&str; 2] = ["--quota", "cache-policies=2000"];

const SEED: u64 = 0x5eed_000f_d15c;

/// Something that a writer made, as it was last acknowledged.
#[derive(Debug, Clone)]
struct Known {
    /// `distribution/E...` or `cache-policy/...`.
    path: String,
    domain_name: Option<String>,
    etag: String,
    comment: String,
    tag: Option<String>,
    is_deleted: bool,
}

/// A call whose answer never came.
enum UnderWay {
    /// The path of the collection, and the document.
    Create(&'static str, String),
    /// What it changes and what that would look like then.
    Change(usize, Known),
}

/// One writer with what it knows.
struct Writer {
    number: usize,
    random: u64,
    calls: usize,
    made: Vec<Known>,
    under_way: Option<UnderWay>,
    origin: SocketAddr,
}

#[test]
fn a_thousand_acknowledged_writes_survive_being_killed_again_and_again() {
    let (directory, origin) = (tempfile::tempdir().unwrap(), Origin::counting());
    let mut writers: Vec<_> = (0..WRITERS).map(|number| Writer::new(number, origin.address)).collect();
    let (mut random, mut acknowledged) = (SEED, 0);
    for round in 0..KILLS {
        let share = (ENOUGH - acknowledged) / (KILLS - round);
        // The last round makes the thousand full; the others end somewhere.
        let less = if round + 1 == KILLS { 0 } else { usize::try_from(next(&mut random) % 40).unwrap() };
        acknowledged += write_until_killed(directory.path(), &mut writers, share - less);
        let server = Server::start(directory.path(), &QUOTAS);
        let api = Api::of(&server);
        writers.iter_mut().for_each(|writer| writer.compare(&api));
        for known in writers.iter().flat_map(|writer| &writer.made).step_by(7) {
            let Some(host) = &known.domain_name else { continue };
            assert_eq!(http::get(server.edge_http, host, "/a").status, 200, "{known:?}");
        }
        server.kill();
    }
    assert!(acknowledged >= ENOUGH, "{acknowledged}");
}

/// Lets all writers write, kills the process after so many acknowledgements, and answers how many there were.
fn write_until_killed(folder: &Path, writers: &mut [Writer], enough: usize) -> usize {
    let server = Server::start(folder, &QUOTAS);
    let count = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for writer in writers.iter_mut() {
            let (api, count) = (Api::of(&server), &count);
            scope.spawn(move || {
                while writer.step(&api) {
                    count.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        until(|| (count.load(Ordering::SeqCst) >= enough).then_some(()));
        server.kill();
    });
    count.into_inner()
}

// === impl Writer ===

impl Writer {
    fn new(number: usize, origin: SocketAddr) -> Self {
        let random = SEED ^ u64::try_from(number).unwrap();
        Self { number, random, calls: 0, made: Vec::new(), under_way: None, origin }
    }

    /// One write; `false` when the server has gone away.
    fn step(&mut self, api: &Api) -> bool {
        self.calls += 1;
        let alive: Vec<_> = (0..self.made.len()).filter(|index| !self.made[*index].is_deleted).collect();
        let choice = next(&mut self.random) % 8;
        if alive.len() < 4 || choice == 0 {
            let collection = if self.calls.is_multiple_of(2) { "distribution" } else { "cache-policy" };
            let document = self.document(collection);
            return self.create(api, collection, document);
        }
        let index = alive[usize::try_from(next(&mut self.random) % 1_000).unwrap() % alive.len()];
        let known = self.made[index].clone();
        let value = format!("{}-{}", self.number, self.calls);
        match (known.domain_name.is_some(), choice) {
            (false, 1) => self.change(api, index, Known { is_deleted: true, ..known }, |api, known| {
                api.try_call("DELETE", &known.path, Some(&known.etag), "")
            }),
            (true, 1 | 2) => {
                self.change(api, index, Known { tag: Some(value.clone()), ..known }, |api, known| {
                    let body =
                        format!("<Tags><Items><Tag><Key>k</Key><Value>{value}</Value></Tag></Items></Tags>");
                    api.try_call(
                        "POST",
                        &format!("tagging?Operation=Tag&Resource={}", arn(known)),
                        None,
                        &body,
                    )
                })
            }
            (is_distribution, _) => {
                let config = format!("{}/config", known.path);
                let Ok(now) = api.try_call("GET", &config, None, "") else { return false };
                let old = format!("<Comment>{}</Comment>", known.comment);
                assert!(now.body.contains(&old), "{known:?} {now:?}");
                let body = now.body.replace(&old, &format!("<Comment>{value}</Comment>"));
                let path = if is_distribution { config } else { known.path.clone() };
                self.change(api, index, Known { comment: value, ..known }, |api, known| {
                    api.try_call("PUT", &path, Some(&known.etag), &body)
                })
            }
        }
    }

    fn document(&self, collection: &str) -> String {
        let name = format!("w{}-{}", self.number, self.calls);
        if collection == "distribution" {
            let alias = format!("{name}.example.com");
            let document = document(&name, Some(&alias), self.origin);
            return document.replace("<Comment></Comment>", "<Comment>new</Comment>");
        }
        format!(
            "<CachePolicyConfig><Comment>new</Comment><Name>{name}</Name><MinTTL>1</MinTTL></CachePolicyConfig>"
        )
    }

    fn create(&mut self, api: &Api, collection: &'static str, document: String) -> bool {
        match api.try_call("POST", collection, None, &document) {
            Ok(answer) => self.made.push(made(collection, &answer)),
            Err(_) => self.under_way = Some(UnderWay::Create(collection, document)),
        }
        self.under_way.is_none()
    }

    fn change(
        &mut self,
        api: &Api,
        index: usize,
        after: Known,
        call: impl FnOnce(&Api, &Known) -> std::io::Result<Answer>,
    ) -> bool {
        let Ok(answer) = call(api, &self.made[index]) else {
            self.under_way = Some(UnderWay::Change(index, after));
            return false;
        };
        assert!((200..300).contains(&answer.status), "{answer:?}");
        let etag = answer.header("etag").map_or(after.etag.clone(), str::to_owned);
        self.made[index] = Known { etag, ..after };
        true
    }

    /// What is there is what was acknowledged; the call that was under way has happened wholly or not at all.
    fn compare(&mut self, api: &Api) {
        let under_way = self.under_way.take();
        for (index, before) in self.made.iter_mut().enumerate() {
            let found = look(api, before);
            let is_as_before = same(before, &found) && (found.is_deleted || before.etag == found.etag);
            let is_as_after = matches!(&under_way, Some(UnderWay::Change(at, after)) if *at == index && same(after, &found));
            assert!(is_as_before || is_as_after, "acknowledged: {before:?}, found: {found:?}");
            *before = found;
        }
        if let Some(UnderWay::Create(collection, document)) = under_way {
            // Either nothing of it is there and it can be made, names and all, or it is there and in the way.
            let answer = api.call("POST", collection, None, &document);
            match answer.status {
                201 => self.made.push(made(collection, &answer)),
                status => assert_eq!(status, 409, "{answer:?}"),
            }
        }
    }
}

fn same(one: &Known, two: &Known) -> bool {
    let both_are_gone = one.is_deleted && two.is_deleted;
    both_are_gone || (one.is_deleted, &one.comment, &one.tag) == (two.is_deleted, &two.comment, &two.tag)
}

fn arn(known: &Known) -> String {
    format!("arn:aws:cloudfront::123456789012:{}", known.path)
}

fn made(collection: &str, answer: &Answer) -> Known {
    assert_eq!(answer.status, 201, "{answer:?}");
    let domain_name = (collection == "distribution").then(|| text(&answer.body, "DomainName").to_owned());
    Known {
        path: format!("{collection}/{}", text(&answer.body, "Id")),
        domain_name,
        etag: answer.header("etag").unwrap().to_owned(),
        comment: "new".into(),
        tag: None,
        is_deleted: false,
    }
}

/// The thing as it is now.
fn look(api: &Api, known: &Known) -> Known {
    let mut found = known.clone();
    let answer = api.call("GET", &known.path, None, "");
    found.is_deleted = answer.status == 404;
    if found.is_deleted {
        return found;
    }
    assert_eq!(answer.status, 200, "{answer:?}");
    found.etag = answer.header("etag").unwrap().to_owned();
    found.comment = text(&answer.body, "Comment").to_owned();
    if known.domain_name.is_some() {
        let tags = api.call("GET", &format!("tagging?Resource={}", arn(known)), None, "").body;
        found.tag = tags.contains("<Value>").then(|| text(&tags, "Value").to_owned());
    }
    found
}

/// The next number of a row that its start decides (splitmix64).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
