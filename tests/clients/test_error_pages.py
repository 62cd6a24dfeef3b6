"""Custom error responses as viewers meet them: configured through boto3, seen over HTTP."""

import threading

import pytest

from configuration import (
    CACHING_DISABLED, behavior, change, counted, create, custom_origin, distribution, page, site,
)
from origin import Reply

SORRY = "<h1>Sorry</h1>"
# Codes that are remembered whatever their headers say, and codes that are remembered only with a max-age.
REMEMBERED = [404, 414, 500, 501, 502, 503, 504]
ONLY_WITH_MAX_AGE = [400, 403, 405]


@pytest.fixture
def cloudfront(warmfront):
    return warmfront.cloudfront()


@pytest.fixture
def serve(warmfront, cloudfront, origin, pages):
    """Creates a site with these custom error responses; answers what a viewer does to get a path from it."""
    origin.plan("/ok", Reply(200, "fine"))
    pages.plan("/errors/sorry.html", Reply(200, SORRY, {"Content-Type": "text/html", "ETag": '"page"'}))

    def serve(*errors, **settings):
        made = create(cloudfront, site(origin, pages, errors, **settings))

        def get(path, **how):
            return warmfront.get(made["DomainName"], path, **how)

        get.id = made["Id"]
        return get

    return serve


def is_sorry(answer, status):
    return (answer.status, answer.body, answer.x_cache) == (status, SORRY.encode(), "Error from cloudfront")


# proves: A11, A30, A50, A51, A53, A70, A80, A81, B02, B29, B61, B62
@pytest.mark.parametrize("code", REMEMBERED)
def test_an_error_becomes_the_page_and_is_remembered_for_its_minimum_ttl(warmfront, serve, origin, pages, code):
    origin.plan("/thing", Reply(code, "internal words", {"X-Internal": "1"}), Reply(200, "repaired"))
    get = serve(page(code, "/errors/sorry.html", 200, min_ttl=30))
    first = get("/thing")
    assert is_sorry(first, 200)
    assert (first["Content-Type"], first["ETag"], first["X-Internal"], first["Age"]) == (
        "text/html", '"page"', None, None
    )
    warmfront.advance(29)
    again = get("/thing")
    assert is_sorry(again, 200)
    assert int(again["Age"]) == 29
    assert (origin.asked("/thing"), pages.asked()) == (1, 1)
    warmfront.advance(2)
    assert get("/thing").body == b"repaired"
    assert origin.asked("/thing") == 2


# proves: A11, A77, B05, B87
@pytest.mark.parametrize("code", ONLY_WITH_MAX_AGE)
def test_an_error_that_is_not_remembered_shows_the_page_and_the_origin_is_asked_each_time(serve, origin, code):
    origin.plan("/thing", Reply(code, "internal words"))
    get = serve(page(code, "/errors/sorry.html", code, min_ttl=300))
    assert is_sorry(get("/thing"), code)
    assert is_sorry(get("/thing"), code)
    assert origin.asked("/thing") == 2


# proves: B05, B20, B89
@pytest.mark.parametrize("code", ONLY_WITH_MAX_AGE)
def test_a_max_age_lets_such_an_error_be_remembered(warmfront, serve, origin, code):
    origin.plan("/thing", Reply(code, "", {"Cache-Control": "max-age=60"}))
    get = serve(page(code, "/errors/sorry.html", code, min_ttl=10))
    get("/thing")
    warmfront.advance(59)
    assert is_sorry(get("/thing"), code)
    assert origin.asked("/thing") == 1
    warmfront.advance(2)
    get("/thing")
    assert origin.asked("/thing") == 2


# proves: A20, A94, B04, B90
def test_416_has_a_page_and_is_never_remembered(serve, origin):
    origin.plan("/thing", Reply(416, "", {"Cache-Control": "max-age=60"}))
    get = serve(page(416, "/errors/sorry.html", 200, min_ttl=60))
    assert is_sorry(get("/thing"), 200)
    assert is_sorry(get("/thing"), 200)
    assert origin.asked("/thing") == 2


# proves: A03, A11
@pytest.mark.parametrize("code", [200, 400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504])
def test_the_viewer_gets_the_response_code_that_the_distribution_chose(serve, origin, code):
    origin.plan("/thing", Reply(404))
    assert is_sorry(serve(page(404, "/errors/sorry.html", code))("/thing"), code)


# proves: A52
@pytest.mark.parametrize(
    "code, connection",
    [(400, "close"), (405, "close"), (414, "close"), (416, "close"), (500, "close"), (501, "close"),
     (403, "keep-alive"), (404, "keep-alive"), (502, "keep-alive"), (503, "keep-alive"), (504, "keep-alive")],
)
def test_the_code_decides_what_becomes_of_the_connection(serve, origin, code, connection):
    origin.plan("/thing", Reply(503))
    answer = serve(page(503, "/errors/sorry.html", code))("/thing")
    assert (answer["Connection"] or "keep-alive").lower() == connection


