//! Golden pairs: `tests/golden/compile/*.pair` hold a document and, after `----`, what it compiles to or the
//! problems that refuse it.
//!
//! Lines before the document: `# ` is a note, `@update` treats it as an update (strict presence first), `@stored`
//! expects the document that is stored instead of the compiled one, `@lenient` keeps unknown references,
//! `@quota <name>=<number>` changes a quota, `@invalidation` and `@tags` say that it is a document of that kind,
//! `@s3-endpoint <host>:<port>` names a store. `UPDATE_GOLDEN=1` rewrites the second halves: review them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper of a test may fail the test")]

use std::fs;
use std::path::{Path, PathBuf};

use compile::{Environment, Identity, Problems, References, S3Endpoint};
use rules::model::OriginScheme;
use shapes::{
    DistributionConfig, OriginAccessControlConfig, OriginAccessControlOriginTypes,
    OriginAccessControlSigningBehaviors, OriginAccessControlSigningProtocols, Shape,
};

const SEPARATOR: &str = "----\n";

struct Pair {
    path: PathBuf,
    document: String,
    expected: String,
}

fn pairs() -> Vec<Pair> {
    pairs_of("compile")
}

fn pairs_of(folder: &str) -> Vec<Pair> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden").join(folder);
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "pair"));
    paths.sort();
    paths.into_iter().map(read_pair).collect()
}

fn read_pair(path: PathBuf) -> Pair {
    let text = fs::read_to_string(&path).unwrap();
    let (document, expected) = text.split_once(SEPARATOR).unwrap_or((&text, ""));
    Pair { document: document.to_owned(), expected: expected.to_owned(), path }
}

#[derive(Default)]
enum Kind {
    #[default]
    Distribution,
    Invalidation,
    Tags,
}

#[derive(Default)]
struct Directives {
    update: bool,
    stored: bool,
    kind: Kind,
    environment: Environment,
}

/// Takes the lines before the document apart; the rest is the document.
fn directives(text: &str) -> (Directives, &str) {
    let mut directives = Directives::default();
    directives.environment.account_id = "123456789012".into();
    let mut rest = text;
    while let Some((line, after)) = rest.split_once('\n').filter(|(line, _)| line.starts_with(['#', '@'])) {
        match line.split_once(' ').unwrap_or((line, "")) {
            ("#", _) => {}
            ("@update", "") => directives.update = true,
            ("@stored", "") => directives.stored = true,
            ("@lenient", "") => directives.environment.lenient_references = true,
            ("@invalidation", "") => directives.kind = Kind::Invalidation,
            ("@tags", "") => directives.kind = Kind::Tags,
            ("@quota", quota) => {
                let (name, number) = quota.split_once('=').unwrap();
                directives.environment.quotas.set(name, number.parse().unwrap()).unwrap();
            }
            ("@s3-endpoint", place) => directives.environment.s3_endpoint = Some(store(place)),
            _ => panic!("unknown directive {line}"),
        }
        rest = after;
    }
    (directives, rest)
}

fn store(place: &str) -> S3Endpoint {
    let (host, port) = place.split_once(':').unwrap();
    S3Endpoint { scheme: OriginScheme::HttpOnly, host: host.into(), port: port.parse().unwrap() }
}

fn references() -> References {
    let control = |kind, behavior| OriginAccessControlConfig {
        name: "control".into(),
        description: None,
        signing_protocol: OriginAccessControlSigningProtocols::Sigv4,
        signing_behavior: behavior,
        origin_access_control_origin_type: kind,
    };
    use OriginAccessControlOriginTypes::{Lambda, S3};
    use OriginAccessControlSigningBehaviors::{Always, Never, NoOverride};
    let controls = [
        ("EALWAYS", control(S3, Always)),
        ("ENEVER", control(S3, Never)),
        ("ENOOVERRIDE", control(S3, NoOverride)),
        ("ELAMBDA", control(Lambda, Always)),
    ];
    References {
        origin_access_controls: controls.into_iter().map(|(id, config)| (id.to_owned(), config)).collect(),
        origin_access_identities: Some([String::from("EIDENTITY")].into()),
        ..References::default()
    }
}

fn outcome(text: &str) -> String {
    let (directives, document) = directives(text);
    let quotas = &directives.environment.quotas;
    match directives.kind {
        Kind::Distribution => of_distribution(read(document), &directives),
        Kind::Invalidation => match compile::invalidation_batch(&read(document), quotas) {
            Ok(paths) => paths.iter().map(|path| format!("{path:?}\n")).collect(),
            Err(problems) => refused(&problems),
        },
        Kind::Tags => match compile::tags(&read(document), quotas).into_result() {
            Ok(()) => "accepted\n".to_owned(),
            Err(problems) => refused(&problems),
        },
    }
}

