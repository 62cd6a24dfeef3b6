//! Policies as people write them, and what they grant.

use signing::edge_identity::{EdgeIdentity, canonical_user_id};

use super::*;

const DISTRIBUTION: &str = "arn:aws:cloudfront::123456789012:distribution/E1";

fn distribution(id: &str) -> (Who, Context) {
    let mut context = Context::default();
    context.set(Key::SourceArn, format!("arn:aws:cloudfront::123456789012:distribution/{id}"));
    context.set(Key::SourceAccount, "123456789012");
    (Who::Edge(EdgeIdentity::Distribution(id.into())), context)
}

fn identity(id: &str) -> (Who, Context) {
    (Who::Edge(EdgeIdentity::OriginAccessIdentity(id.into())), Context::default())
}

fn anonymous() -> (Who, Context) {
    (Who::Anonymous, Context::default())
}

fn user() -> (Who, Context) {
    (Who::User { account: "123456789012".into(), name: "WFKEY".into() }, Context::default())
}

fn owner() -> (Who, Context) {
    (Who::Owner { account: "123456789012".into() }, Context::default())
}

fn policy(statements: &str) -> Policy {
    Policy::parse(&format!(r#"{{"Version":"2012-10-17","Statement":{statements}}}"#), "site").unwrap()
}

fn verdict(policy: &Policy, (who, context): (Who, Context), action: &str, resource: &str) -> Verdict {
    let resource = format!("arn:aws:s3:::{resource}");
    policy.verdict(&Question { who: &who, action, resource: &resource, context: &context })
}

fn refusal(text: &str) -> String {
    Policy::parse(text, "site").unwrap_err().to_string()
}

fn statement(members: &str) -> String {
    format!(r#"{{"Statement":{{"Effect":"Allow","Principal":"*",{members}}}}}"#)
}

// proves: G30
#[test]
fn a_distribution_is_known_by_its_arn() {
    let policy = policy(&format!(
        r#"{{"Sid":"edge","Effect":"Allow","Principal":{{"Service":"cloudfront.amazonaws.com"}},"Action":"s3:GetObject",
            "Resource":"arn:aws:s3:::site/*","Condition":{{"StringEquals":{{"AWS:SourceArn":"{DISTRIBUTION}"}}}}}}"#
    ));
    let get = |who| verdict(&policy, who, "s3:GetObject", "site/errors/404.html");
    assert_eq!(get(distribution("E1")), Verdict::Allowed);
    assert_eq!(get(distribution("E2")), Verdict::Silent);
    assert_eq!(get(identity("E1")), Verdict::Silent);
    assert_eq!(get(anonymous()), Verdict::Silent);
    assert_eq!(verdict(&policy, distribution("E1"), "s3:ListBucket", "site"), Verdict::Silent);
    assert!(!policy.is_public());
}

// proves: G27
#[test]
fn an_identity_is_known_by_its_arn_and_by_its_canonical_user_id() {
    let by_arn = r#"{"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E9"}"#.to_owned();
    let by_id = format!(r#"{{"CanonicalUser":"{}"}}"#, canonical_user_id("E9"));
    for principal in [by_arn, by_id] {
        let policy = policy(&format!(
            r#"[{{"Effect":"Allow","Principal":{principal},"Action":["s3:GetObject"],"Resource":["arn:aws:s3:::site/*"]}}]"#
        ));
        assert_eq!(verdict(&policy, identity("E9"), "s3:GetObject", "site/a"), Verdict::Allowed);
        assert_eq!(verdict(&policy, identity("E8"), "s3:GetObject", "site/a"), Verdict::Silent);
        assert_eq!(verdict(&policy, distribution("E9"), "s3:GetObject", "site/a"), Verdict::Silent);
    }
}

#[test]
fn public_read_is_for_everybody_and_a_denial_wins() {
    let policy = policy(
        r#"[{"Effect":"Allow","Principal":"*","Action":"s3:Get*","Resource":"arn:aws:s3:::site/*"},
            {"Effect":"Deny","Principal":{"AWS":"*"},"Action":"s3:*","Resource":"arn:aws:s3:::site/secret/*"}]"#,
    );
    for who in [anonymous(), distribution("E1"), identity("E1"), owner()] {
        assert_eq!(verdict(&policy, who.clone(), "s3:GetObject", "site/a"), Verdict::Allowed);
        assert_eq!(verdict(&policy, who.clone(), "s3:GetObject", "site/secret/a"), Verdict::Denied);
        assert_eq!(verdict(&policy, who, "s3:PutObject", "site/a"), Verdict::Silent);
    }
    assert!(policy.is_public());
}

#[test]
fn what_is_not_listed_is_meant_by_the_negated_members() {
    let policy = policy(
        r#"{"Effect":"Deny","NotPrincipal":{"AWS":"arn:aws:iam::123456789012:root"},
            "NotAction":"s3:GetObject","NotResource":"arn:aws:s3:::site/open/*"}"#,
    );
    assert_eq!(verdict(&policy, anonymous(), "s3:PutObject", "site/a"), Verdict::Denied);
    assert_eq!(verdict(&policy, anonymous(), "s3:GetObject", "site/a"), Verdict::Silent);
    assert_eq!(verdict(&policy, anonymous(), "s3:PutObject", "site/open/a"), Verdict::Silent);
    assert_eq!(verdict(&policy, owner(), "s3:PutObject", "site/a"), Verdict::Silent);
}