# proves: A05, A06, A09, B23, B60, B61, B62, B80, Q40
@pytest.mark.parametrize("errors, seconds", [((), 10), (({"ErrorCode": 500, "ErrorCachingMinTTL": 45},), 45)])
def test_an_error_without_a_page_keeps_its_status_and_body(warmfront, serve, origin, errors, seconds):
    origin.plan("/thing", Reply(500, "as the origin said", {"X-Kept": "yes"}), Reply(200, "repaired"))
    get = serve(*errors)
    first = get("/thing")
    assert (first.status, first.body, first.x_cache) == (500, b"as the origin said", "Error from cloudfront")
    assert first["Age"] is None
    warmfront.advance(seconds - 1)
    again = get("/thing")
    assert (again.status, again.body, again["X-Kept"]) == (500, b"as the origin said", "yes")
    assert int(again["Age"]) == seconds - 1
    warmfront.advance(2)
    assert get("/thing").status == 200
    assert origin.asked("/thing") == 2


# proves: B25
def test_a_minimum_ttl_of_zero_asks_the_origin_each_time(serve, origin):
    origin.plan("/thing", Reply(404))
    get = serve({"ErrorCode": 404, "ErrorCachingMinTTL": 0})
    get("/thing")
    get("/thing")
    assert origin.asked("/thing") == 2


# proves: B27
def test_each_error_code_has_its_own_minimum_ttl(warmfront, serve, origin):
    origin.plan("/short", Reply(404))
    origin.plan("/long", Reply(500))
    get = serve({"ErrorCode": 404, "ErrorCachingMinTTL": 5}, {"ErrorCode": 500, "ErrorCachingMinTTL": 50})
    get("/short"), get("/long")
    warmfront.advance(20)
    get("/short"), get("/long")
    assert (origin.asked("/short"), origin.asked("/long")) == (2, 1)


# proves: A08, A12, A83, B03
def test_the_page_survives_the_site_going_down(warmfront, serve, origin, pages):
    get = serve(page(502, "/errors/sorry.html", 200, min_ttl=30))
    assert get("/ok").body == b"fine"
    origin.go_down()
    first = get("/never-seen")
    assert is_sorry(first, 200)
    assert any(step.startswith("fetch:failed") for step in first.steps), first.steps
    again = get("/never-seen")
    assert is_sorry(again, 200)
    assert not any(step.startswith("fetch:") for step in again.steps), again.steps
    assert get("/ok").body == b"fine"
    assert pages.asked() == 1


# proves: A12, A84
def test_an_origin_that_does_not_answer_in_time_counts_as_504(warmfront, cloudfront, origin, pages):
    pages.plan("/errors/sorry.html", Reply(200, SORRY))
    slow = custom_origin(origin, ConnectionAttempts=1)
    slow["CustomOriginConfig"]["OriginReadTimeout"] = 1
    behaviors = [{"PathPattern": "/errors/*", **behavior(pages.name)}]
    errors = [page(504, "/errors/sorry.html", 503)]
    made = create(cloudfront, distribution(slow, custom_origin(pages), behaviors=behaviors, errors=errors))
    origin.gate.clear()
    assert is_sorry(warmfront.get(made["DomainName"], "/thing"), 503)


# proves: A21, B30, B31, B36, B98
def test_an_old_copy_is_better_than_the_page(warmfront, serve, origin, pages):
    origin.plan("/thing", Reply(200, "old copy", {"Cache-Control": "max-age=5"}), Reply(503))
    get = serve(page(503, "/errors/sorry.html", 200, min_ttl=10))
    get("/thing")
    warmfront.advance(6)
    stale = get("/thing")
    assert (stale.status, stale.body, stale.x_cache) == (200, b"old copy", "Hit from cloudfront")
    assert (origin.asked("/thing"), pages.asked()) == (2, 0)
    warmfront.advance(9)
    assert get("/thing").body == b"old copy"
    assert origin.asked("/thing") == 2
    warmfront.advance(2)
    assert get("/thing").body == b"old copy"
    assert origin.asked("/thing") == 3


# proves: B34
def test_a_404_is_not_covered_by_an_old_copy(warmfront, serve, origin):
    origin.plan("/thing", Reply(200, "old copy", {"Cache-Control": "max-age=5"}), Reply(404))
    get = serve(page(404, "/errors/sorry.html", 404))
    get("/thing")
    warmfront.advance(6)
    assert is_sorry(get("/thing"), 404)


# proves: A36, A37, A38, A95
def test_an_error_of_the_page_is_what_the_viewer_gets(serve, origin, pages):
    origin.plan("/thing", Reply(500))
    pages.plan("/errors/sorry.html", Reply(404, "the page is gone"))
    get = serve(page(500, "/errors/sorry.html", 200), page(404, "/errors/another.html", 200))
    answer = get("/thing")
    assert (answer.status, answer.body) == (404, b"the page is gone")
    assert pages.asked("/errors/another.html") == 0


