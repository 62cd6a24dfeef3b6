"""The AWS CLI: the commands that people paste, with files, waiters and error texts."""

from configuration import counted, custom_origin, distribution, page
from origin import Reply


def create(aws, config):
    return aws("create-distribution", "--distribution-config", aws.file("new.json", config))["Distribution"]


def update(aws, id, edit):
    """The usual round trip: read, edit the file, send it back with the version that was read."""
    read = aws("get-distribution-config", "--id", id)
    edit(read["DistributionConfig"])
    file = aws.file("edited.json", read["DistributionConfig"])
    return aws("update-distribution", "--id", id, "--if-match", read["ETag"], "--distribution-config", file)


def test_a_distribution_from_a_file_serves_after_the_waiter(warmfront, aws, origin):
    origin.plan("/", Reply(200, "hello"))
    made = create(aws, distribution(custom_origin(origin)))
    assert aws.calls("wait", "distribution-deployed", "--id", made["Id"]) == ["GetDistribution"]
    assert warmfront.get(made["DomainName"], "/").body == b"hello"


def test_two_options_are_enough_to_create_a_distribution(warmfront, aws, origin):
    made = aws(
        "create-distribution", "--origin-domain-name", origin.name, "--default-root-object", "index.html"
    )["Distribution"]
    config = aws("get-distribution-config", "--id", made["Id"])["DistributionConfig"]
    assert config["DefaultRootObject"] == "index.html"
    assert config["Origins"]["Items"][0]["DomainName"] == origin.name


# proves: A11
def test_error_pages_are_added_by_an_update(warmfront, aws, origin):
    origin.plan("/missing", Reply(404, "plain"))
    origin.plan("/sorry.html", Reply(200, "not found, sorry"))
    made = create(aws, distribution(custom_origin(origin)))
    assert warmfront.get(made["DomainName"], "/missing").body == b"plain"
    errors = counted(page(404, "/sorry.html", 200, min_ttl=30))
    update(aws, made["Id"], lambda config: config.update(CustomErrorResponses=errors))
    answer = warmfront.get(made["DomainName"], "/missing")
    assert (answer.status, answer.body) == (200, b"not found, sorry")


def test_what_was_read_can_be_sent_back_unchanged(aws, origin):
    made = create(aws, distribution(custom_origin(origin), errors=[page(503, "/soon.html", 200)]))
    before = aws("get-distribution-config", "--id", made["Id"])
    after = update(aws, made["Id"], lambda config: None)
    assert after["Distribution"]["DistributionConfig"] == before["DistributionConfig"]
    assert after["ETag"] != before["ETag"]


def test_an_invalidation_is_made_and_waited_for(warmfront, aws, origin):
    origin.plan("/a", Reply(200, "one"), Reply(200, "two"))
    made = create(aws, distribution(custom_origin(origin)))
    warmfront.get(made["DomainName"], "/a")
    invalidation = aws("create-invalidation", "--distribution-id", made["Id"], "--paths", "/a", "/b/*")
    id = invalidation["Invalidation"]["Id"]
    calls = aws.calls("wait", "invalidation-completed", "--distribution-id", made["Id"], "--id", id)
    assert calls == ["GetInvalidation"]
    assert warmfront.get(made["DomainName"], "/a").body == b"two"
    listed = aws("list-invalidations", "--distribution-id", made["Id"])["InvalidationList"]["Items"]
    assert [item["Id"] for item in listed] == [id]


def test_tags_are_set_and_listed(aws, origin):
    made = create(aws, distribution(custom_origin(origin)))
    aws("tag-resource", "--resource", made["ARN"], "--tags", "Items=[{Key=team,Value=web}]")
    assert aws("list-tags-for-resource", "--resource", made["ARN"])["Tags"]["Items"] == [
        {"Key": "team", "Value": "web"}
    ]


def test_a_distribution_is_disabled_and_deleted(aws, origin):
    made = create(aws, distribution(custom_origin(origin)))
    version = update(aws, made["Id"], lambda config: config.update(Enabled=False))["ETag"]
    aws("wait", "distribution-deployed", "--id", made["Id"])
    aws("delete-distribution", "--id", made["Id"], "--if-match", version)
    # The CLI prints nothing at all for an empty list.
    assert aws("list-distributions") is None


def test_a_refusal_shows_cloudfronts_words(aws, origin):
    wrong = distribution(custom_origin(origin), errors=[{"ErrorCode": 404, "ResponsePagePath": "/sorry.html"}])
    code, _, complaint = aws.run("create-distribution", "--distribution-config", aws.file("wrong.json", wrong))
    assert code != 0
    assert "An error occurred (InvalidArgument) when calling the CreateDistribution operation" in complaint
    assert "both ResponsePagePath and ResponseCode together or none of them" in complaint


def test_an_unknown_id_is_said_to_be_unknown(aws):
    code, _, complaint = aws.run("get-distribution", "--id", "E1234567890123")
    assert code != 0
    assert "(NoSuchDistribution)" in complaint
