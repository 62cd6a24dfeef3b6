//! The script runner fails when it must: a runner that cannot fail proves nothing.

fn failure(script: &str) -> String {
    testkit::play::run("x.edge", script).expect_err("the script must fail")
}

const BEGINNING: &str =
    "title \"t\"\nshows A01\norigin o1\n  on GET /a reply 404 body \"gone\"\ndistribution d1 origin o1\n";

fn with(end: &str) -> String {
    format!("{BEGINNING}{end}")
}

#[test]
fn a_script_that_holds_passes() {
    let script = with(
        "viewer v1 -> d1\n  GET /a expect 404 body \"gone\" origin o1 asked once\norigin o1 asked once\n",
    );
    testkit::play::run("x.edge", &script).expect("it holds");
}

#[test]
fn a_failure_names_title_line_and_conversation() {
    let told = failure(&with("viewer v1 -> d1\n  GET /a\n    expect 200\n"));
    assert!(told.starts_with("t\nx.edge:7: the status is `404`, expected `200`"), "{told}");
    assert!(told.contains("o1 <- GET /a HTTP/1.1"), "{told}");
    assert!(told.contains("x-warmfront-timeline: receive:ok"), "{told}");
}

#[test]
fn a_request_that_no_origin_expects_fails() {
    let told = failure(&with("viewer v1 -> d1\n  GET /b expect 500\n"));
    assert!(told.contains("o1 was not meant to be asked GET /b"), "{told}");
}

#[test]
fn an_answer_that_was_given_is_used_up() {
    let told = failure(&with(
        "viewer v1 -> d1\n  GET /a expect 404\nclock +11s\nviewer v1 -> d1\n  GET /a expect 500\n",
    ));
    assert!(told.contains("o1 was not meant to be asked GET /a"), "{told}");
}

#[test]
fn every_kind_of_expectation_can_fail() {
    for expectation in [
        "200",
        "404 x-cache Hit",
        "404 age 0",
        "404 no header x-cache",
        "404 header x-none any",
        "404 header x-cache contains \"Hit\"",
        "404 body \"other\"",
        "404 body contains \"other\"",
        "404 body empty",
        "404 body length 5",
        "404 origin o1 untouched",
        "404 origin o1 asked twice",
        "404 steps \"judge:remember\" \"lookup:nothing\"",
        "404 no step \"fetch:\"",
        "404 broken",
        "404 result Hit once",
        "no answer",
    ] {
        // The last kind waits for its guard, so there is only one of it.
        let told = failure(&with(&format!("viewer v1 -> d1\n  GET /a expect {expectation}\n")));
        assert!(told.starts_with("t\nx.edge:7: "), "{expectation}: {told}");
    }
}

#[test]
fn a_wrong_count_or_request_at_an_origin_fails() {
    let asked = "viewer v1 -> d1\n  GET /a expect 404\n";
    for end in [
        "origin o1 untouched",
        "origin o1 saw GET /b",
        "origin o1 saw GET /a header cookie any",
        "origin o1 saw GET /a no header host",
        "origin o1 saw GET /a body \"x\"",
    ] {
        failure(&with(&format!("{asked}{end}\n")));
    }
}

#[test]
fn what_is_started_must_be_finished() {
    let told = failure(&with("viewer v1 -> d1\n  start it GET /a expect 404\n"));
    assert!(told.contains("`it` was started and never finished"), "{told}");
}

#[test]
fn a_distribution_that_does_not_compile_fails() {
    let script =
        "title \"t\"\nshows A01\norigin o1\ndistribution d1 origin o1\n  error 418 caching-min-ttl 1\n";
    assert!(failure(script).contains("InvalidErrorCode"));
}
