//! Golden pairs of policies and identities: `tests/golden/policies/*.pair` hold a document and, after `----`, what is
//! stored and what a behavior with it compiles to, or the problems that refuse it.
//!
//! The document's root says which kind it is; lines that begin with `# ` before it are notes.
//! `UPDATE_GOLDEN=1` rewrites the second halves: review them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper of a test may fail the test")]

use std::fs;
use std::path::Path;

use compile::{Environment, Identity, Problems, References};
use shapes::{CustomOriginConfig, DefaultCacheBehavior, DistributionConfig, Origin};

const SEPARATOR: &str = "----\n";
/// The id under which a pair's policy is known.
const ID: &str = "11111111-2222-3333-4444-555555555555";
const CACHING_OPTIMIZED: &str = "658327ea-f89d-4fab-a63d-7e88639e58f6";

fn outcome(text: &str) -> String {
    let document = text.lines().filter(|line| !line.starts_with("# ")).collect::<Vec<_>>().join("\n");
    let bytes = document.as_bytes();
    if document.starts_with("<CloudFrontOriginAccessIdentityConfig") {
        let config = shapes::xml::read(bytes).unwrap();
        let problems = refused(&compile::origin_access_identity(&config));
        return problems.unwrap_or_else(|| one_element_a_line(&shapes::xml::write(&config)));
    }
    let environment = Environment::default();
    let mut references = References::default();
    let mut settings = DefaultCacheBehavior {
        target_origin_id: "site".into(),
        viewer_protocol_policy: "allow-all".into(),
        cache_policy_id: Some(CACHING_OPTIMIZED.into()),
        ..DefaultCacheBehavior::default()
    };
    let stored = if document.starts_with("<CachePolicyConfig") {
        let mut config = shapes::xml::read(bytes).unwrap();
        if let Some(problems) = refused(&compile::cache_policy(&config, &environment)) {
            return problems;
        }
        compile::cache_policy_defaults(&mut config);
        let once = config.clone();
        compile::cache_policy_defaults(&mut config);
        assert_eq!(config, once, "what is stored is complete");
        assert_eq!(compile::cache_policy(&config, &environment), Problems::default());
        settings.cache_policy_id = Some(ID.into());
        references.cache_policies.insert(ID.into(), config);
        shapes::xml::write(&once)
    } else if document.starts_with("<OriginRequestPolicyConfig") {
        let mut config = shapes::xml::read(bytes).unwrap();
        if let Some(problems) = refused(&compile::origin_request_policy(&config, &environment)) {
            return problems;
        }
        compile::origin_request_policy_defaults(&mut config);
        settings.origin_request_policy_id = Some(ID.into());
        let stored = shapes::xml::write(&config);
        references.origin_request_policies.insert(ID.into(), config);
        stored
    } else {
        let mut config = shapes::xml::read(bytes).unwrap();
        if let Some(problems) = refused(&compile::response_headers_policy(&config, &environment)) {
            return problems;
        }
        compile::response_headers_policy_defaults(&mut config);
        settings.response_headers_policy_id = Some(ID.into());
        let stored = shapes::xml::write(&config);
        references.response_headers_policies.insert(ID.into(), config);
        stored
    };
    format!("{}{}", one_element_a_line(&stored), behavior(settings, &references))
}

fn refused(problems: &Problems) -> Option<String> {
    (!problems.is_empty()).then(|| problems.iter().map(|problem| format!("problem {problem}\n")).collect())
}

fn one_element_a_line(document: &str) -> String {
    document.replace("><", ">\n<") + "\n"
}

/// What the behavior of a distribution with nothing else becomes, from the line about caching on.
fn behavior(settings: DefaultCacheBehavior, references: &References) -> String {
    let origin = Origin {
        id: "site".into(),
        domain_name: "site.example.com".into(),
        custom_origin_config: Some(CustomOriginConfig {
            http_port: 80,
            https_port: 443,
            origin_protocol_policy: "http-only".into(),
            ..CustomOriginConfig::default()
        }),
        ..Origin::default()
    };
    let mut config = DistributionConfig {
        caller_reference: "one".into(),
        origins: vec![origin].into(),
        default_cache_behavior: settings,
        enabled: true,
        ..DistributionConfig::default()
    };
    compile::defaults(&mut config);
    let identity = Identity {
        id: "E1".into(),
        arn: "arn:aws:cloudfront::123456789012:distribution/E1".into(),
        etag: "E2".into(),
        domain_name: "d1.cloudfront.localhost".into(),
    };
    let compiled = compile::distribution(&identity, &config, references, &Environment::default());
    let printed = compile::print(&compiled.unwrap());
    let at = printed.find("    cache ").unwrap();
    printed.get(at..).unwrap().to_owned()
}

#[test]
fn every_policy_compiles_to_its_golden_half() {
    let rewrite = std::env::var_os("UPDATE_GOLDEN").is_some();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/policies");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 15, "only {} pairs found", paths.len());
    let mut different = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        let (document, expected) = text.split_once(SEPARATOR).unwrap_or((&text, ""));
        let got = outcome(document);
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let first = got.strip_prefix("problem ").and_then(|rest| rest.split(' ').next());
        let said = name.strip_prefix("refused-").and_then(|rest| rest.split('-').next());
        assert_eq!(said, first, "{name}: the file name of a refusal begins with its code");
        for code in got.lines().filter_map(|line| line.strip_prefix("problem ")) {
            let code = code.split(' ').next().unwrap();
            assert!(code.parse::<shapes::ErrorCode>().is_ok(), "{code} of {name}");
        }
        if got != expected && rewrite {
            fs::write(&path, format!("{document}{SEPARATOR}{got}")).unwrap();
        }
        if got != expected {
            different.push(format!("{name}:\n{got}"));
        }
    }
    assert!(rewrite || different.is_empty(), "these differ, now giving:\n{}", different.join("\n"));
}
