// What pages show: a distribution with a server, a bucket for its pages, and a few error responses.

const behavior = (target) => ({
  TargetOriginId: target, ViewerProtocolPolicy: 'allow-all', Compress: true, CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6',
});

export function siteConfig({ port = 80, control = '', bucket = 'pages' } = {}) {
  return {
    CallerReference: `suite-${port}-${Math.random()}`, Comment: 'The shop', Enabled: true, DefaultRootObject: 'index.html',
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

/** The id of a distribution that has something on every page. */
export async function seed(api, isMock) {
  if (isMock) return (await api('GET', '/distribution?MaxItems=1')).body.Items[0].Id;
  const control = await api('POST', '/origin-access-control', {
    Name: 'pages', SigningProtocol: 'sigv4', SigningBehavior: 'always', OriginAccessControlOriginType: 's3',
  });
  const config = {
    ...siteConfig({ control: control.body.Id }),
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
  await api('POST', `/distribution/${made.body.Id}/invalidation`, { CallerReference: 'first', Paths: { Quantity: 2, Items: ['/index.html', '/errors/*'] } });
  return made.body.Id;
}
