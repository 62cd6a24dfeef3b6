//! Our declarations against CloudFront's public model, as botocore carries it.
//!
//! `WARMFRONT_BOTOCORE_PYTHON` names a Python interpreter that has botocore. Without it the test says so on stderr and compares
//! nothing; the project's test command always sets it. The model is read at test time and never kept.

use std::{
    collections::BTreeSet,
    env,
    io::{self, Write as _},
    process::Command,
    sync::OnceLock,
};

use shapes::{
    CachePolicy, CachePolicyConfig, CachePolicyList, CachePolicyType, CloudFrontOriginAccessIdentity,
    CloudFrontOriginAccessIdentityConfig, CloudFrontOriginAccessIdentityList, Content, Distribution,
    DistributionConfig, DistributionConfigWithTags, DistributionIdList, DistributionList, ErrorCode,
    Invalidation, InvalidationBatch, InvalidationList, Kind, Member, NAMESPACE, Operation,
    OriginAccessControl, OriginAccessControlConfig, OriginAccessControlList, OriginRequestPolicy,
    OriginRequestPolicyConfig, OriginRequestPolicyList, ResponseHeadersPolicy, ResponseHeadersPolicyConfig,
    ResponseHeadersPolicyList, Shape, TagKeys, Tags,
    operations::{Answer, Row, Tier},
};

const INTERPRETER: &str = "WARMFRONT_BOTOCORE_PYTHON";

/// Prints one line per fact, in the words of the tests below.
const MODEL_FACTS: &str = include_str!("drift/model_facts.py");

/// The documents that operations of tier T1 take and answer.
const DOCUMENTS: [(&str, &[Member]); 25] = [
    document::<CachePolicy>(),
    document::<CachePolicyConfig>(),
    document::<CachePolicyList>(),
    document::<CloudFrontOriginAccessIdentity>(),
    document::<CloudFrontOriginAccessIdentityConfig>(),
    document::<CloudFrontOriginAccessIdentityList>(),
    document::<Distribution>(),
    document::<DistributionConfig>(),
    document::<DistributionConfigWithTags>(),
    document::<DistributionIdList>(),
    document::<DistributionList>(),
    document::<Invalidation>(),
    document::<InvalidationBatch>(),
    document::<InvalidationList>(),
    document::<OriginAccessControl>(),
    document::<OriginAccessControlConfig>(),
    document::<OriginAccessControlList>(),
    document::<OriginRequestPolicy>(),
    document::<OriginRequestPolicyConfig>(),
    document::<OriginRequestPolicyList>(),
    document::<ResponseHeadersPolicy>(),
    document::<ResponseHeadersPolicyConfig>(),
    document::<ResponseHeadersPolicyList>(),
    document::<TagKeys>(),
    document::<Tags>(),
];

const fn document<T: Shape>() -> (&'static str, &'static [Member]) {
    (T::NAME, T::MEMBERS)
}

/// The operations that are compared to their last member.
fn first_tier() -> impl Iterator<Item = (Operation, &'static Row)> {
    let rows = Operation::ALL.iter().map(|operation| (*operation, operation.row()));
    rows.filter(|(_, row)| row.tier == Tier::T1)
}

/// Members that the model requires and we read without: an absent list is an empty one, and its `Quantity` is judged by validation.
const LENIENT: [&str; 1] = ["AllowedMethods.Items"];

/// Words of the model that this version has no meaning for. It refuses them like any other unknown word: taking
/// them would be a promise about signatures that is not kept.
const REFUSED_WORDS: [&str; 2] = ["always-amz-auth", "sigv4a"];

/// The facts of the model, asked for once; `None` when there is no interpreter to ask.
fn model_facts() -> Option<&'static BTreeSet<String>> {
    static FACTS: OnceLock<Option<BTreeSet<String>>> = OnceLock::new();
    FACTS.get_or_init(ask_botocore).as_ref()
}

