//! A fuzz target: any document is a policy or a sentence, an explicit denial wins, silence grants nothing, and what is not known is
//! refused. The crate `fuzz` says how targets run.

use ::fuzz::{Corpus, Unstructured, arbitrary};
use signing::edge_identity::EdgeIdentity;

use super::*;

const BUCKET: &str = "site";

const WORDS: &[&str] = &[
    "\"*\"",
    "\"Deny\"",
    "\"Allow\"",
    "\"NotAction\"",
    "\"NotPrincipal\"",
    "\"NotResource\"",
    "\"s3:*\"",
    "\"s3:GetObject\"",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "null",
    "true",
    "1e9",
    "\"\"",
    "\\u0000",
    "\"Condition\"",
    "\"StringEquals\"",
    "\"ForAnyValue:StringLike\"",
    "\"Null\"",
    "\"aws:SourceIp\"",
    "\"10.0.0.0/33\"",
    "arn:aws:s3:::site/*",
    "arn:aws:s3:::other/*",
    "${aws:username}",
    "?",
    "*",
];

const DENY_EVERYTHING: &str = r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::site","arn:aws:s3:::site/*"]}"#;

fn corpus() -> Corpus {
    ::fuzz::corpus(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/policies"), WORDS)
}

/// Who asks for what.
struct Asked {
    who: Who,
    action: &'static str,
    resource: String,
    context: Context,
}

impl Asked {
    fn any(bytes: &mut Unstructured<'_>) -> arbitrary::Result<Self> {
        let account = || "123456789012".to_owned();
        let who = match bytes.int_in_range(0..=4)? {
            0 => Who::Anonymous,
            1 => Who::Owner { account: account() },
            2 => Who::User { account: account(), name: "KEY".into() },
            3 => Who::Edge(EdgeIdentity::Distribution("E1".into())),
            _ => Who::Edge(EdgeIdentity::OriginAccessIdentity("E2".into())),
        };
        let mut context = Context::default();
        for (key, values) in [
            (Key::SourceArn, ["arn:aws:cloudfront::123456789012:distribution/E1", "", "*"]),
            (Key::SourceIp, ["10.1.2.3", "::1", "no address"]),
            (Key::SecureTransport, ["true", "false", "maybe"]),
            (Key::Prefix, ["a/b", "", "é"]),
        ] {
            if bytes.arbitrary()? {
                context.set(key, *bytes.choose(&values)?);
            }
        }
        let action = *bytes.choose(&["s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:DeleteObject"])?;
        let key = *bytes.choose(&["a", "a/b", "", "é*?", "aXb", "a?b*"])?;
        Ok(Self { who, action, resource: format!("arn:aws:s3:::{BUCKET}/{key}"), context })
    }

    fn verdict(&self, policy: &Policy) -> Verdict {
        let Self { who, action, resource, context } = self;
        policy.verdict(&Question { who, action, resource, context })
    }
}

#[test]
fn any_document_is_a_policy_or_a_sentence_and_a_denial_wins() {
    let corpus = corpus();
    for document in corpus.documents() {
        let text = std::str::from_utf8(document).unwrap();
        assert!(Policy::parse(text, BUCKET).is_ok(), "{text}");
    }
    ::fuzz::run(|bytes| {
        let document = corpus.damaged(bytes)?;
        let text = String::from_utf8_lossy(&document);
        let asked = Asked::any(bytes)?;
        let policy = match Policy::parse(&text, BUCKET) {
            Ok(policy) => policy,
            Err(Malformed(sentence)) => {
                assert!(!sentence.is_empty());
                return Ok(());
            }
        };
        assert_eq!(policy.text(), text);
        let before = asked.verdict(&policy);
        // Without a statement that allows, nothing is allowed; with one that denies everything, nothing is.
        assert!(before != Verdict::Allowed || text.contains("Allow"), "{text}");
        let denied = with_statement(&text, DENY_EVERYTHING);
        let denied = Policy::parse(&denied, BUCKET).unwrap_or_else(|error| panic!("{error}: {denied}"));
        assert_eq!(asked.verdict(&denied), Verdict::Denied, "{text}");
        // A word that nobody knows is refused wherever it stands.
        for unknown in [r#"{"Effect":"Allow","Surprise":1}"#, r#"{"Effect":"Perhaps"}"#] {
            assert!(
                Policy::parse(&with_statement(&text, unknown), BUCKET).is_err(),
                "{unknown} beside {text}"
            );
        }
        Ok(())
    });
}

/// The same policy with one more statement at the end.
fn with_statement(policy: &str, statement: &str) -> String {
    let mut value: serde_json::Value = serde_json::from_str(policy).unwrap();
    let statement: serde_json::Value = serde_json::from_str(statement).unwrap();
    let statements = value.get_mut("Statement").unwrap();
    match statements {
        serde_json::Value::Array(statements) => statements.push(statement),
        one => *one = serde_json::Value::Array(vec![one.take(), statement]),
    }
    value.to_string()
}