fn read<T: Shape>(document: &str) -> T {
    match shapes::xml::read(document.as_bytes()) {
        Ok(read) => read,
        Err(error) => panic!("the document cannot be read: {error}"),
    }
}

fn of_distribution(mut config: DistributionConfig, directives: &Directives) -> String {
    if directives.update {
        let missing = compile::check_update(&config);
        if !missing.is_empty() {
            return refused(&missing);
        }
    }
    compile::defaults(&mut config);
    compile::normalize(&mut config);
    let identity = Identity {
        id: "E1EXAMPLE".into(),
        arn: "arn:aws:cloudfront::123456789012:distribution/E1EXAMPLE".into(),
        etag: "E2ETAG".into(),
        domain_name: "d111.cloudfront.localhost".into(),
    };
    let compiled = compile::distribution(&identity, &config, &references(), &directives.environment);
    if compiled.is_ok() {
        assert_can_be_sent_back(&config);
    }
    match compiled {
        Err(problems) => refused(&problems),
        Ok(_) if directives.stored => one_element_a_line(&shapes::xml::write(&config)),
        Ok(distribution) => {
            let mut out = compile::print(&distribution);
            for warning in compile::support::warnings(&config) {
                out.push_str(&format!("warning {warning}\n"));
            }
            out
        }
    }
}

/// What is stored is complete enough for an update, and storing it again changes nothing.
fn assert_can_be_sent_back(stored: &DistributionConfig) {
    assert_eq!(compile::check_update(stored), Problems::default());
    let mut again = stored.clone();
    compile::defaults(&mut again);
    compile::normalize(&mut again);
    assert_eq!(&again, stored);
}

fn one_element_a_line(document: &str) -> String {
    let mut out = String::new();
    let mut opened = "";
    for (index, part) in document.split("><").enumerate() {
        let closes_opened = part.strip_prefix('/').is_some_and(|name| name == opened);
        out.push_str(match (index, closes_opened) {
            (0, _) => "",
            (_, true) => "><",
            (_, false) => ">\n<",
        });
        out.push_str(part);
        opened = part;
    }
    out + "\n"
}

fn refused(problems: &Problems) -> String {
    assert!(problems.first().is_some(), "refused without a problem");
    problems.iter().map(|problem| format!("problem {problem}\n")).collect()
}

#[test]
fn every_document_compiles_to_its_golden_half() {
    let rewrite = std::env::var_os("UPDATE_GOLDEN").is_some();
    let pairs = pairs();
    assert!(pairs.len() > 50, "only {} pairs found", pairs.len());
    let mut different = Vec::new();
    for pair in pairs {
        let got = outcome(&pair.document);
        if got == pair.expected {
            continue;
        }
        if rewrite {
            fs::write(&pair.path, format!("{}{SEPARATOR}{got}", pair.document)).unwrap();
        }
        different.push(format!("{}:\n{got}", pair.path.file_name().unwrap().display()));
    }
    assert!(rewrite || different.is_empty(), "these differ, now giving:\n{}", different.join("\n"));
}

/// The element, the rule and what would be accepted: in the answer itself, or beside CloudFront's words.
#[test]
fn every_problem_says_where_it_is_and_what_would_be_accepted() {
    for pair in pairs().into_iter().chain(pairs_of("policies")) {
        for problem in pair.expected.lines().filter_map(|line| line.strip_prefix("problem ")) {
            let (head, message) = problem.split_once(": ").unwrap();
            let (_, path) = head.split_once(' ').unwrap();
            let explanation = message.rsplit_once(" | ").map_or(message, |(_, explanation)| explanation);
            let says = !path.is_empty() && explanation.starts_with(path) && explanation.contains("Accepted");
            assert!(says, "{}: {problem}", pair.path.display());
        }
    }
}

#[test]
fn every_code_is_in_the_error_catalogue() {
    for pair in pairs() {
        let codes = pair.expected.lines().filter_map(|line| line.strip_prefix("problem "));
        for code in codes.filter_map(|line| line.split(' ').next()) {
            assert!(code.parse::<shapes::ErrorCode>().is_ok(), "{code} of {}", pair.path.display());
        }
    }
}

#[test]
fn the_file_name_of_a_refusal_begins_with_its_code() {
    for pair in pairs() {
        let name = pair.path.file_stem().unwrap().to_string_lossy().into_owned();
        let code = pair.expected.strip_prefix("problem ").and_then(|rest| rest.split(' ').next());
        let said = name.strip_prefix("refused-").and_then(|rest| rest.split('-').next());
        assert_eq!(said, code, "{name}");
    }
}
