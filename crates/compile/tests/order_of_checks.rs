//! Several faults in one document: the answer is the one that CloudFront checks first, whatever the document's order
//! (control plane 3.2: required members, words and numbers, quantities, targets, references, fields, limits).

use compile::{Environment, Identity, References};
use shapes::{
    CustomErrorResponse, CustomOriginConfig, DefaultCacheBehavior, DistributionConfig, Origin,
    OriginProtocolPolicy, OriginShield, TrustedSigners, ViewerProtocolPolicy,
};

/// A way to spoil a document, and where and how that is told.
struct Fault {
    /// The step of CloudFront's checks; a lower one is answered first.
    step: u8,
    code: &'static str,
    path: &'static str,
    spoil: fn(&mut DistributionConfig),
}

const FAULTS: &[Fault] = &[
    Fault {
        step: 1,
        code: "InvalidArgument",
        path: "CallerReference",
        spoil: |config| config.caller_reference.clear(),
    },
    Fault {
        step: 1,
        code: "InvalidArgument",
        path: "Origins.Items[1].OriginShield.OriginShieldRegion",
        spoil: |config| {
            config.origins.items[1].origin_shield =
                Some(OriginShield { enabled: true, origin_shield_region: None });
        },
    },
    Fault {
        step: 2,
        code: "InvalidArgument",
        path: "Origins.Items[0].CustomOriginConfig.HTTPPort",
        spoil: |config| {
            if let Some(server) = &mut config.origins.items[0].custom_origin_config {
                server.http_port = 81;
            }
        },
    },
    Fault {
        step: 2,
        code: "InvalidArgument",
        path: "PriceClass",
        spoil: |config| config.price_class = Some("PriceClass_300".into()),
    },
    Fault {
        step: 2,
        code: "InvalidArgument",
        path: "CustomErrorResponses.Items[0].ErrorCachingMinTTL",
        spoil: |config| responses(config)[0].error_caching_min_ttl = Some(-1),
    },
    Fault {
        step: 3,
        code: "InconsistentQuantities",
        path: "Origins",
        spoil: |config| config.origins.quantity = 7,
    },
    Fault {
        step: 4,
        code: "NoSuchOrigin",
        path: "DefaultCacheBehavior.TargetOriginId",
        spoil: |config| config.default_cache_behavior.target_origin_id = "elsewhere".into(),
    },
    Fault {
        step: 5,
        code: "InvalidWebACLId",
        path: "WebACLId",
        spoil: |config| config.web_acl_id = Some("473e64fd-f30b-4765-81a0-62ad96dd167a".into()),
    },
    Fault {
        step: 5,
        code: "NoSuchResponseHeadersPolicy",
        path: "DefaultCacheBehavior.ResponseHeadersPolicyId",
        spoil: |config| {
            config.default_cache_behavior.response_headers_policy_id = Some("nobody-has-it".into());
        },
    },
    Fault {
        step: 6,
        code: "InvalidDefaultRootObject",
        path: "DefaultRootObject",
        spoil: |config| config.default_root_object = Some("/index.html".into()),
    },
    Fault {
        step: 6,
        code: "InvalidErrorCode",
        path: "CustomErrorResponses.Items[0].ErrorCode",
        spoil: |config| responses(config)[0].error_code = 418,
    },
    Fault {
        step: 6,
        code: "InvalidArgument",
        path: "Comment",
        spoil: |config| config.comment = "c".repeat(129),
    },
    Fault {
        step: 7,
        code: "TooManyDistributionCNAMEs",
        path: "Aliases",
        spoil: |config| {
            config.aliases = Some((0..101).map(|number| format!("a{number}.example.com")).collect())
        },
    },
    Fault {
        step: 8,
        code: "InvalidArgument",
        path: "DefaultCacheBehavior.TrustedSigners",
        spoil: |config| {
            config.default_cache_behavior.trusted_signers =
                Some(TrustedSigners { enabled: true, quantity: 1, items: vec!["self".into()] });
        },
    },
];