#[test]
fn an_account_that_is_allowed_decides_for_its_users_and_one_that_is_denied_does_not() {
    let of = |effect: &str| {
        policy(&format!(
            r#"{{"Effect":"{effect}","Principal":{{"AWS":"123456789012"}},"Action":"s3:PutObject","Resource":"arn:aws:s3:::site/*"}}"#
        ))
    };
    assert_eq!(verdict(&of("Allow"), owner(), "s3:PutObject", "site/a"), Verdict::Allowed);
    assert_eq!(verdict(&of("Allow"), user(), "s3:PutObject", "site/a"), Verdict::Silent);
    assert_eq!(verdict(&of("Deny"), user(), "s3:PutObject", "site/a"), Verdict::Denied);
}

#[test]
fn every_operator_holds_for_its_values_only() {
    let mut context = Context::default();
    context.set(Key::SourceIp, "192.0.2.7");
    context.set(Key::SecureTransport, "false");
    context.set(Key::Prefix, "Home/a");
    context.set(Key::SourceArn, DISTRIBUTION);
    for (condition, holds) in [
        (r#"{"StringEquals":{"s3:prefix":["x","Home/a"]}}"#, true),
        (r#"{"StringEquals":{"s3:prefix":"home/a"}}"#, false),
        (r#"{"StringEqualsIgnoreCase":{"S3:Prefix":"home/A"}}"#, true),
        (r#"{"StringNotEquals":{"s3:prefix":["x","Home/a"]}}"#, false),
        (r#"{"StringNotEquals":{"s3:delimiter":"/"}}"#, true),
        (r#"{"StringEquals":{"s3:delimiter":"/"}}"#, false),
        (r#"{"StringEqualsIfExists":{"s3:delimiter":"/"}}"#, true),
        (r#"{"StringLike":{"s3:prefix":"Home/*"}}"#, true),
        (r#"{"StringNotLike":{"s3:prefix":"Home/*"}}"#, false),
        (r#"{"ArnLike":{"aws:SourceArn":"arn:aws:cloudfront::*:distribution/*"}}"#, true),
        (r#"{"ArnEquals":{"aws:SourceArn":"arn:*:distribution/E1"}}"#, false),
        (r#"{"ArnNotEquals":{"aws:SourceArn":"arn:aws:cloudfront::123456789012:distribution/E1"}}"#, false),
        (r#"{"Bool":{"aws:SecureTransport":false}}"#, true),
        (r#"{"Bool":{"aws:SecureTransport":"true"}}"#, false),
        (r#"{"IpAddress":{"aws:SourceIp":["10.0.0.0/8","192.0.2.0/24"]}}"#, true),
        (r#"{"IpAddress":{"aws:SourceIp":"192.0.2.8/32"}}"#, false),
        (r#"{"IpAddress":{"aws:SourceIp":"2001:db8::/32"}}"#, false),
        (r#"{"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"}}"#, false),
        (r#"{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}"#, true),
        (r#"{"Null":{"aws:SourceArn":"false"}}"#, true),
        (r#"{"Null":{"aws:Referer":true}}"#, true),
        (r#"{"Null":{"aws:Referer":"false"}}"#, false),
        (r#"{"StringLike":{"s3:prefix":"Home/*"},"Bool":{"aws:SecureTransport":"true"}}"#, false),
    ] {
        let policy = policy(&format!(
            r#"{{"Effect":"Allow","Principal":"*","Action":"s3:ListBucket","Resource":"arn:aws:s3:::site","Condition":{condition}}}"#
        ));
        let question = Question {
            who: &Who::Anonymous,
            action: "s3:ListBucket",
            resource: "arn:aws:s3:::site",
            context: &context,
        };
        assert_eq!(policy.verdict(&question) == Verdict::Allowed, holds, "{condition}");
    }
}

#[test]
fn what_is_not_known_is_refused_by_name() {
    let get = r#""Action":"s3:GetObject","Resource":"arn:aws:s3:::site/*""#;
    for (text, says) in [
        ("[]", "an object"),
        ("{", "valid JSON"),
        (r#"{"Version":"2012-10-17"}"#, "Statement"),
        (r#"{"Statement":[]}"#, "at least one statement"),
        (r#"{"Version":"2020-01-01","Statement":[]}"#, "2020-01-01"),
        (r#"{"Statements":[]}"#, "Unknown field Statements"),
        (&statement(&format!(r#"{get},"Conditions":{{}}"#)), "Unknown field Conditions"),
        (&statement(&format!(r#"{get},"Action":"s3:*""#)), "twice"),
        (&statement(&format!(r#"{get},"NotAction":"s3:*""#)), "Action and NotAction"),
        (&statement(r#""Action":"s3:GetObject""#), "Missing required field Resource"),
        (&statement(r#""Action":"s3:GetObjects","Resource":"arn:aws:s3:::site/*""#), "s3:GetObjects"),
        (&statement(r#""Action":"ec2:*","Resource":"arn:aws:s3:::site/*""#), "ec2:*"),
        (&statement(r#""Action":[],"Resource":"arn:aws:s3:::site/*""#), "empty list"),
        (&statement(r#""Action":"s3:GetObject","Resource":"arn:aws:s3:::other/*""#), "arn:aws:s3:::site/*"),
        (&statement(r#""Action":"s3:GetObject","Resource":"*""#), "arn:aws:s3:::site/*"),
        (&statement(r#""Action":"s3:GetObject","Resource":"arn:aws:s3:::site""#), "does not apply"),
        (&statement(r#""Action":"s3:ListBucket","Resource":"arn:aws:s3:::site/*""#), "does not apply"),
        (
            &statement(r#""Action":"s3:GetObject","Resource":"arn:aws:s3:::site/${aws:username}/*""#),
            "variable",
        ),
        (&statement(&format!(r#"{get},"Condition":{{"NumericEquals":{{"s3:prefix":1}}}}"#)), "NumericEquals"),
        (&statement(&format!(r#"{get},"Condition":{{"StringEquals":{{"aws:Moon":"full"}}}}"#)), "aws:Moon"),
        (&statement(&format!(r#"{get},"Condition":{{"StringEquals":{{"s3:prefix":[]}}}}"#)), "at least one"),
        (
            &statement(&format!(r#"{get},"Condition":{{"IpAddress":{{"aws:SourceIp":"1.2.3.4/33"}}}}"#)),
            "1.2.3.4/33",
        ),
        (
            &statement(&format!(r#"{get},"Condition":{{"Bool":{{"aws:SecureTransport":"yes"}}}}"#)),
            "true or false",
        ),
        (
            &statement(&format!(r#"{get},"Condition":{{"NullIfExists":{{"s3:prefix":true}}}}"#)),
            "NullIfExists",
        ),
    ] {
        let said = refusal(text);
        assert!(said.contains(says), "{text}: {said}");
    }
    for principal in [
        r#""me""#,
        r#"{}"#,
        r#"{"AWS":"arn:aws:iam::1:root"}"#,
        r#"{"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity "}"#,
        r#"{"Service":"lambda.amazonaws.com"}"#,
        r#"{"Federated":"x"}"#,
        r#"{"CanonicalUser":"x"}"#,
    ] {
        let text = format!(r#"{{"Statement":{{"Effect":"Allow","Principal":{principal},{get}}}}}"#);
        assert!(refusal(&text).contains("Invalid principal"), "{principal}");
    }
    let long = format!(r#"{{"Id":"{}"}}"#, "x".repeat(MAX_BYTES));
    assert!(refusal(&long).contains("at most 20480"));
}

#[test]
fn a_policy_is_public_unless_it_says_who_or_from_where() {
    let with = |condition: &str| {
        policy(&format!(
            r#"{{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::site/*"{condition}}}"#
        ))
        .is_public()
    };
    assert!(with(""));
    assert!(with(r#","Condition":{"Bool":{"aws:SecureTransport":"true"}}"#));
    assert!(with(r#","Condition":{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}"#));
    assert!(!with(r#","Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}"#));
    assert!(!with(r#","Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"}}"#));
}
