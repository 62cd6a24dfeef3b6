//! `CustomErrorResponses`, rule by rule (control plane 3.3), as a caller of the API meets them.

use crate::service::{Answer, Service, minimal};
use shapes::{CustomErrorResponse, DistributionConfig};

fn response(code: i32, page: &str, response_code: &str, ttl_s: Option<i64>) -> CustomErrorResponse {
    let text = |text: &str| (text != "-").then(|| text.to_owned());
    CustomErrorResponse {
        error_code: code,
        response_page_path: text(page),
        response_code: text(response_code),
        error_caching_min_ttl: ttl_s,
    }
}

fn config(responses: &[CustomErrorResponse]) -> DistributionConfig {
    let mut config = minimal("one");
    config.custom_error_responses = Some(responses.to_vec().into());
    config
}

async fn created(responses: &[CustomErrorResponse]) -> Answer {
    Service::start().post("/distribution", &config(responses)).await
}

#[tokio::test]
async fn each_customizable_code_is_accepted_and_no_other() {
    let all = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];
    let answer = created(&all.map(|code| response(code, "/error.html", "200", Some(5)))).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    for code in [0, -1, 200, 401, 410, 412, 415, 418, 429, 505, 999] {
        created(&[response(code, "/error.html", "200", Some(5))]).await.refused(400, "InvalidErrorCode");
    }
}

#[tokio::test]
async fn the_response_code_is_200_or_a_customizable_code_in_plain_digits() {
    for code in ["200", "404", "503"] {
        assert_eq!(created(&[response(404, "/error.html", code, Some(5))]).await.status, 201, "{code}");
    }
    for code in ["999", "201", " 200", "0200", "+200", "ok", "410"] {
        created(&[response(404, "/error.html", code, Some(5))]).await.refused(400, "InvalidResponseCode");
    }
}

#[tokio::test]
async fn page_and_code_go_together() {
    for (page, code) in [("/error.html", "-"), ("-", "200"), ("/error.html", ""), ("", "200")] {
        let answer = created(&[response(404, page, code, Some(5))]).await;
        answer
            .refused(400, "InvalidArgument")
            .says("both ResponsePagePath and ResponseCode together or none of them");
    }
}

#[tokio::test]
async fn the_page_is_an_encoded_path_from_the_root() {
    created(&[response(404, "error.html", "200", Some(5))]).await.refused(400, "InvalidArgument");
    for page in ["/caf\u{e9}.html".to_owned(), "/a b.html".to_owned(), format!("/{}", "a".repeat(4000))] {
        created(&[response(404, &page, "200", Some(5))]).await.refused(400, "InvalidRelativePath");
    }
    assert_eq!(created(&[response(404, "/caf%C3%A9.html", "200", Some(5))]).await.status, 201);
}

#[tokio::test]
async fn the_minimum_ttl_is_up_to_a_year() {
    for ttl_s in [0, 31_536_000] {
        assert_eq!(created(&[response(404, "-", "-", Some(ttl_s))]).await.status, 201);
    }
    for ttl_s in [-1, 31_536_001] {
        created(&[response(404, "-", "-", Some(ttl_s))]).await.refused(400, "InvalidArgument");
    }
}

#[tokio::test]
async fn one_code_has_one_response() {
    let twice = [response(404, "/a.html", "200", Some(5)), response(404, "/b.html", "404", Some(6))];
    created(&twice).await.refused(400, "InvalidArgument");
}

#[tokio::test]
async fn the_quantity_is_that_of_the_items() {
    let service = Service::start();
    let mut wrong = config(&[response(404, "-", "-", Some(5))]);
    wrong.custom_error_responses.as_mut().unwrap().quantity = 2;
    service.post("/distribution", &wrong).await.refused(400, "InconsistentQuantities");
    assert_eq!(service.post("/distribution", &config(&[])).await.status, 201);
}

#[tokio::test]
async fn what_a_create_leaves_out_is_shown_as_empty_texts_and_ten_seconds() {
    let service = Service::start();
    let (id, _) = service.create(&config(&[response(404, "-", "-", None)])).await;
    let (shown, _) = service.config(&id).await;
    assert_eq!(shown.custom_error_responses.unwrap().items, [response(404, "", "", Some(10))]);
}

#[tokio::test]
async fn an_update_says_all_four_members() {
    let service = Service::start();
    let (id, etag) = service.create(&config(&[response(404, "/e.html", "200", Some(5))])).await;
    let (complete, _) = service.config(&id).await;
    let path = format!("/distribution/{id}/config");
    for incomplete in [
        vec![response(404, "-", "", Some(5))],
        vec![response(404, "", "-", Some(5))],
        vec![response(404, "", "", None)],
    ] {
        let mut update = complete.clone();
        update.custom_error_responses = Some(incomplete.into());
        let answer = service.put(&path, &etag, &update).await;
        answer
            .refused(400, "IllegalUpdate")
            .says("list of custom error responses does not exist or is not valid");
    }
    let mut update = complete.clone();
    update.custom_error_responses = None;
    service.put(&path, &etag, &update).await.refused(400, "IllegalUpdate");
    update.custom_error_responses = Some(vec![response(404, "", "", Some(5))].into());
    assert_eq!(service.put(&path, &etag, &update).await.status, 200);
}

#[tokio::test]
async fn a_page_that_no_behavior_serves_is_accepted() {
    let answer = created(&[response(503, "/nowhere/at/all.html", "200", Some(0))]).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
}
