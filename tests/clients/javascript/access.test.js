// Origin access controls and origin access identities through the AWS SDK for JavaScript.
"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");
const sdk = require("@aws-sdk/client-cloudfront");
const { distribution, fresh } = require("./configuration.js");
const { warmfront } = require("./warmfront.js");

const BUCKET = { DomainName: "errors.s3.amazonaws.com", CustomOriginConfig: undefined };

test("an origin access control is made, used, kept while it is in use, and deleted", async (t) => {
  const client = (await warmfront(t)).cloudfront();
  const OriginAccessControlConfig = {
    Name: fresh("control"),
    Description: "",
    SigningProtocol: "sigv4",
    SigningBehavior: "always",
    OriginAccessControlOriginType: "s3",
  };
  const made = await client.send(new sdk.CreateOriginAccessControlCommand({ OriginAccessControlConfig }));
  const { Id } = made.OriginAccessControl;
  assert.deepEqual(made.OriginAccessControl.OriginAccessControlConfig, OriginAccessControlConfig);
  const again = new sdk.CreateOriginAccessControlCommand({ OriginAccessControlConfig });
  await assert.rejects(client.send(again), sdk.OriginAccessControlAlreadyExists);
  const origin = { ...BUCKET, OriginAccessControlId: Id, S3OriginConfig: { OriginAccessIdentity: "" } };
  const DistributionConfig = distribution({ origin, Enabled: false });
  const { Distribution, ETag } = await client.send(new sdk.CreateDistributionCommand({ DistributionConfig }));
  const remove = () => client.send(new sdk.DeleteOriginAccessControlCommand({ Id, IfMatch: made.ETag }));
  await assert.rejects(remove(), sdk.OriginAccessControlInUse);
  await client.send(new sdk.DeleteDistributionCommand({ Id: Distribution.Id, IfMatch: ETag }));
  await remove();
  await assert.rejects(client.send(new sdk.GetOriginAccessControlCommand({ Id })), sdk.NoSuchOriginAccessControl);
});

test("an origin access identity is made once for a reference, changed, used and deleted", async (t) => {
  const client = (await warmfront(t)).cloudfront();
  const config = { CallerReference: fresh("identity"), Comment: "for error pages" };
  const create = (CloudFrontOriginAccessIdentityConfig) =>
    client.send(new sdk.CreateCloudFrontOriginAccessIdentityCommand({ CloudFrontOriginAccessIdentityConfig }));
  const made = await create(config);
  const { Id, S3CanonicalUserId } = made.CloudFrontOriginAccessIdentity;
  assert.ok(S3CanonicalUserId);
  assert.deepEqual(made.CloudFrontOriginAccessIdentity.CloudFrontOriginAccessIdentityConfig, config);
  assert.equal((await create(config)).CloudFrontOriginAccessIdentity.Id, Id);
  await assert.rejects(create({ ...config, Comment: "other" }), sdk.CloudFrontOriginAccessIdentityAlreadyExists);
  const changed = await client.send(
    new sdk.UpdateCloudFrontOriginAccessIdentityCommand({
      Id,
      IfMatch: made.ETag,
      CloudFrontOriginAccessIdentityConfig: { ...config, Comment: "changed" },
    }),
  );
  const listed = [];
  for await (const page of sdk.paginateListCloudFrontOriginAccessIdentities({ client, pageSize: 1 }, {})) {
    listed.push(...page.CloudFrontOriginAccessIdentityList.Items);
  }
  assert.deepEqual(listed, [{ Id, S3CanonicalUserId, Comment: "changed" }]);
  const origin = { ...BUCKET, S3OriginConfig: { OriginAccessIdentity: `origin-access-identity/cloudfront/${Id}` } };
  const DistributionConfig = distribution({ origin, Enabled: false });
  const { Distribution, ETag } = await client.send(new sdk.CreateDistributionCommand({ DistributionConfig }));
  const remove = () =>
    client.send(new sdk.DeleteCloudFrontOriginAccessIdentityCommand({ Id, IfMatch: changed.ETag }));
  await assert.rejects(remove(), sdk.CloudFrontOriginAccessIdentityInUse);
  await client.send(new sdk.DeleteDistributionCommand({ Id: Distribution.Id, IfMatch: ETag }));
  await remove();
  const read = new sdk.GetCloudFrontOriginAccessIdentityCommand({ Id });
  await assert.rejects(client.send(read), sdk.NoSuchCloudFrontOriginAccessIdentity);
});
