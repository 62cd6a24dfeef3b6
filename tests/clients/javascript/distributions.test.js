// Distributions, invalidations and tags through the AWS SDK for JavaScript.
"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");
const sdk = require("@aws-sdk/client-cloudfront");
const { counted, distribution, fresh } = require("./configuration.js");
const { countCalls, origin, warmfront } = require("./warmfront.js");

const create = async (client, DistributionConfig) =>
  (await client.send(new sdk.CreateDistributionCommand({ DistributionConfig }))).Distribution;

test("a new distribution is waited for with one question and serves", async (t) => {
  const server = await warmfront(t);
  const client = server.cloudfront();
  const { port } = await origin(t, { "/": [200, "hello"] });
  const made = await create(client, distribution({ port }));
  assert.equal(made.Status, "InProgress");
  const calls = countCalls(client);
  // The waiter insists on more than the 60 seconds that it sleeps after a first negative answer.
  const waited = await sdk.waitUntilDistributionDeployed({ client, maxWaitTime: 61 }, { Id: made.Id });
  assert.equal(waited.state, "SUCCESS");
  assert.deepEqual(calls, { GetDistributionCommand: 1 });
  const seen = await server.get(made.DomainName, "/");
  assert.deepEqual([seen.status, seen.body], [200, "hello"]);
});

test("what was read can be sent back and changed", async (t) => {
  const client = (await warmfront(t)).cloudfront();
  const { Id } = await create(client, distribution());
  const read = await client.send(new sdk.GetDistributionConfigCommand({ Id }));
  const same = await client.send(
    new sdk.UpdateDistributionCommand({ Id, IfMatch: read.ETag, DistributionConfig: read.DistributionConfig }),
  );
  assert.deepEqual(same.Distribution.DistributionConfig, read.DistributionConfig);
  const changed = await client.send(
    new sdk.UpdateDistributionCommand({
      Id,
      IfMatch: same.ETag,
      DistributionConfig: { ...read.DistributionConfig, Comment: "caf\u00e9 <&>" },
    }),
  );
  assert.equal(changed.Distribution.DistributionConfig.Comment, "caf\u00e9 <&>");
  assert.notEqual(changed.ETag, same.ETag);
});

test("refusals are the error classes of the SDK", async (t) => {
  const client = (await warmfront(t)).cloudfront();
  const refused = async (command, type, status) => {
    await assert.rejects(client.send(command), (error) => {
      assert.ok(error instanceof type, `${error.name}: ${error.message}`);
      assert.ok(error instanceof sdk.CloudFrontServiceException);
      assert.equal(error.name, type.name);
      assert.equal(error.$metadata.httpStatusCode, status);
      assert.ok(error.$metadata.requestId);
      assert.ok(error.message);
      return true;
    });
  };
  await refused(new sdk.GetDistributionCommand({ Id: "E1234567890123" }), sdk.NoSuchDistribution, 404);
  const config = distribution();
  const { Id } = await create(client, config);
  const { ETag } = await client.send(new sdk.GetDistributionCommand({ Id }));
  const again = new sdk.CreateDistributionCommand({ DistributionConfig: config });
  await refused(again, sdk.DistributionAlreadyExists, 409);
  await refused(new sdk.DeleteDistributionCommand({ Id, IfMatch: ETag }), sdk.DistributionNotDisabled, 409);
  await refused(new sdk.DeleteDistributionCommand({ Id }), sdk.InvalidIfMatchVersion, 400);
  const { DistributionConfig } = await client.send(new sdk.GetDistributionConfigCommand({ Id }));
  const stale = new sdk.UpdateDistributionCommand({ Id, IfMatch: "E2QWRUHEXAMPLE", DistributionConfig });
  await refused(stale, sdk.PreconditionFailed, 412);
  const wrong = distribution({ behavior: { TargetOriginId: "nobody" } });
  await refused(new sdk.CreateDistributionCommand({ DistributionConfig: wrong }), sdk.NoSuchOrigin, 404);
});

test("wrong error pages are refused with the class for what is wrong", async (t) => {
  const client = (await warmfront(t)).cloudfront();
  const refused = (page, type) => {
    const DistributionConfig = distribution({ CustomErrorResponses: counted(page) });
    return assert.rejects(client.send(new sdk.CreateDistributionCommand({ DistributionConfig })), type);
  };
  await refused({ ErrorCode: 418 }, sdk.InvalidErrorCode);
  await refused({ ErrorCode: 404, ResponsePagePath: "/sorry.html", ResponseCode: "999" }, sdk.InvalidResponseCode);
  await refused({ ErrorCode: 404, ResponsePagePath: "/sorry.html" }, sdk.InvalidArgument);
});

