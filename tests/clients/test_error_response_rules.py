"""What the API accepts and refuses as custom error responses, rule by rule, through boto3."""

import pytest

from configuration import change, counted, create, custom_origin, distribution, page
from origin import Reply
from expect import refusal

CODES = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504]
TOGETHER = "Your request must specify both ResponsePagePath and ResponseCode together or none of them."
PATH_IS_INVALID = "The parameter ResponsePagePath is invalid."
LIST_IS_INVALID = "The specified list of custom error responses does not exist or is not valid."


@pytest.fixture
def cloudfront(warmfront):
    return warmfront.cloudfront()


def kept(client, origin, *errors):
    """The entries as the API shows them after a create."""
    made = create(client, distribution(custom_origin(origin), errors=errors))
    config = client.get_distribution_config(Id=made["Id"])["DistributionConfig"]
    return config["CustomErrorResponses"]


def refused(client, origin, *errors):
    """Code, status and message of a create with these entries."""
    config = distribution(custom_origin(origin), errors=errors)
    return refusal(client.create_distribution, DistributionConfig=config)


# proves: A02, A03, A09
def test_every_documented_code_is_kept_as_sent(cloudfront, origin):
    errors = [page(code, "/sorry.html", code, min_ttl=code) for code in CODES]
    assert kept(cloudfront, origin, *errors) == counted(*errors)


# proves: A02
@pytest.mark.parametrize("code", [-1, 0, 200, 401, 410, 412, 415, 418, 429, 505, 599])
def test_another_error_code_is_refused(cloudfront, origin, code):
    assert refused(cloudfront, origin, page(code, "/sorry.html", 200))[:2] == ("InvalidErrorCode", 400)


# proves: A03
@pytest.mark.parametrize("code", ["201", "206", "302", "412", "418", "999", "abc"])
def test_another_response_code_is_refused(cloudfront, origin, code):
    assert refused(cloudfront, origin, page(404, "/sorry.html", code))[:2] == ("InvalidResponseCode", 400)


# proves: A03, A04
@pytest.mark.parametrize("code", [" 200", "0200", "+200", "200.0"])
def test_a_response_code_is_exactly_the_digits_of_a_code(cloudfront, origin, code):
    assert refused(cloudfront, origin, page(404, "/sorry.html", code))[:2] == ("InvalidResponseCode", 400)


# proves: A04
@pytest.mark.parametrize(
    "half",
    [
        {"ResponsePagePath": "/sorry.html"},
        {"ResponseCode": "200"},
        {"ResponsePagePath": "/sorry.html", "ResponseCode": ""},
        {"ResponsePagePath": "", "ResponseCode": "200"},
    ],
)
def test_page_and_response_code_come_together(cloudfront, origin, half):
    answer = refused(cloudfront, origin, {"ErrorCode": 404, **half})
    assert answer == ("InvalidArgument", 400, TOGETHER)


# proves: A07
@pytest.mark.parametrize("path", ["sorry.html", "errors/404.html", "http://example.com/sorry.html"])
def test_a_page_path_begins_with_a_slash(cloudfront, origin, path):
    assert refused(cloudfront, origin, page(404, path, 404)) == ("InvalidArgument", 400, PATH_IS_INVALID)


# proves: A07
@pytest.mark.parametrize("path", ["/s\u00fc\u00df.html", "/a b.html", "/<sorry>.html"])
def test_a_page_path_is_percent_encoded_where_needed(cloudfront, origin, path):
    assert refused(cloudfront, origin, page(404, path, 404))[:2] == ("InvalidRelativePath", 400)


def test_a_page_path_has_a_limit(cloudfront, origin):
    assert kept(cloudfront, origin, page(404, "/" + "a" * 3_999, 404))["Quantity"] == 1
    assert refused(cloudfront, origin, page(404, "/" + "a" * 4_000, 404))[:2] == ("InvalidRelativePath", 400)


# proves: A06
@pytest.mark.parametrize("seconds", [-1, 31_536_001])
def test_a_minimum_ttl_is_between_zero_and_a_year(cloudfront, origin, seconds):
    entry = {"ErrorCode": 404, "ErrorCachingMinTTL": seconds}
    assert refused(cloudfront, origin, entry)[:2] == ("InvalidArgument", 400)