fn responses(config: &mut DistributionConfig) -> &mut Vec<CustomErrorResponse> {
    let list = config.custom_error_responses.get_or_insert_default();
    if list.items.is_empty() {
        list.items.push(CustomErrorResponse { error_code: 404, ..CustomErrorResponse::default() });
        list.quantity = 1;
    }
    &mut list.items
}

fn origin(id: &str) -> Origin {
    Origin {
        id: id.into(),
        domain_name: format!("{id}.example.com"),
        custom_origin_config: Some(CustomOriginConfig {
            http_port: 80,
            https_port: 443,
            origin_protocol_policy: OriginProtocolPolicy::HttpOnly,
            ..CustomOriginConfig::default()
        }),
        ..Origin::default()
    }
}

fn sound() -> DistributionConfig {
    DistributionConfig {
        caller_reference: "one".into(),
        origins: vec![origin("site"), origin("spare")].into(),
        default_cache_behavior: DefaultCacheBehavior {
            target_origin_id: "site".into(),
            viewer_protocol_policy: ViewerProtocolPolicy::AllowAll,
            cache_policy_id: Some("658327ea-f89d-4fab-a63d-7e88639e58f6".into()),
            ..DefaultCacheBehavior::default()
        },
        enabled: true,
        ..DistributionConfig::default()
    }
}

/// Code and path of every problem.
fn problems(mut config: DistributionConfig) -> Vec<(&'static str, String)> {
    compile::defaults(&mut config);
    compile::normalize(&mut config);
    let identity = Identity {
        id: "E1".into(),
        arn: "arn".into(),
        etag: "E2".into(),
        domain_name: "d1.cloudfront.localhost".into(),
    };
    match compile::distribution(&identity, &config, &References::default(), &Environment::default()) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.iter().map(|problem| (problem.code, problem.path.clone())).collect(),
    }
}

#[test]
fn each_fault_alone_is_the_only_problem() {
    assert_eq!(problems(sound()), []);
    for fault in FAULTS {
        let mut config = sound();
        (fault.spoil)(&mut config);
        assert_eq!(problems(config), [(fault.code, fault.path.to_owned())]);
    }
}

#[test]
fn of_two_faults_the_one_that_is_checked_first_is_answered_and_both_are_told() {
    for (one, two) in FAULTS.iter().flat_map(|one| FAULTS.iter().map(move |two| (one, two))) {
        if one.step >= two.step {
            continue;
        }
        for order in [[one, two], [two, one]] {
            let mut config = sound();
            order.iter().for_each(|fault| (fault.spoil)(&mut config));
            let expected = [one, two].map(|fault| (fault.code, fault.path.to_owned()));
            assert_eq!(problems(config), expected);
        }
    }
}

#[test]
fn all_faults_at_once_are_told_in_the_order_of_checks() {
    let mut config = sound();
    FAULTS.iter().for_each(|fault| (fault.spoil)(&mut config));
    let found = problems(config);
    let steps: Vec<u8> = found
        .iter()
        .filter_map(|(code, path)| {
            FAULTS.iter().find(|fault| (fault.code, fault.path) == (code, path.as_str()))
        })
        .map(|fault| fault.step)
        .collect();
    assert_eq!(steps.len(), FAULTS.len(), "{found:?}");
    assert!(steps.is_sorted(), "{found:?}");
}

/// The three that were seen first on CloudFront, then everything else.
#[test]
fn an_update_is_asked_for_aliases_then_custom_headers_then_smooth_streaming() {
    let mut config = sound();
    let missing = |config: &DistributionConfig| {
        let problems = compile::check_update(config);
        problems.first().map(|problem| problem.path.clone()).unwrap_or_default()
    };
    assert_eq!(missing(&config), "Aliases");
    config.aliases = Some(Vec::<String>::new().into());
    assert_eq!(missing(&config), "Origins.Items[0].CustomHeaders");
    for origin in &mut config.origins.items {
        origin.custom_headers = Some(Vec::new().into());
    }
    assert_eq!(missing(&config), "DefaultCacheBehavior.SmoothStreaming");
    config.default_cache_behavior.smooth_streaming = Some(false);
    assert_eq!(missing(&config), "Origins.Items[0].OriginPath");
    compile::defaults(&mut config);
    assert_eq!(missing(&config), "");
}
