//! However a valid stream of requests is chopped, and however slowly the replies are taken, the replies are the same.

use super::replies::{self, Got};
use super::stage::Stage;
use fuzz::Unstructured;

/// Requests, with their methods.
const REQUESTS: &[(&str, &str)] = &[
    ("GET", "GET /kept/a HTTP/1.1\r\nHost: h.example\r\nSec-Fetch-Mode: navigate\r\n\r\n"),
    ("HEAD", "HEAD /kept/a HTTP/1.1\r\nHost: h.example\r\n\r\n"),
    ("GET", "GET http://h.example/kept/a HTTP/1.1\r\nHost: other.example\r\n\r\n"),
    ("GET", "\r\nGET /none HTTP/1.1\r\nHost: h.example\r\n\r\n"),
    ("GET", "GET /chunks HTTP/1.1\r\nHost: h.example\r\n\r\n"),
    ("GET", "GET /kept/a HTTP/1.0\r\nHost: h.example\r\nConnection: keep-alive\r\n\r\n"),
    ("GET", "GET /p HTTP/1.1\r\nHost: other.example\r\n\r\n"),
    ("POST", "POST /p HTTP/1.1\r\nHost: h.example\r\nContent-Length: 12\r\n\r\nhello\r\n\r\nyou"),
    (
        "POST",
        "POST /p HTTP/1.1\r\nHost: h.example\r\nTransfer-Encoding: chunked\r\n\r\n\
         5;a=b\r\nhello\r\n00d\r\n\r\n0\r\n\r\n you\r\n\r\n0\r\nX-Sum: 1\r\n\r\n",
    ),
    ("POST", "POST /early HTTP/1.1\r\nHost: h.example\r\nContent-Length: 5\r\n\r\nhello"),
];

const LAST: &str = "GET /kept/a HTTP/1.1\r\nHost: h.example\r\nConnection: close\r\n\r\n";
const LARGE: &str = "GET /kept/large HTTP/1.1\r\nHost: h.example\r\n\r\n";

/// The replies to these requests and [`LAST`].
async fn replies(stage: &Stage, requests: &[(&str, &str)], lengths: &[usize], capacity: usize) -> Vec<Got> {
    let methods: Vec<&str> = requests.iter().map(|(method, _)| *method).collect();
    let mut stream: String = requests.iter().map(|(_, text)| *text).collect();
    stream.push_str(LAST);
    let got = replies::read(&stage.talk(stream.as_bytes(), lengths, capacity).await, &methods);
    got.into_iter().map(Got::lasting).collect()
}

#[test]
fn any_chopping_of_requests_and_of_replies_gives_the_same_replies() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let stage = runtime.block_on(Stage::new());
    // What is kept is kept before anything is compared.
    runtime.block_on(replies(&stage, &[("GET", LARGE)], &[], 65_536));
    let alone: Vec<Vec<Got>> =
        REQUESTS.iter().map(|request| runtime.block_on(replies(&stage, &[*request], &[], 65_536))).collect();
    // A request that says too little about its body would spoil the next one.
    let lengths: Vec<usize> = alone.iter().map(Vec::len).collect();
    assert_eq!(lengths, vec![2; REQUESTS.len()]);
    assert!(alone.iter().all(|got| got[1] == alone[0][1]));
    fuzz::run(|bytes| {
        let count = bytes.int_in_range(1..=5)?;
        let chosen: Vec<usize> =
            (0..count).map(|_| bytes.choose_index(REQUESTS.len())).collect::<Result<_, _>>()?;
        let (lengths, capacity) = chopped(bytes)?;
        let requests: Vec<_> = chosen.iter().map(|index| REQUESTS[*index]).collect();
        let got = runtime.block_on(replies(&stage, &requests, &lengths, capacity));
        let expected: Vec<&Got> =
            chosen.iter().map(|index| &alone[*index][0]).chain(alone[0].last()).collect();
        assert_eq!(got.iter().collect::<Vec<_>>(), expected, "{requests:?} {lengths:?} {capacity}");
        Ok(())
    });
}

#[test]
fn a_large_reply_is_the_same_however_slowly_it_is_taken() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let stage = runtime.block_on(Stage::new());
    for capacity in [100, 1_000, 16_384, 1 << 20] {
        let got = runtime.block_on(replies(&stage, &[("GET", LARGE)], &[], capacity));
        assert_eq!(got.len(), 2);
        assert!(got[0].is_whole && got[0].body == vec![b'x'; 100_000], "{capacity}");
    }
}

fn chopped(bytes: &mut Unstructured<'_>) -> fuzz::arbitrary::Result<(Vec<usize>, usize)> {
    let most = *bytes.choose(&[1_usize, 3, 20, 200])?;
    let mut lengths = Vec::new();
    for _ in 0..bytes.int_in_range(0..=400)? {
        lengths.push(bytes.int_in_range(1..=most)?);
    }
    let capacity = *bytes.choose(&[1, 2, 3, 7, 64, 1_000, 65_536])?;
    Ok((lengths, capacity))
}
