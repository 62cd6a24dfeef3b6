//! The three kinds of policies, which differ in nothing but names.

use crate::service::{Answer, Service, minimal};
use shapes::DistributionConfig;

/// What is different about a kind, as its callers see it.
pub struct Kind {
    pub name: &'static str,
    pub path: &'static str,
    pub users: &'static str,
    managed: &'static str,
    managed_count: usize,
    content: &'static str,
}

pub const KINDS: [Kind; 3] = [
    Kind {
        name: "CachePolicy",
        path: "/cache-policy",
        users: "/distributionsByCachePolicyId",
        managed: "658327ea-f89d-4fab-a63d-7e88639e58f6",
        managed_count: 7,
        content: "<MinTTL>1</MinTTL>",
    },
    Kind {
        name: "OriginRequestPolicy",
        path: "/origin-request-policy",
        users: "/distributionsByOriginRequestPolicyId",
        managed: "216adef6-5c7f-47e4-b989-5492eafa07d3",
        managed_count: 8,
        content: "<HeadersConfig><HeaderBehavior>none</HeaderBehavior></HeadersConfig>\
            <CookiesConfig><CookieBehavior>none</CookieBehavior></CookiesConfig>\
            <QueryStringsConfig><QueryStringBehavior>all</QueryStringBehavior></QueryStringsConfig>",
    },
    Kind {
        name: "ResponseHeadersPolicy",
        path: "/response-headers-policy",
        users: "/distributionsByResponseHeadersPolicyId",
        managed: "67f7725c-6f97-4210-82d7-5512b31e9d03",
        managed_count: 5,
        content: "<ServerTimingHeadersConfig><Enabled>true</Enabled><SamplingRate>50</SamplingRate>\
            </ServerTimingHeadersConfig>",
    },
];

impl Kind {
    pub fn document(&self, name: &str, comment: &str) -> String {
        let Self { name: kind, content, .. } = self;
        format!("<{kind}Config><Comment>{comment}</Comment><Name>{name}</Name>{content}</{kind}Config>")
    }

    pub async fn post(&self, service: &Service, name: &str) -> Answer {
        service.call("POST", self.path, &[], self.document(name, "").as_bytes()).await
    }

    /// Creates one; answers its id and version.
    pub async fn create(&self, service: &Service, name: &str) -> (String, String) {
        let answer = self.post(service, name).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        (answer.text("Id"), answer.header("etag").to_owned())
    }

    pub async fn put(&self, service: &Service, id: &str, etag: &str, name: &str, comment: &str) -> Answer {
        let path = format!("{}/{id}", self.path);
        let document = self.document(name, comment);
        service.call("PUT", &path, &[("if-match", etag)], document.as_bytes()).await
    }

    pub async fn delete(&self, service: &Service, id: &str, etag: &str) -> Answer {
        service.delete(&format!("{}/{id}", self.path), etag).await
    }

    async fn ids(&self, service: &Service, query: &str) -> (Vec<String>, Option<String>) {
        let answer = service.get(&format!("{}?{query}", self.path)).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let next = answer.body.contains("<NextMarker>").then(|| answer.text("NextMarker"));
        (texts(&answer.body, "Id"), next)
    }

    /// A distribution whose default cache behavior uses the policy.
    pub fn user(&self, reference: &str, id: &str) -> DistributionConfig {
        let mut config = minimal(reference);
        let behavior = &mut config.default_cache_behavior;
        match self.name {
            "CachePolicy" => {
                behavior.cache_policy_id = Some(id.into());
                behavior.forwarded_values = None;
                behavior.min_ttl = None;
            }
            "OriginRequestPolicy" => {
                behavior.cache_policy_id = Some(KINDS[0].managed.into());
                behavior.forwarded_values = None;
                behavior.min_ttl = None;
                behavior.origin_request_policy_id = Some(id.into());
            }
            _ => behavior.response_headers_policy_id = Some(id.into()),
        }
        config
    }
}

/// The texts of all elements of this name.
pub fn texts(body: &str, name: &str) -> Vec<String> {
    let tag = format!("<{name}>");
    let parts = body.split(&tag).skip(1);
    parts.map(|part| part.split_once('<').unwrap().0.to_owned()).collect()
}

