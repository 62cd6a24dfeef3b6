//! What a key may do.

use shapes::xml;

use crate::keys::{Guarded, reader};
use crate::service::{minimal, now_s, signed};

#[tokio::test]
async fn a_key_that_only_reads_is_refused_every_change_with_its_role_and_the_operation() {
    let guarded = Guarded::start();
    let document = xml::write(&minimal("one"));
    let service = &guarded.service;
    for (method, path, operation) in [
        ("POST", "/2020-05-31/distribution", "CreateDistribution"),
        ("PUT", "/2020-05-31/distribution/E1/config", "UpdateDistribution"),
        ("DELETE", "/2020-05-31/distribution/E1", "DeleteDistribution"),
        ("POST", "/2020-05-31/distribution/E1/invalidation", "CreateInvalidation"),
        // Not implemented or not: the role is asked first.
        ("POST", "/2020-05-31/public-key", "CreatePublicKey"),
    ] {
        let request = signed(&reader(), method, path, &[("if-match", "E1")], document.as_bytes(), now_s());
        let answer = service.send(request).await;
        answer.refused(403, "AccessDenied");
        answer.says("read-only");
        answer.says(operation);
    }
}

#[tokio::test]
async fn a_key_that_only_reads_may_read_and_list() {
    let guarded = Guarded::start();
    let service = &guarded.service;
    for path in ["/2020-05-31/distribution", "/2020-05-31/origin-access-control"] {
        let answer = service.send(signed(&reader(), "GET", path, &[], b"", now_s())).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    let path = "/2020-05-31/distribution/E1234567890123";
    let answer = service.send(signed(&reader(), "GET", path, &[], b"", now_s())).await;
    answer.refused(404, "NoSuchDistribution");
}

#[tokio::test]
async fn who_has_not_shown_the_key_does_not_learn_its_role() {
    let guarded = Guarded::start();
    let forger = signing::keys::Credentials::new("WFREADER", signing::keys::SecretKey::new("guessed-secret"));
    let request = signed(&forger, "DELETE", "/2020-05-31/distribution/E1", &[], b"", now_s());
    guarded.service.send(request).await.refused(403, "SignatureDoesNotMatch");
}

#[tokio::test]
async fn a_key_that_is_withdrawn_opens_nothing_any_more() {
    let guarded = Guarded::start();
    let list = || signed(&reader(), "GET", "/2020-05-31/distribution", &[], b"", now_s());
    assert_eq!(guarded.service.send(list()).await.status, 200);
    guarded.ring.change(|keys| keys.retain(|(id, _)| id != "WFREADER"));
    guarded.service.send(list()).await.refused(403, "InvalidClientTokenId");
}