# proves: A31
def test_an_earlier_behavior_can_catch_the_page(warmfront, cloudfront, origin, pages):
    origin.plan("/thing", Reply(404))
    origin.plan("/errors/sorry.html", Reply(200, "the site's own"))
    pages.plan("/errors/sorry.html", Reply(200, SORRY))
    behaviors = [
        {"PathPattern": "*.html", **behavior(origin.name)},
        {"PathPattern": "/errors/*", **behavior(pages.name)},
    ]
    errors = [page(404, "/errors/sorry.html", 404)]
    config = distribution(custom_origin(origin), custom_origin(pages), behaviors=behaviors, errors=errors)
    answer = warmfront.get(create(cloudfront, config)["DomainName"], "/thing")
    assert answer.body == b"the site's own"
    assert pages.asked() == 0


# proves: A23
def test_head_gets_the_headers_of_the_page(serve, origin):
    origin.plan("/thing", Reply(404))
    answer = serve(page(404, "/errors/sorry.html", 404))("/thing", method="HEAD")
    assert (answer.status, answer.body, answer["Content-Length"]) == (404, b"", str(len(SORRY)))


# proves: A23, A33, A34, A82, B01
def test_an_error_of_a_post_shows_the_page_and_is_forgotten(serve, origin, pages):
    methods = {**counted("GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE")}
    origin.plan("/form", Reply(503))
    get = serve(
        page(503, "/errors/sorry.html", 503),
        DefaultCacheBehavior=behavior(origin.name, AllowedMethods=methods),
    )
    assert is_sorry(get("/form", method="POST", body=b"a=1", headers={"Cookie": "s=1"}), 503)
    assert is_sorry(get("/form", method="POST", body=b"a=1"), 503)
    assert origin.asked("/form") == 2
    asked = pages.requests[0]
    assert (asked.method, asked.target, asked.body, asked.headers.get("Cookie")) == (
        "GET", "/errors/sorry.html", b"", None
    )


# proves: A73
def test_many_failing_paths_share_one_copy_of_the_page(serve, origin, pages):
    get = serve(page(404, "/errors/sorry.html", 404))
    for number in range(10):
        origin.plan(f"/missing/{number}", Reply(404))
        assert is_sorry(get(f"/missing/{number}"), 404)
    assert (origin.asked(), pages.asked()) == (10, 1)


# proves: A71, A74
def test_the_page_lives_as_long_as_its_own_behavior_says(warmfront, serve, origin, pages):
    origin.plan("/thing", Reply(404))
    pages.plan("/errors/sorry.html", Reply(200, SORRY, {"Cache-Control": "max-age=5"}))
    get = serve(page(404, "/errors/sorry.html", 404, min_ttl=300))
    get("/thing")
    warmfront.advance(6)
    assert is_sorry(get("/thing"), 404)
    assert (origin.asked("/thing"), pages.asked()) == (1, 2)


# proves: A75
def test_a_changed_page_acts_on_errors_that_are_remembered(cloudfront, serve, origin, pages):
    origin.plan("/thing", Reply(404))
    pages.plan("/errors/new.html", Reply(200, "new page"))
    get = serve(page(404, "/errors/sorry.html", 404, min_ttl=300))
    assert is_sorry(get("/thing"), 404)
    new = page(404, "/errors/new.html", 200, min_ttl=300)
    change(cloudfront, get.id, lambda config: config.update(CustomErrorResponses=counted(new)))
    answer = get("/thing")
    assert (answer.status, answer.body) == (200, b"new page")
    assert origin.asked("/thing") == 1


# proves: A78, B15
def test_nothing_is_remembered_where_caching_is_disabled(serve, origin):
    origin.plan("/thing", Reply(500))
    uncached = behavior(origin.name, CachePolicyId=CACHING_DISABLED)
    get = serve(page(500, "/errors/sorry.html", 500, min_ttl=300), DefaultCacheBehavior=uncached)
    assert is_sorry(get("/thing"), 500)
    assert is_sorry(get("/thing"), 500)
    assert origin.asked("/thing") == 2


# proves: A15, A89
def test_a_method_that_is_not_allowed_shows_the_403_page(serve, origin):
    get = serve(page(403, "/errors/sorry.html", 200))
    assert is_sorry(get("/ok", method="DELETE"), 200)
    assert origin.asked() == 0


# proves: D50, B64
def test_viewers_who_ask_at_once_cost_one_request_to_each_origin(serve, origin, pages):
    origin.plan("/missing", Reply(404))
    get = serve(page(404, "/errors/sorry.html", 404))
    origin.gate.clear()
    answers = []
    viewers = [threading.Thread(target=lambda: answers.append(get("/missing"))) for _ in range(40)]
    for viewer in viewers:
        viewer.start()
    # The first one is held at the origin; whether the others wait with it or come later, nobody asks again.
    origin.gate.set()
    for viewer in viewers:
        viewer.join()
    assert len(answers) == 40 and all(is_sorry(answer, 404) for answer in answers)
    assert (origin.asked(), pages.asked()) == (1, 1)