#[tokio::test]
async fn a_policy_is_created_read_replaced_and_deleted() {
    let service = Service::start();
    for kind in &KINDS {
        let answer = kind.post(&service, "mine").await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        let (id, etag) = (answer.text("Id"), answer.header("etag").to_owned());
        assert_eq!(id.len(), 36, "{id}");
        assert!(answer.body.contains(&format!("<{} xmlns=", kind.name)), "{}", answer.body);
        let path = format!("{}/{id}", kind.path);
        let location = format!("https://cloudfront.amazonaws.com/2020-05-31{path}");
        assert_eq!(answer.header("location"), location);
        let read = service.get(&path).await;
        assert_eq!((&read.body, read.header("etag")), (&answer.body, etag.as_str()));
        let config = service.get(&format!("{path}/config")).await;
        assert_eq!((config.text("Name").as_str(), config.header("etag")), ("mine", etag.as_str()));
        assert!(config.body.contains(&format!("<{}Config xmlns=", kind.name)), "{}", config.body);

        let changed = kind.put(&service, &id, &etag, "mine", "changed").await;
        assert_eq!((changed.status.as_u16(), changed.text("Comment").as_str()), (200, "changed"));
        let second = changed.header("etag").to_owned();
        assert_ne!(second, etag);
        assert_eq!(service.get(&format!("{path}/config")).await.text("Comment"), "changed");

        kind.delete(&service, &id, &etag).await.refused(412, "PreconditionFailed");
        assert_eq!(kind.delete(&service, &id, &second).await.status, 204);
        service.get(&path).await.refused(404, &format!("NoSuch{}", kind.name));
        // The name is free again.
        kind.create(&service, "mine").await;
    }
}

#[tokio::test]
async fn what_is_shown_can_be_sent_straight_back() {
    let service = Service::start();
    for kind in &KINDS {
        let (id, etag) = kind.create(&service, "mine").await;
        let path = format!("{}/{id}", kind.path);
        let shown = service.get(&format!("{path}/config")).await.body;
        let answer = service.call("PUT", &path, &[("if-match", &etag)], shown.as_bytes()).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(service.get(&format!("{path}/config")).await.body, shown);
    }
}

#[tokio::test]
async fn a_replacement_that_says_the_same_is_no_change() {
    let service = Service::start();
    service.api.sweep().await.unwrap();
    for kind in &KINDS {
        let (id, etag) = kind.create(&service, "mine").await;
        let list = format!("{}?Type=custom", kind.path);
        let (before, listed) = (service.store.revision().await.unwrap(), service.get(&list).await.body);
        let answer = kind.put(&service, &id, &etag, "mine", "").await;
        assert_eq!((answer.status.as_u16(), answer.header("etag")), (200, etag.as_str()));
        assert_eq!(answer.body, service.get(&format!("{}/{id}", kind.path)).await.body);
        assert_eq!(service.get(&list).await.body, listed);
        assert_eq!(service.store.revision().await.unwrap(), before, "nothing was written");
    }
}

#[tokio::test]
async fn if_match_is_judged_in_cloudfronts_order() {
    let service = Service::start();
    for kind in &KINDS {
        let unknown = "00000000-0000-4000-8000-000000000000";
        let missing = format!("NoSuch{}", kind.name);
        let (id, _) = kind.create(&service, "mine").await;
        for (id, etag, status, code) in [
            (unknown, "", 400, "InvalidIfMatchVersion"),
            (unknown, "garbage", 404, missing.as_str()),
            (id.as_str(), "garbage", 400, "InvalidIfMatchVersion"),
            (id.as_str(), "E00000000000A", 412, "PreconditionFailed"),
        ] {
            kind.put(&service, id, etag, "mine", "").await.refused(status, code);
            kind.delete(&service, id, etag).await.refused(status, code);
        }
    }
}

#[tokio::test]
async fn a_name_belongs_to_one_policy_of_a_kind() {
    let service = Service::start();
    for kind in &KINDS {
        let taken = format!("{}AlreadyExists", kind.name);
        let (first, first_etag) = kind.create(&service, "one").await;
        let (second, etag) = kind.create(&service, "two").await;
        let answer = kind.post(&service, "one").await;
        answer.refused(409, &taken).says(&first);
        assert_eq!(answer.header("x-warmfront-problems"), format!("1; {taken} Name"));
        kind.put(&service, &second, &etag, "one", "").await.refused(409, &taken);
        assert_eq!(kind.put(&service, &first, &first_etag, "three", "").await.status, 200);
        assert_eq!(kind.put(&service, &second, &etag, "one", "").await.status, 200);
    }
}

#[tokio::test]
async fn of_many_creates_with_one_name_one_wins() {
    for kind in &KINDS {
        let service = Service::start();
        let all = futures_util::future::join_all((0..8).map(|_| kind.post(&service, "mine"))).await;
        assert_eq!(all.iter().filter(|answer| answer.status == 201).count(), 1);
        for answer in all.iter().filter(|answer| answer.status != 201) {
            answer.refused(409, &format!("{}AlreadyExists", kind.name));
        }
    }
}

