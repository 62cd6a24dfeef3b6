// Cache policies, origin request policies and response headers policies through the AWS SDK for JavaScript.
"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");
const sdk = require("@aws-sdk/client-cloudfront");
const { counted, distribution, fresh } = require("./configuration.js");
const { origin, warmfront } = require("./warmfront.js");

const cachePolicy = (settings = {}) => ({
  Name: fresh("cache"),
  Comment: "",
  DefaultTTL: 60,
  MaxTTL: 3600,
  MinTTL: 1,
  ParametersInCacheKeyAndForwardedToOrigin: {
    EnableAcceptEncodingGzip: true,
    EnableAcceptEncodingBrotli: false,
    HeadersConfig: { HeaderBehavior: "whitelist", Headers: counted("Accept-Language", "X-Shop") },
    CookiesConfig: { CookieBehavior: "none" },
    QueryStringsConfig: { QueryStringBehavior: "allExcept", QueryStrings: counted("utm_source") },
  },
  ...settings,
});

const created = async (client, CachePolicyConfig) =>
  client.send(new sdk.CreateCachePolicyCommand({ CachePolicyConfig }));

test("a cache policy is what was sent, is listed as custom and can be updated", async (t) => {
  const client = (await warmfront(t)).cloudfront();
  const config = cachePolicy();
  const made = await created(client, config);
  const { Id } = made.CachePolicy;
  assert.deepEqual(made.CachePolicy.CachePolicyConfig, config);
  assert.ok(made.CachePolicy.LastModifiedTime instanceof Date);
  assert.ok(made.Location.endsWith(`/cache-policy/${Id}`));
  const { CachePolicyList } = await client.send(new sdk.ListCachePoliciesCommand({ Type: "custom" }));
  assert.deepEqual(CachePolicyList.Items.map((item) => [item.Type, item.CachePolicy.Id]), [["custom", Id]]);
  const update = await client.send(
    new sdk.UpdateCachePolicyCommand({
      Id,
      IfMatch: made.ETag,
      CachePolicyConfig: { ...config, Comment: "longer", DefaultTTL: 120 },
    }),
  );
  const read = await client.send(new sdk.GetCachePolicyConfigCommand({ Id }));
  assert.equal(read.ETag, update.ETag);
  assert.deepEqual(read.CachePolicyConfig, { ...config, Comment: "longer", DefaultTTL: 120 });
});

test("a cache policy in use cannot be deleted and says who uses it", async (t) => {
  const client = (await warmfront(t)).cloudfront();
  const { CachePolicy, ETag } = await created(client, cachePolicy());
  const CachePolicyId = CachePolicy.Id;
  const DistributionConfig = distribution({ behavior: { CachePolicyId } });
  const { Distribution } = await client.send(new sdk.CreateDistributionCommand({ DistributionConfig }));
  const remove = new sdk.DeleteCachePolicyCommand({ Id: CachePolicyId, IfMatch: ETag });
  await assert.rejects(client.send(remove), sdk.CachePolicyInUse);
  const { DistributionIdList } = await client.send(
    new sdk.ListDistributionsByCachePolicyIdCommand({ CachePolicyId }),
  );
  assert.deepEqual(DistributionIdList.Items, [Distribution.Id]);
});

test("refusals of cache policies are the error classes of the SDK", async (t) => {
  const client = (await warmfront(t)).cloudfront();
  const config = cachePolicy();
  const { CachePolicy, ETag } = await created(client, config);
  await assert.rejects(created(client, config), sdk.CachePolicyAlreadyExists);
  await assert.rejects(created(client, cachePolicy({ MinTTL: 100, DefaultTTL: 10 })), sdk.InvalidArgument);
  const { Items: managed } = (await client.send(new sdk.ListCachePoliciesCommand({ Type: "managed" }))).CachePolicyList;
  const { Id } = managed.find((item) => item.CachePolicy.CachePolicyConfig.Name === "Managed-CachingOptimized").CachePolicy;
  const { ETag: managedTag } = await client.send(new sdk.GetCachePolicyCommand({ Id }));
  const remove = new sdk.DeleteCachePolicyCommand({ Id, IfMatch: managedTag });
  await assert.rejects(client.send(remove), sdk.IllegalDelete);
  const update = new sdk.UpdateCachePolicyCommand({ Id, IfMatch: managedTag, CachePolicyConfig: config });
  await assert.rejects(client.send(update), sdk.IllegalUpdate);
  await client.send(new sdk.DeleteCachePolicyCommand({ Id: CachePolicy.Id, IfMatch: ETag }));
  await assert.rejects(client.send(new sdk.GetCachePolicyCommand({ Id: CachePolicy.Id })), sdk.NoSuchCachePolicy);
});

