//! Whoever guesses must wait; nobody else must.

use signing::keys::{Credentials, SecretKey};

use crate::keys::{Guarded, LIST, plain};
use crate::service::{Service, now_s, own_pair, signed};

const ATTACKER: &str = "192.0.2.66";
const OWNER: &str = "192.0.2.1";

fn guess() -> Credentials {
    Credentials::new("WFTESTKEY", SecretKey::new("guessed-secret"))
}

async fn guess_often(guarded: &Guarded, pair: &Credentials, times: usize) {
    for _ in 0..times {
        assert_eq!(guarded.list_from(ATTACKER, pair).await, 403);
    }
}

#[tokio::test]
async fn after_ten_wrong_signatures_an_address_must_wait_and_is_told_how_long() {
    let guarded = Guarded::start();
    guess_often(&guarded, &guess(), 10).await;
    for pair in [guess(), own_pair()] {
        let answer = guarded.from(ATTACKER, signed(&pair, "GET", LIST, &[], b"", now_s())).await;
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["retry-after"]),
            (400, &"1".parse().unwrap())
        );
    }
    guarded.clock.advance_ms(1000);
    guess_often(&guarded, &guess(), 1).await;
    let answer = guarded.from(ATTACKER, signed(&guess(), "GET", LIST, &[], b"", now_s())).await;
    assert_eq!(answer.headers()["retry-after"], "2");
}

#[tokio::test]
async fn the_refusal_is_a_throttling_in_the_usual_envelope() {
    let service = Service::start();
    for _ in 0..10 {
        let request = signed(&guess(), "GET", LIST, &[], b"", now_s());
        service.send(request).await.refused(403, "SignatureDoesNotMatch");
    }
    service.get("/distribution").await.refused(400, "Throttling").says("second");
}

#[tokio::test]
async fn the_owner_of_a_key_is_not_locked_out_by_guesses_from_elsewhere() {
    let guarded = Guarded::start();
    guess_often(&guarded, &guess(), 10).await;
    assert_eq!(guarded.list_from(ATTACKER, &own_pair()).await, 400);
    assert_eq!(guarded.list_from(OWNER, &own_pair()).await, 200);
    assert_eq!(
        guarded.list_from(ATTACKER, &crate::keys::reader()).await,
        200,
        "another key is another count"
    );
}

#[tokio::test]
async fn success_starts_the_count_again() {
    let guarded = Guarded::start();
    for _ in 0..3 {
        guess_often(&guarded, &guess(), 9).await;
        assert_eq!(guarded.list_from(ATTACKER, &own_pair()).await, 200);
    }
}

#[tokio::test]
async fn keys_that_are_not_known_are_counted_like_wrong_secrets() {
    let guarded = Guarded::start();
    let stranger = Credentials::new("WFSTRANGER", SecretKey::new("any"));
    guess_often(&guarded, &stranger, 10).await;
    assert_eq!(guarded.list_from(ATTACKER, &stranger).await, 400);
    for number in 0..90 {
        let other = Credentials::new(format!("WF{number}"), SecretKey::new("any"));
        guess_often(&guarded, &other, 1).await;
    }
    assert_eq!(guarded.list_from(ATTACKER, &own_pair()).await, 400, "a hundred with any keys");
    assert_eq!(guarded.list_from(OWNER, &own_pair()).await, 200);
}

#[tokio::test]
async fn requests_that_wait_for_their_body_cannot_outrun_the_count() {
    use axum::body::{Body, Bytes};
    let guarded = Guarded::start();
    let mut senders = Vec::new();
    let mut answers = Vec::new();
    for _ in 0..15 {
        let (sender, body) = body_to_come();
        let request = signed(&guess(), "POST", LIST, &[], b"", now_s()).map(|_| Body::from_stream(body));
        answers.push(Box::pin(guarded.from(ATTACKER, request)));
        senders.push(sender);
    }
    // All are past the first check, none has its body.
    for answer in &mut answers {
        assert!(futures_util::future::poll_immediate(answer).await.is_none());
    }
    for sender in senders {
        sender.send(Ok::<_, std::io::Error>(Bytes::from_static(b"x"))).unwrap();
    }
    let statuses: Vec<_> =
        futures_util::future::join_all(answers).await.iter().map(|answer| answer.status().as_u16()).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 403).count(), 10, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 400).count(), 5, "{statuses:?}");
}

type Frame = Result<axum::body::Bytes, std::io::Error>;

fn body_to_come()
-> (tokio::sync::oneshot::Sender<Frame>, impl futures_util::Stream<Item = Frame> + Send + 'static) {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let frame = async move { receiver.await.unwrap_or_else(|_| Err(std::io::ErrorKind::BrokenPipe.into())) };
    (sender, futures_util::stream::once(frame))
}

#[tokio::test]
async fn sign_ins_are_counted_too() {
    let guarded = Guarded::start();
    let sign_in = |secret: &str| {
        let body = format!("{{\"accessKeyId\": \"WFTESTKEY\", \"secretAccessKey\": \"{secret}\"}}");
        plain("POST", "/console/session", &[], &body)
    };
    for _ in 0..10 {
        assert_eq!(guarded.from(ATTACKER, sign_in("guess")).await.status(), 401);
    }
    let answer = guarded.from(ATTACKER, sign_in("test-secret")).await;
    assert_eq!((answer.status().as_u16(), &answer.headers()["retry-after"]), (429, &"1".parse().unwrap()));
    assert_eq!(guarded.list_from(ATTACKER, &own_pair()).await, 400, "one count for both ways");
    assert_eq!(guarded.from(OWNER, sign_in("test-secret")).await.status(), 204);
}