fn ask_botocore() -> Option<BTreeSet<String>> {
    let Ok(interpreter) = env::var(INTERPRETER) else {
        // Not `eprintln!`, which the test harness keeps to itself.
        let _ = writeln!(
            io::stderr(),
            "DRIFT TESTS DID NOT RUN: {INTERPRETER} names no Python interpreter with botocore"
        );
        return None;
    };
    let output = Command::new(&interpreter)
        .arg("-c")
        .arg(MODEL_FACTS)
        .args(first_tier().map(|(_, row)| row.name))
        .output()
        .expect("the interpreter starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let facts: BTreeSet<_> =
        String::from_utf8(output.stdout).expect("UTF-8").lines().map(without_refused_words).collect();
    assert!(facts.len() > 1_300, "the model is too small to be true: {} facts", facts.len());
    Some(facts)
}

/// The fact without [`REFUSED_WORDS`], when it lists words.
fn without_refused_words(fact: &str) -> String {
    let Some((member, words)) = fact.split_once(" one of ") else { return fact.to_owned() };
    let words: Vec<_> = words.split(',').filter(|word| !REFUSED_WORDS.contains(word)).collect();
    format!("{member} one of {}", words.join(","))
}

/// Compares the facts that begin with one of these words, both ways.
fn assert_same(words: &[&str], declared: BTreeSet<String>) {
    let Some(model) = model_facts() else { return };
    let model: BTreeSet<_> =
        model.iter().filter(|fact| words.iter().any(|word| fact.starts_with(word))).cloned().collect();
    let missing: Vec<_> = model.difference(&declared).collect();
    let invented: Vec<_> = declared.difference(&model).collect();
    assert!(
        missing.is_empty() && invented.is_empty(),
        "in the model only: {missing:#?}\ndeclared only: {invented:#?}"
    );
    assert!(!declared.is_empty());
}

#[test]
fn operations_are_those_of_the_model() {
    let declared = Operation::ALL.iter().map(|operation| {
        let row = operation.row();
        let answer = match row.answer {
            Answer::Empty => "-",
            Answer::Document(root) => root,
            Answer::Bytes => "raw",
        };
        format!(
            "operation {} {} {} query={} body={} headers={} status={} answer={} answer_headers={}",
            row.name,
            row.method.as_str(),
            row.path,
            sorted(row.query),
            row.body.unwrap_or("-"),
            sorted(row.headers),
            row.status,
            answer,
            sorted(row.answer_headers),
        )
    });
    assert_same(&["operation "], declared.collect());
}

fn sorted(names: &[&str]) -> String {
    let mut names = names.to_vec();
    names.sort_unstable();
    names.join(",")
}

#[test]
fn error_codes_and_statuses_are_those_of_the_model() {
    assert_same(
        &["error "],
        ErrorCode::MODELLED.iter().map(|code| format!("error {code} {}", code.status())).collect(),
    );
}

#[test]
fn every_tier_has_as_many_operations_as_it_should() {
    let count = |tier| Operation::ALL.iter().filter(|operation| operation.row().tier == tier).count();
    assert_eq!([Tier::T1, Tier::T2, Tier::T3].map(count), [46, 45, 76]);
}

#[test]
fn parameters_travel_where_the_model_says() {
    let mut declared = BTreeSet::new();
    for (_, row) in first_tier() {
        let mut add = |direction: &str, location: &str, name: &str, kind: &str, needed: &str| {
            declared.insert(format!("parameter {} {direction} {location} {name} {kind} {needed}", row.name))
        };
        for label in row.path.split(['{', '}']).skip(1).step_by(2) {
            add("input", "uri", label, "text", "required");
        }
        for name in row.query.iter().copied() {
            add(
                "input",
                "querystring",
                name,
                &query_kind(name),
                if name == "Resource" { "required" } else { "optional" },
            );
        }
        for name in row.headers {
            add("input", "header", name, "text", "optional");
        }
        for name in row.answer_headers {
            add("output", "header", name, "text", "optional");
        }
    }
    assert_same(&["parameter "], declared);
}

/// What a query parameter may say; the policy lists' `Type` has words.
fn query_kind(name: &str) -> String {
    match (name, <CachePolicyType as Content>::KIND) {
        ("Type", Kind::Enumeration(words)) => format!("one of {}", sorted(words)),
        _ => "text".to_owned(),
    }
}

#[test]
fn documents_have_the_root_and_the_namespace_of_the_model() {
    let mut declared = BTreeSet::new();
    for (_, row) in first_tier() {
        if let Some(root) = row.body {
            declared.insert(format!("document {} input {root} {root} {NAMESPACE}", row.name));
        }
        if let Answer::Document(root) = row.answer {
            declared.insert(format!("document {} output {root} {root} -", row.name));
        }
    }
    assert_same(&["document "], declared);
}

#[test]
fn every_document_of_the_first_tier_is_declared_and_no_other_is() {
    let answered = |row: &Row| if let Answer::Document(root) = row.answer { Some(root) } else { None };
    let used: BTreeSet<_> =
        first_tier().flat_map(|(_, row)| row.body.into_iter().chain(answered(row))).collect();
    assert_eq!(used, DOCUMENTS.iter().map(|(name, _)| *name).collect());
}

#[test]
fn the_codes_of_each_operation_are_those_of_the_model() {
    let declared = first_tier().flat_map(|(operation, row)| {
        let refusal = |code: &ErrorCode| format!("refusal {} {code} {}", row.name, code.status());
        operation.errors().iter().map(refusal)
    });
    assert_same(&["refusal "], declared.collect());
}

#[test]
fn members_their_types_and_words_are_those_of_the_model() {
    assert_same(&["member "], Declared::documents().facts);
}

#[test]
fn what_we_require_is_what_the_model_requires() {
    let mut declared = Declared::documents();
    declared.required.extend(LENIENT.map(|member| format!("required {member}")));
    assert_same(&["required "], declared.required);
}

/// The facts that our declarations state.
#[derive(Default)]
struct Declared {
    facts: BTreeSet<String>,
    required: BTreeSet<String>,
}

impl Declared {
    fn documents() -> Self {
        let mut declared = Self::default();
        for (name, members) in DOCUMENTS {
            declared.structure(name, members);
        }
        declared
    }

    fn structure(&mut self, name: &str, members: &[Member]) {
        for member in members {
            if let ("", Kind::Structure { members, .. }) = (member.name, member.kind) {
                self.structure(name, members);
                continue;
            }
            let kind = self.kind(member.kind, member.item);
            self.facts.insert(format!("member {name}.{} {kind}", member.name));
            if member.required {
                self.required.insert(format!("required {name}.{}", member.name));
            }
        }
    }

    fn kind(&mut self, kind: Kind, item: Option<&str>) -> String {
        match kind {
            Kind::Text => "text".to_owned(),
            Kind::Boolean => "boolean".to_owned(),
            Kind::Integer => "integer".to_owned(),
            Kind::Double => "double".to_owned(),
            Kind::Long => "long".to_owned(),
            Kind::Timestamp => "timestamp".to_owned(),
            Kind::Enumeration(words) => format!("one of {}", sorted(words)),
            Kind::Structure { name, members } => {
                self.structure(name, members);
                name.to_owned()
            }
            Kind::Entries(entry) => format!("entries {} {}", item.unwrap_or("?"), self.kind(*entry, None)),
            Kind::Counted(entry) => format!("counted {} {}", item.unwrap_or("?"), self.kind(*entry, None)),
        }
    }
}
