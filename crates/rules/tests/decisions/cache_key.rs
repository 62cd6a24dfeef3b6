//! Executes `docs/rules/cache-key.md`; random requests show that a key ignores what the policy ignores and
//! tells apart what it names.

use http::Method;
use http::header::{HeaderName, HeaderValue};
use proptest::prelude::*;
use rules::cache_key::{self, CacheKey, Variant, normalized_accept_encoding};
use rules::model::{Distribution, KeyParts, NameSelection};
use rules::request::RequestHead;

use crate::{given, tables};

#[test]
fn every_row_of_cache_key_holds() {
    for row in tables::read("cache-key.md") {
        if row.has("same object") {
            let distribution =
                given::distribution(given::origin(), given::behavior_with(&row.lines("behavior")));
            let one = key(&distribution, &given::request(&row.lines("one request")));
            let other = key(&distribution, &given::request(&row.lines("other request")));
            assert_eq!(one == other, row.yes("same object"));
            assert!(one != other || one.hash64() == other.hash64());
        } else if row.has("flags") {
            normalises_accept_encoding(&row);
        } else {
            has_these_parts(&row);
        }
    }
}

fn key(distribution: &Distribution, head: &RequestHead) -> CacheKey {
    cache_key::build(distribution, &distribution.behaviors.default, head, variant(head))
}

/// GET and HEAD share a copy (D03); the edge keeps what HEAD alone learned apart by asking for that variant.
fn variant(head: &RequestHead) -> Variant {
    if head.method == Method::OPTIONS { Variant::Options } else { Variant::Get }
}

fn normalises_accept_encoding(row: &tables::Row) {
    let flags = row.lines("flags");
    let key = KeyParts {
        gzip: flags.iter().any(|flag| flag == "gzip"),
        brotli: flags.iter().any(|flag| flag == "br"),
        ..KeyParts::default()
    };
    let sent =
        row.lines("viewer sends").iter().map(|value| format!("accept-encoding: {value}")).collect::<Vec<_>>();
    let normalized = normalized_accept_encoding(&key, &given::request(&sent));
    assert_eq!(normalized.unwrap_or_default(), row.text("in the key"));
}

fn has_these_parts(row: &tables::Row) {
    let origin = given::origin_with(&row.lines("origin"));
    let distribution = given::distribution(origin, given::behavior_with(&row.lines("behavior")));
    let head = given::request(&row.lines("request"));
    let parts = cache_key::parts(&distribution, &distribution.behaviors.default, &head, variant(&head));
    let parts: Vec<String> = parts.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    assert_eq!(parts, row.lines("key"));
}

#[test]
fn invalidation_sees_path_and_the_query_parameters_in_the_key() {
    let behavior = given::behavior_with(&["key query only x".to_owned()]);
    let distribution = given::distribution(given::origin(), behavior);
    let key = key(&distribution, &given::request(&["GET /a.jpg?y=2&x=1".to_owned(), "x-a: 1".to_owned()]));
    assert_eq!(key.path_and_query(), "/a.jpg?x=1");
    assert_eq!(key.distribution_id(), "EDFDVBD6EXAMPLE");
}

#[test]
fn what_head_alone_learned_has_a_key_of_its_own() {
    let distribution = given::distribution(given::origin(), given::behavior());
    let head = given::request(&["HEAD /a".to_owned()]);
    let behavior = &distribution.behaviors.default;
    let by_get = cache_key::build(&distribution, behavior, &head, Variant::Get);
    let by_head = cache_key::build(&distribution, behavior, &head, Variant::HeadOnly);
    assert_ne!(by_get, by_head);
}

#[test]
fn behaviors_share_what_their_keys_have_in_common() {
    let distribution = given::distribution(given::origin(), given::behavior());
    let head = given::request(&["GET /a".to_owned()]);
    let naming = given::behavior_with(&["key headers X-A".to_owned(), "key cookies all".to_owned()]);
    let plain = cache_key::build(&distribution, &distribution.behaviors.default, &head, Variant::Get);
    assert_eq!(plain, cache_key::build(&distribution, &naming, &head, Variant::Get));
}

fn head_with(headers: &[(String, String)], query: Option<String>) -> RequestHead {
    let mut head = given::request(&["GET /a".to_owned()]);
    head.query = query.filter(|query| !query.is_empty()).map(Into::into);
    for (name, value) in headers {
        head.fields
            .append(HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap());
    }
    head
}

fn headers() -> impl Strategy<Value = Vec<(String, String)>> {
    prop::collection::vec(("x-[abc]", "[a-c:, ]{0,4}"), 0..4)
}

fn named(headers: &[(String, String)]) -> Vec<(String, String)> {
    let mut named = Vec::new();
    for name in ["x-a", "x-b"] {
        let values: Vec<&str> =
            headers.iter().filter(|(held, _)| held == name).map(|(_, value)| value.as_str()).collect();
        if !values.is_empty() {
            named.push((name.to_owned(), values.join(", ")));
        }
    }
    named
}

proptest! {
    #[test]
    fn keys_are_equal_exactly_when_the_named_headers_are(one in headers(), other in headers()) {
        let behavior = given::behavior_with(&["key headers X-A X-B".to_owned()]);
        let distribution = given::distribution(given::origin(), behavior);
        let equal = key(&distribution, &head_with(&one, None)) == key(&distribution, &head_with(&other, None));
        prop_assert_eq!(equal, named(&one) == named(&other));
    }

    #[test]
    fn a_key_without_any_setting_ignores_everything_but_the_path(one in headers(), query in "[a-c=&]{0,8}") {
        let distribution = given::distribution(given::origin(), given::behavior());
        let plain = key(&distribution, &head_with(&[], None));
        prop_assert_eq!(key(&distribution, &head_with(&one, Some(query))), plain);
    }

    #[test]
    fn a_whole_query_in_the_key_tells_any_two_queries_apart(one in "[ab=&]{0,6}", other in "[ab=&]{0,6}") {
        let mut behavior = given::behavior();
        behavior.caching.key.query = NameSelection::All;
        let distribution = given::distribution(given::origin(), behavior);
        let same = one == other;
        let equal = key(&distribution, &head_with(&[], Some(one))) == key(&distribution, &head_with(&[], Some(other)));
        prop_assert_eq!(equal, same);
    }

    #[test]
    fn listed_and_unlisted_parameters_complement_each_other(query in "[ab]=[12](&[abc]=[12]){0,5}") {
        let a: NameSelection = NameSelection::Only(Box::new(["a".into()]));
        let not_a: NameSelection = NameSelection::Except(Box::new(["a".into()]));
        let count = |selection: NameSelection| {
            let mut behavior = given::behavior();
            behavior.caching.key.query = selection;
            let distribution = given::distribution(given::origin(), behavior);
            let key = key(&distribution, &head_with(&[], Some(query.clone())));
            key.path_and_query().matches('=').count()
        };
        prop_assert_eq!(count(a) + count(not_a), query.matches('=').count());
    }
}