#[tokio::test]
async fn of_many_updates_of_one_version_one_wins() {
    for kind in &KINDS {
        let service = Service::start();
        let (id, etag) = kind.create(&service, "mine").await;
        let updates = (0..8).map(|_| kind.put(&service, &id, &etag, "mine", "changed"));
        let all = futures_util::future::join_all(updates).await;
        assert_eq!(all.iter().filter(|answer| answer.status == 200).count(), 1);
        for answer in all.iter().filter(|answer| answer.status != 200) {
            answer.refused(412, "PreconditionFailed");
        }
    }
}

#[tokio::test]
async fn managed_policies_are_read_and_never_changed() {
    let service = Service::start();
    for kind in &KINDS {
        let path = format!("{}/{}", kind.path, kind.managed);
        let read = service.get(&path).await;
        assert_eq!((read.status.as_u16(), read.text("Id").as_str()), (200, kind.managed));
        assert!(read.text("Name").starts_with("Managed-"), "{}", read.body);
        let config = service.get(&format!("{path}/config")).await;
        let etag = read.header("etag").to_owned();
        assert_eq!((config.status.as_u16(), config.header("etag")), (200, etag.as_str()));
        kind.put(&service, kind.managed, &etag, "mine", "").await.refused(400, "IllegalUpdate");
        kind.delete(&service, kind.managed, &etag).await.refused(400, "IllegalDelete");
        kind.delete(&service, kind.managed, "").await.refused(400, "InvalidIfMatchVersion");
    }
}

#[tokio::test]
async fn lists_have_managed_and_custom_policies_and_can_have_one_kind_of_them() {
    let service = Service::start();
    for kind in &KINDS {
        let (managed, _) = kind.ids(&service, "Type=managed").await;
        assert_eq!(managed.len(), kind.managed_count, "{managed:?}");
        assert_eq!(kind.ids(&service, "Type=custom").await, (Vec::new(), None));
        let mut custom = Vec::new();
        for name in ["one", "two", "three"] {
            custom.push(kind.create(&service, name).await.0);
        }
        custom.sort_unstable();
        assert_eq!(kind.ids(&service, "Type=custom").await, (custom.clone(), None));
        assert_eq!(kind.ids(&service, "Type=managed").await.0, managed);
        let all = [managed.clone(), custom].concat();
        assert_eq!(kind.ids(&service, "").await, (all, None));
        service.get(&format!("{}?Type=mine", kind.path)).await.refused(400, "InvalidArgument").says("Type");

        let body = service.get(kind.path).await.body;
        assert!(body.contains("<Type>managed</Type>") && body.contains("<Type>custom</Type>"), "{body}");
        assert!(!body.contains("IsTruncated") && !body.contains("Marker"), "{body}");
        assert_eq!(texts(&body, "Quantity")[0], (kind.managed_count + 3).to_string());
    }
}

#[tokio::test]
async fn every_policy_is_on_exactly_one_page_whatever_its_size() {
    let service = Service::start();
    for kind in &KINDS {
        for name in ["one", "two", "three"] {
            kind.create(&service, name).await;
        }
        let (all, _) = kind.ids(&service, "").await;
        for filter in ["", "Type=custom", "Type=managed"] {
            let (whole, _) = kind.ids(&service, filter).await;
            for size in 1..=all.len() + 1 {
                let mut listed = Vec::new();
                let mut marker = String::new();
                loop {
                    let query = format!("{filter}&MaxItems={size}&Marker={marker}");
                    let (page, next) = kind.ids(&service, &query).await;
                    assert!(page.len() <= size);
                    listed.extend(page);
                    let Some(next) = next else { break };
                    assert_eq!(Some(&next), listed.last());
                    marker = next;
                }
                assert_eq!(listed, whole, "{} {filter} {size}", kind.name);
            }
        }
        for wrong in ["0", "101", "ten"] {
            service.get(&format!("{}?MaxItems={wrong}", kind.path)).await.refused(400, "InvalidArgument");
        }
    }
}

#[tokio::test]
async fn wrong_documents_have_their_codes() {
    let service = Service::start();
    for kind in &KINDS {
        let post = async |body: &str| service.call("POST", kind.path, &[], body.as_bytes()).await;
        post("").await.refused(400, "MissingBody");
        post("<Surprise/>").await.refused(400, "MalformedXML");
        let nameless = kind.document("", "");
        post(&nameless).await.refused(400, "InvalidArgument").says("Name");
        let (id, etag) = kind.create(&service, "mine").await;
        let path = format!("{}/{id}", kind.path);
        let answer = service.call("PUT", &path, &[("if-match", &etag)], nameless.as_bytes()).await;
        answer.refused(400, "InvalidArgument");
        let body =
            "<CachePolicyConfig><Name>n</Name><MinTTL>9</MinTTL><MaxTTL>1</MaxTTL></CachePolicyConfig>";
        if kind.name == "CachePolicy" {
            post(body).await.refused(400, "InvalidArgument");
        }
    }
}