# proves: A05, A06
@pytest.mark.parametrize("seconds", [0, 1, 31_536_000])
def test_a_minimum_ttl_alone_is_enough(cloudfront, origin, seconds):
    shown = kept(cloudfront, origin, {"ErrorCode": 404, "ErrorCachingMinTTL": seconds})
    assert shown["Items"][0]["ErrorCachingMinTTL"] == seconds


# proves: A06
def test_what_is_left_out_is_shown_as_ten_seconds_and_empty_texts(cloudfront, origin):
    shown = kept(cloudfront, origin, {"ErrorCode": 404})
    assert shown["Items"] == [
        {"ErrorCode": 404, "ResponsePagePath": "", "ResponseCode": "", "ErrorCachingMinTTL": 10}
    ]


# proves: A01
def test_an_error_code_has_one_entry(cloudfront, origin):
    answer = refused(cloudfront, origin, page(404, "/a.html", 404), page(404, "/b.html", 200))
    assert answer[:2] == ("InvalidArgument", 400)


@pytest.mark.parametrize("quantity", [0, 2])
def test_the_quantity_is_the_number_of_entries(cloudfront, origin, quantity):
    config = distribution(custom_origin(origin))
    config["CustomErrorResponses"] = {"Quantity": quantity, "Items": [page(404, "/a.html", 404)]}
    answer = refusal(cloudfront.create_distribution, DistributionConfig=config)
    assert answer[:2] == ("InconsistentQuantities", 400)


def test_no_entries_are_fine(cloudfront, origin):
    assert kept(cloudfront, origin) == {"Quantity": 0}


@pytest.mark.parametrize("member", ["ResponsePagePath", "ResponseCode", "ErrorCachingMinTTL"])
def test_an_update_says_everything_about_each_entry(cloudfront, origin, member):
    made = create(cloudfront, distribution(custom_origin(origin), errors=[page(404, "/a.html", 404)]))
    read = cloudfront.get_distribution_config(Id=made["Id"])
    del read["DistributionConfig"]["CustomErrorResponses"]["Items"][0][member]
    answer = refusal(
        cloudfront.update_distribution,
        Id=made["Id"], IfMatch=read["ETag"], DistributionConfig=read["DistributionConfig"],
    )
    assert answer == ("IllegalUpdate", 400, LIST_IS_INVALID)


def test_an_update_has_the_list(cloudfront, origin):
    made = create(cloudfront, distribution(custom_origin(origin)))
    read = cloudfront.get_distribution_config(Id=made["Id"])
    del read["DistributionConfig"]["CustomErrorResponses"]
    answer = refusal(
        cloudfront.update_distribution,
        Id=made["Id"], IfMatch=read["ETag"], DistributionConfig=read["DistributionConfig"],
    )
    assert answer == ("IllegalUpdate", 400, LIST_IS_INVALID)


def test_an_update_may_leave_the_texts_empty(cloudfront, origin):
    made = create(cloudfront, distribution(custom_origin(origin)))
    entry = {"ErrorCode": 503, "ResponsePagePath": "", "ResponseCode": "", "ErrorCachingMinTTL": 0}
    change(cloudfront, made["Id"], lambda config: config.update(CustomErrorResponses=counted(entry)))
    shown = cloudfront.get_distribution_config(Id=made["Id"])["DistributionConfig"]
    assert shown["CustomErrorResponses"] == counted(entry)


# proves: A36
def test_a_page_that_nobody_serves_is_accepted_and_answers_as_its_origin_does(warmfront, cloudfront, origin):
    origin.plan("/thing", Reply(500, "broken"))
    origin.plan("/nowhere.html", Reply(404, "no such page"))
    made = create(cloudfront, distribution(custom_origin(origin), errors=[page(500, "/nowhere.html", 200)]))
    answer = warmfront.get(made["DomainName"], "/thing")
    assert (answer.status, answer.body) == (404, b"no such page")
