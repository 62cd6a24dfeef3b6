// What pages show: a distribution with a server, a bucket for its pages, and a few error responses.

import { bucketCall } from './outside.mjs';
import { KEY_PAIR } from './subject.mjs';

const behavior = (target) => ({
  TargetOriginId: target, ViewerProtocolPolicy: 'allow-all', Compress: true, CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6',
});

export function siteConfig({ site, port = site?.port ?? 80, control = '', bucket = 'pages', comment = 'The shop' } = {}) {
  return {
    CallerReference: `suite-${port}-${Math.random()}`, Comment: comment, Enabled: true, DefaultRootObject: 'index.html',
    Origins: {
      Quantity: 2,
      Items: [
        { Id: 'site', DomainName: 'site.localhost', CustomOriginConfig: { HTTPPort: port, HTTPSPort: 443, OriginProtocolPolicy: 'http-only' } },
        { Id: 'pages', DomainName: `${bucket}.s3.us-east-1.amazonaws.com`, S3OriginConfig: { OriginAccessIdentity: '' }, OriginAccessControlId: control },
      ],
    },
    DefaultCacheBehavior: behavior('site'),
    CacheBehaviors: { Quantity: 1, Items: [{ ...behavior('pages'), PathPattern: '/errors/*' }] },
  };
}

/** The id of a distribution that has something on every page; `places` say where its origins are. */
export async function seed(api, isMock, places = {}) {
  if (isMock) return (await api('GET', '/distribution?MaxItems=1')).body.Items[0].Id;
  const control = await api('POST', '/origin-access-control', {
    Name: 'pages', SigningProtocol: 'sigv4', SigningBehavior: 'always', OriginAccessControlOriginType: 's3',
  });
  const config = {
    ...siteConfig({ ...places, control: control.body.Id }),
    CustomErrorResponses: {
      Quantity: 3,
      Items: [
        { ErrorCode: 404, ResponsePagePath: '/errors/404.html', ResponseCode: '404', ErrorCachingMinTTL: 30 },
        { ErrorCode: 500, ErrorCachingMinTTL: 60 },
        { ErrorCode: 503, ResponsePagePath: '/sorry.html', ResponseCode: '200', ErrorCachingMinTTL: 5 },
      ],
    },
  };
  const made = await api('POST', '/distribution?WithTags', {
    DistributionConfig: config, Tags: { Items: [{ Key: 'team', Value: 'shop' }, { Key: 'stage', Value: 'test' }] },
  });
  if (places.site) await fillBucket(places, made.body.ARN);
  await api('POST', `/distribution/${made.body.Id}/invalidation`, { CallerReference: 'first', Paths: { Quantity: 2, Items: ['/index.html', '/errors/*'] } });
  return made.body.Id;
}

const PAGE = `<!doctype html><title>Not here</title><style>h1 { color: rebeccapurple }</style><h1>Not here</h1>
<p>What you looked for is not at this address. <script>document.write('A script ran.')</script></p>`;

/** A page in the bucket, and the grant that lets the distribution read it, but not list. */
async function fillBucket({ bucket, buckets }, arn) {
  const policy = { Version: '2012-10-17', Statement: [{
    Effect: 'Allow', Principal: { Service: 'cloudfront.amazonaws.com' }, Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/*`,
    Condition: { StringEquals: { 'AWS:SourceArn': arn } },
  }] };
  await bucketCall(buckets, KEY_PAIR, 'PUT', `/${bucket}`);
  await bucketCall(buckets, KEY_PAIR, 'PUT', `/${bucket}/errors/404.html`, PAGE, { 'content-type': 'text/html' });
  await bucketCall(buckets, KEY_PAIR, 'PUT', `/${bucket}?policy=`, JSON.stringify(policy));
}
