//! Signatures that AWS published: the general SigV4 test suite and the examples of the S3 documentation.
//!
//! Expected values are written out, not computed.

use signing::keys::{Credentials, SecretKey};
use signing::sigv4::{PayloadHash, Refusal, Scope, Signable, sign, verify};

/// 2015-08-30T12:36:00Z, the moment of the general suite.
const SUITE_AT_S: u64 = 1_440_938_160;
const SUITE_SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// 2013-05-24T00:00:00Z, the moment of the S3 examples.
const S3_AT_S: u64 = 1_369_353_600;
const S3_SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const S3_HOST: &str = "examplebucket.s3.amazonaws.com";

struct Vector {
    name: &'static str,
    method: &'static str,
    path: &'static str,
    query: &'static str,
    headers: &'static [(&'static str, &'static str)],
    signed: &'static str,
    body: &'static str,
    signature: &'static str,
}

const PLAIN: Vector = Vector {
    name: "get-vanilla",
    method: "GET",
    path: "/",
    query: "",
    headers: &[],
    signed: "host;x-amz-date",
    body: "",
    signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
};

const SUITE: &[Vector] = &[
    PLAIN,
    Vector { name: "get-relative", path: "/example/..", ..PLAIN },
    Vector { name: "get-slash", path: "//", ..PLAIN },
    Vector {
        name: "get-slashes",
        path: "//example//",
        signature: "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84",
        ..PLAIN
    },
    Vector {
        name: "get-space",
        path: "/example space/",
        signature: "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741",
        ..PLAIN
    },
    Vector {
        name: "get-utf8",
        path: "/\u{1234}",
        signature: "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
        ..PLAIN
    },
    Vector {
        name: "get-unreserved",
        path: "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        signature: "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
        ..PLAIN
    },
    Vector {
        name: "get-vanilla-empty-query-key",
        query: "Param1=value1",
        signature: "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb",
        ..PLAIN
    },
    Vector {
        name: "get-vanilla-query-order-key-case",
        query: "Param2=value2&Param1=value1",
        signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        ..PLAIN
    },
    Vector {
        name: "get-header-value-trim",
        headers: &[("My-Header1", " value1"), ("My-Header2", " \"a   b   c\"")],
        signed: "host;my-header1;my-header2;x-amz-date",
        signature: "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
        ..PLAIN
    },
    Vector {
        name: "get-header-key-duplicate",
        headers: &[("My-Header1", "value2"), ("My-Header1", "value2"), ("My-Header1", "value1")],
        signed: "host;my-header1;x-amz-date",
        signature: "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea",
        ..PLAIN
    },
    Vector {
        name: "get-header-value-order",
        headers: &[
            ("My-Header1", "value4"),
            ("My-Header1", "value1"),
            ("My-Header1", "value3"),
            ("My-Header1", "value2"),
        ],
        signed: "host;my-header1;x-amz-date",
        signature: "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01",
        ..PLAIN
    },
    Vector {
        name: "post-vanilla",
        method: "POST",
        signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
        ..PLAIN
    },
    Vector {
        name: "post-x-www-form-urlencoded",
        method: "POST",
        headers: &[("Content-Type", "application/x-www-form-urlencoded")],
        signed: "content-type;host;x-amz-date",
        body: "Param1=value1",
        signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
        ..PLAIN
    },
];

fn check(vector: &Vector, signature: &str) -> Result<(), Refusal> {
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders={}, \
         Signature={signature}",
        vector.signed
    );
    let own = [("X-Amz-Date", "20150830T123600Z"), ("Authorization", authorization.as_str())];
    let headers: Vec<(&str, &[u8])> =
        vector.headers.iter().chain(&own).map(|(name, value)| (*name, value.as_bytes())).collect();
    let request = Signable {
        method: vector.method,
        host: "example.amazonaws.com",
        path: vector.path,
        query: vector.query,
        headers: &headers,
    };
    let body = vector.body.as_bytes();
    verify(&request, body, "service", SUITE_AT_S, |_| Some(SecretKey::new(SUITE_SECRET))).map(drop)
}

#[test]
fn every_vector_of_the_general_suite_is_accepted() {
    for vector in SUITE {
        assert_eq!(check(vector, vector.signature), Ok(()), "{}", vector.name);
    }
}

#[test]
fn a_vector_with_another_vector_s_signature_is_refused() {
    let other = "0000000000000000000000000000000000000000000000000000000000000000";
    for vector in SUITE {
        assert_eq!(check(vector, other), Err(Refusal::SignatureDoesNotMatch), "{}", vector.name);
    }
}

fn s3_signature(
    method: &str,
    path: &str,
    query: &str,
    headers: &[(&str, &[u8])],
    payload: PayloadHash,
) -> String {
    let request = Signable { method, host: S3_HOST, path, query, headers };
    let credentials = Credentials::new("AKIAIOSFODNN7EXAMPLE", SecretKey::new(S3_SECRET));
    let scope = Scope { region: "us-east-1", service: "s3" };
    sign(&request, &credentials, scope, payload, S3_AT_S).authorization
}

#[test]
fn the_s3_example_of_a_sub_resource_is_signed_as_published() {
    assert_eq!(
        s3_signature("GET", "/", "lifecycle", &[], PayloadHash::empty()),
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, \
         SignedHeaders=host;x-amz-content-sha256;x-amz-date, \
         Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
    );
}

#[test]
fn the_s3_example_of_a_list_is_signed_as_published() {
    let authorization = s3_signature("GET", "/", "max-keys=2&prefix=J", &[], PayloadHash::empty());
    assert!(
        authorization.ends_with("Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
        "{authorization}"
    );
}

fn check_s3(
    method: &str,
    path: &str,
    body: &[u8],
    headers: &[(&str, &[u8])],
    tail: &str,
) -> Result<(), Refusal> {
    let authorization =
        format!("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,{tail}");
    let payload = PayloadHash::of(body).to_string();
    let own: [(&str, &[u8]); 3] = [
        ("x-amz-date", b"20130524T000000Z"),
        ("x-amz-content-sha256", payload.as_bytes()),
        ("Authorization", authorization.as_bytes()),
    ];
    let headers: Vec<_> = headers.iter().chain(&own).copied().collect();
    let request = Signable { method, host: S3_HOST, path, query: "", headers: &headers };
    verify(&request, body, "s3", S3_AT_S, |_| Some(SecretKey::new(S3_SECRET))).map(drop)
}

#[test]
fn the_s3_example_of_a_range_is_accepted() {
    let tail = "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,\
                Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41";
    assert_eq!(check_s3("GET", "/test.txt", b"", &[("Range", b"bytes=0-9")], tail), Ok(()));
    let changed = check_s3("GET", "/test.txt", b"", &[("Range", b"bytes=0-8")], tail);
    assert_eq!(changed, Err(Refusal::SignatureDoesNotMatch));
}

#[test]
fn the_s3_example_of_an_upload_with_a_reserved_character_in_its_path_is_accepted() {
    let headers: [(&str, &[u8]); 2] =
        [("Date", b"Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", b"REDUCED_REDUNDANCY")];
    let tail = "SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class,\
                Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd";
    for path in ["/test$file.text", "/test%24file.text"] {
        assert_eq!(check_s3("PUT", path, b"Welcome to Amazon S3.", &headers, tail), Ok(()), "{path}");
    }
}