test("the managed cache policies are listed in pages", async (t) => {
  const client = (await warmfront(t)).cloudfront();
  const all = (await client.send(new sdk.ListCachePoliciesCommand({}))).CachePolicyList.Items;
  const names = [];
  let Marker;
  do {
    const { CachePolicyList: page } = await client.send(new sdk.ListCachePoliciesCommand({ MaxItems: 1, Marker }));
    assert.equal(page.Items.length, 1);
    names.push(page.Items[0].CachePolicy.CachePolicyConfig.Name);
    Marker = page.NextMarker;
  } while (Marker);
  assert.deepEqual(names, all.map((item) => item.CachePolicy.CachePolicyConfig.Name));
});

test("an origin request policy is made, used, changed and deleted", async (t) => {
  const client = (await warmfront(t)).cloudfront();
  const OriginRequestPolicyConfig = {
    Name: fresh("request"),
    Comment: "",
    HeadersConfig: { HeaderBehavior: "allViewerAndWhitelistCloudFront", Headers: counted("CloudFront-Viewer-Country") },
    CookiesConfig: { CookieBehavior: "whitelist", Cookies: counted("session") },
    QueryStringsConfig: { QueryStringBehavior: "all" },
  };
  const made = await client.send(new sdk.CreateOriginRequestPolicyCommand({ OriginRequestPolicyConfig }));
  const { Id } = made.OriginRequestPolicy;
  assert.deepEqual(made.OriginRequestPolicy.OriginRequestPolicyConfig, OriginRequestPolicyConfig);
  const DistributionConfig = distribution({ behavior: { OriginRequestPolicyId: Id } });
  const { Distribution, ETag } = await client.send(new sdk.CreateDistributionCommand({ DistributionConfig }));
  const remove = () => client.send(new sdk.DeleteOriginRequestPolicyCommand({ Id, IfMatch: made.ETag }));
  await assert.rejects(remove(), sdk.OriginRequestPolicyInUse);
  const free = Distribution.DistributionConfig;
  delete free.DefaultCacheBehavior.OriginRequestPolicyId;
  await client.send(
    new sdk.UpdateDistributionCommand({ Id: Distribution.Id, IfMatch: ETag, DistributionConfig: free }),
  );
  await remove();
  await assert.rejects(client.send(new sdk.GetOriginRequestPolicyCommand({ Id })), sdk.NoSuchOriginRequestPolicy);
});

test("a response headers policy is what was sent and viewers get its headers", async (t) => {
  const server = await warmfront(t);
  const client = server.cloudfront();
  const { port } = await origin(t, { "/": [200, "hello"] });
  const ResponseHeadersPolicyConfig = {
    Name: fresh("response"),
    Comment: "",
    SecurityHeadersConfig: {
      FrameOptions: { Override: true, FrameOption: "DENY" },
      ContentTypeOptions: { Override: true },
    },
    CustomHeadersConfig: counted({ Header: "X-Shop", Value: "open", Override: true }),
    RemoveHeadersConfig: counted({ Header: "X-Powered-By" }),
    ServerTimingHeadersConfig: { Enabled: false, SamplingRate: 0 },
  };
  const { ResponseHeadersPolicy } = await client.send(
    new sdk.CreateResponseHeadersPolicyCommand({ ResponseHeadersPolicyConfig }),
  );
  assert.deepEqual(ResponseHeadersPolicy.ResponseHeadersPolicyConfig, ResponseHeadersPolicyConfig);
  const behavior = { ResponseHeadersPolicyId: ResponseHeadersPolicy.Id };
  const DistributionConfig = distribution({ port, behavior });
  const { Distribution } = await client.send(new sdk.CreateDistributionCommand({ DistributionConfig }));
  const seen = await server.get(Distribution.DomainName, "/");
  assert.equal(seen.status, 200);
  assert.deepEqual([seen.headers["x-frame-options"], seen.headers["x-shop"]], ["DENY", "open"]);
  const { DistributionIdList } = await client.send(
    new sdk.ListDistributionsByResponseHeadersPolicyIdCommand(behavior),
  );
  assert.deepEqual(DistributionIdList.Items, [Distribution.Id]);
});

test("a policy that does not exist is refused with its own class", async (t) => {
  const client = (await warmfront(t)).cloudfront();
  const unknown = "00000000-0000-4000-8000-000000000000";
  const refused = (behavior, type) => {
    const DistributionConfig = distribution({ behavior });
    return assert.rejects(client.send(new sdk.CreateDistributionCommand({ DistributionConfig })), type);
  };
  await refused({ CachePolicyId: unknown }, sdk.NoSuchCachePolicy);
  await refused({ OriginRequestPolicyId: unknown }, sdk.NoSuchOriginRequestPolicy);
  await refused({ ResponseHeadersPolicyId: unknown }, sdk.NoSuchResponseHeadersPolicy);
});