// proves: A11
test("an error page has its response code as text, and viewers get both", async (t) => {
  const server = await warmfront(t);
  const client = server.cloudfront();
  const { port } = await origin(t, { "/missing": [404, "plain"], "/sorry.html": [200, "sorry"] });
  const page = { ErrorCode: 404, ResponsePagePath: "/sorry.html", ResponseCode: "200", ErrorCachingMinTTL: 30 };
  const made = await create(client, distribution({ port, CustomErrorResponses: counted(page) }));
  assert.deepEqual(made.DistributionConfig.CustomErrorResponses, counted(page));
  const seen = await server.get(made.DomainName, "/missing");
  assert.deepEqual([seen.status, seen.body], [200, "sorry"]);
});

test("the paginator finds everything in pages of one", async (t) => {
  const client = (await warmfront(t)).cloudfront();
  const made = [];
  for (let number = 0; number < 3; number++) made.push((await create(client, distribution())).Id);
  const listed = [];
  for await (const page of sdk.paginateListDistributions({ client, pageSize: 1 }, {})) {
    const { DistributionList: list } = page;
    assert.deepEqual([list.Quantity, list.MaxItems, list.Items.length], [1, 1, 1]);
    listed.push(list.Items[0].Id);
  }
  assert.deepEqual(listed.sort(), made.sort());
});

test("an invalidation is waited for with one question", async (t) => {
  const client = (await warmfront(t)).cloudfront();
  const { Id: DistributionId } = await create(client, distribution());
  const InvalidationBatch = { CallerReference: fresh("batch"), Paths: counted("/a", "/b/*") };
  const { Invalidation } = await client.send(
    new sdk.CreateInvalidationCommand({ DistributionId, InvalidationBatch }),
  );
  assert.ok(Invalidation.CreateTime instanceof Date);
  assert.deepEqual(Invalidation.InvalidationBatch, InvalidationBatch);
  const calls = countCalls(client);
  await sdk.waitUntilInvalidationCompleted({ client, maxWaitTime: 21 }, { DistributionId, Id: Invalidation.Id });
  assert.deepEqual(calls, { GetInvalidationCommand: 1 });
  const { InvalidationList } = await client.send(new sdk.ListInvalidationsCommand({ DistributionId }));
  assert.deepEqual(InvalidationList.Items.map((item) => [item.Id, item.Status]), [[Invalidation.Id, "Completed"]]);
});

test("tags are given at creation, added and taken away", async (t) => {
  const client = (await warmfront(t)).cloudfront();
  const DistributionConfigWithTags = {
    DistributionConfig: distribution(),
    Tags: { Items: [{ Key: "team", Value: "web" }, { Key: "empty", Value: "" }] },
  };
  const { Distribution } = await client.send(
    new sdk.CreateDistributionWithTagsCommand({ DistributionConfigWithTags }),
  );
  const Resource = Distribution.ARN;
  const tags = async () => {
    const { Tags } = await client.send(new sdk.ListTagsForResourceCommand({ Resource }));
    return Object.fromEntries(Tags.Items.map(({ Key, Value }) => [Key, Value]));
  };
  assert.deepEqual(await tags(), { team: "web", empty: "" });
  await client.send(new sdk.TagResourceCommand({ Resource, Tags: { Items: [{ Key: "stage", Value: "test" }] } }));
  await client.send(new sdk.UntagResourceCommand({ Resource, TagKeys: { Items: ["team", "empty"] } }));
  assert.deepEqual(await tags(), { stage: "test" });
  const reserved = new sdk.TagResourceCommand({ Resource, Tags: { Items: [{ Key: "aws:x", Value: "" }] } });
  await assert.rejects(client.send(reserved), sdk.InvalidTagging);
});

test("a distribution is disabled, waited for and deleted", async (t) => {
  const client = (await warmfront(t)).cloudfront();
  const { Id } = await create(client, distribution());
  const { ETag, DistributionConfig } = await client.send(new sdk.GetDistributionConfigCommand({ Id }));
  DistributionConfig.Enabled = false;
  const update = await client.send(new sdk.UpdateDistributionCommand({ Id, IfMatch: ETag, DistributionConfig }));
  await sdk.waitUntilDistributionDeployed({ client, maxWaitTime: 61 }, { Id });
  await client.send(new sdk.DeleteDistributionCommand({ Id, IfMatch: update.ETag }));
  await assert.rejects(client.send(new sdk.GetDistributionCommand({ Id })), sdk.NoSuchDistribution);
  const { DistributionList } = await client.send(new sdk.ListDistributionsCommand({}));
  assert.equal(DistributionList.Quantity, 0);
});
