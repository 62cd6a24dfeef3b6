//! Documents that are not what they should be: a code, a sentence, never a fault of ours.

use crate::service::{Service, minimal};
use shapes::xml;

async fn refused(document: &[u8], status: u16, code: &str) -> String {
    let service = Service::start();
    let answer = service.call("POST", "/distribution", &[], document).await;
    answer.refused(status, code);
    answer.text("Message")
}

#[tokio::test]
async fn what_is_not_xml_is_malformed() {
    for document in [
        "{\"json\": true}",
        "<DistributionConfig>",
        "<a></b>",
        "<a/><b/>",
        "\u{0}",
        "<?xml version=\"1.0\"?>",
    ] {
        refused(document.as_bytes(), 400, "MalformedXML").await;
    }
    refused(b"<DistributionConfig>\xff\xfe</DistributionConfig>", 400, "MalformedXML").await;
}

#[tokio::test]
async fn entities_are_not_expanded_and_types_not_declared() {
    let bomb = "<!DOCTYPE a [<!ENTITY x \"ha\"><!ENTITY y \"&x;&x;&x;&x;&x;&x;&x;&x;\">]>\
                <DistributionConfig><Comment>&y;</Comment></DistributionConfig>";
    refused(bomb.as_bytes(), 400, "MalformedXML").await;
    let file = "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>\
                <DistributionConfig><Comment>&x;</Comment></DistributionConfig>";
    refused(file.as_bytes(), 400, "MalformedXML").await;
}

#[tokio::test]
async fn deep_and_wide_documents_are_refused() {
    let deep = format!("<DistributionConfig>{}", "<a>".repeat(200_000));
    refused(deep.as_bytes(), 400, "MalformedXML").await;
    let wide = format!("<DistributionConfig>{}</DistributionConfig>", "<a/>".repeat(200_000));
    refused(wide.as_bytes(), 400, "MalformedXML").await;
}

#[tokio::test]
async fn another_root_or_namespace_is_named() {
    let message = refused(b"<InvalidationBatch/>", 400, "MalformedXML").await;
    assert!(message.contains("DistributionConfig") && message.contains("InvalidationBatch"), "{message}");
    let message = refused(b"<DistributionConfig xmlns=\"urn:other\"/>", 400, "MalformedXML").await;
    assert!(message.contains("urn:other"), "{message}");
}

#[tokio::test]
async fn an_unknown_element_is_named_with_what_is_accepted() {
    let document = xml::write(&minimal("one")).replace("<Comment></Comment>", "<Coment></Coment>");
    let message = refused(document.as_bytes(), 400, "MalformedXML").await;
    assert!(message.contains("Coment") && message.contains("Comment, Logging"), "{message}");
}

#[tokio::test]
async fn a_missing_member_and_a_word_in_place_of_a_number_are_arguments() {
    let document = xml::write(&minimal("one")).replace("<CallerReference>one</CallerReference>", "");
    let message = refused(document.as_bytes(), 400, "InvalidArgument").await;
    assert!(message.contains("Value null at 'distributionConfig.callerReference'"), "{message}");
    let document = xml::write(&minimal("one")).replace("<HTTPPort>80<", "<HTTPPort>eighty<");
    let message = refused(document.as_bytes(), 400, "InvalidArgument").await;
    assert!(message.contains("HTTPPort") && message.contains("eighty"), "{message}");
    let document = xml::write(&minimal("one")).replace("<Enabled>true<", "<Enabled>yes<");
    refused(document.as_bytes(), 400, "InvalidArgument").await;
}

#[tokio::test]
async fn a_quantity_that_lies_and_a_target_that_is_not_there_have_their_codes() {
    let mut config = minimal("one");
    config.origins.quantity = 2;
    refused(xml::write(&config).as_bytes(), 400, "InconsistentQuantities").await;
    let mut config = minimal("one");
    config.default_cache_behavior.target_origin_id = "elsewhere".into();
    refused(xml::write(&config).as_bytes(), 404, "NoSuchOrigin").await;
}

#[tokio::test]
async fn all_problems_are_counted_in_a_header_and_the_first_is_the_answer() {
    let service = Service::start();
    let mut config = minimal("one");
    config.default_cache_behavior.target_origin_id = "else\r\nwhere".into();
    config.comment = "c".repeat(200);
    let answer = service.post("/distribution", &config).await;
    answer.refused(404, "NoSuchOrigin");
    let problems = answer.header("x-warmfront-problems");
    assert!(problems.starts_with("2; NoSuchOrigin DefaultCacheBehavior.TargetOriginId: "), "{problems}");
    assert!(problems.contains("Accepted: the Id of an origin"), "{problems}");
    assert!(problems.contains("Comment"), "{problems}");
}

#[tokio::test]
async fn a_refused_create_leaves_nothing() {
    let service = Service::start();
    service.api.sweep().await.unwrap();
    let before = service.store.revision().await.unwrap();
    let mut config = minimal("one");
    config.default_cache_behavior.target_origin_id = "elsewhere".into();
    service.post("/distribution", &config).await.refused(404, "NoSuchOrigin");
    assert_eq!(service.store.revision().await.unwrap(), before);
    service.create(&minimal("one")).await;
}

#[tokio::test]
async fn documents_as_sdks_write_them_are_read() {
    let service = Service::start();
    let body = xml::write(&minimal("one"));
    let (_, bare) = body.split_once("?>\n").unwrap();
    let bare = bare.replace("<Comment></Comment>", "<Comment />");
    let no_namespace = bare.replace(" xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\"", "");
    let with_mark = format!("\u{feff}{}", body.replace(">one<", ">three<"));
    for document in [bare, no_namespace.replace(">one<", ">two<"), with_mark] {
        let answer = service.call(
            "POST",
            "/distribution",
            &[("content-type", "application/xml")],
            document.as_bytes(),
        );
        let answer = answer.await;
        assert_eq!(answer.status, 201, "{}", answer.body);
    }
}
