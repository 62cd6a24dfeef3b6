// What the mock server knows.

let counter = 0;

export function newId(letter) {
  counter += 1;
  return letter + (counter * 48_271 + 7_919).toString(36).toUpperCase().padStart(12, 'X').slice(0, 12);
}

export const list = (items) => (items.length === 0 ? { Quantity: 0 } : { Quantity: items.length, Items: items });

export function newState({ distributions = 12, keyPair = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' } } = {}) {
  const state = {
    keyPair,
    role: 'admin',
    isSignedIn: false,
    failedTries: 0,
    /** How long a change is on its way, in milliseconds. */
    deployMs: 1500,
    distributions: new Map(),
    invalidations: new Map(),
    tags: new Map(),
    accessControls: [{ Id: 'E1OACEXAMPLE01', Name: 'pages.s3.localhost', Description: '', SigningProtocol: 'sigv4', SigningBehavior: 'always', OriginAccessControlOriginType: 's3' }],
  };
  for (let index = 0; index < distributions; index += 1) add(state, index === 0 ? shop() : small(index), index);
  return state;
}

export function add(state, config, index = state.distributions.size) {
  const id = newId('E');
  const entry = {
    etag: newId('E'),
    changed: Date.UTC(2026, 10, 1) - index * 3_600_000,
    deployedAt: 0,
    config,
    id,
    arn: `arn:aws:cloudfront::123456789012:distribution/${id}`,
    domainName: `d${id.slice(1).toLowerCase()}.cloudfront.localhost`,
  };
  state.distributions.set(id, entry);
  state.tags.set(entry.arn, index === 0 ? [{ Key: 'team', Value: 'shop' }, { Key: 'stage', Value: 'production' }] : []);
  state.invalidations.set(id, []);
  return entry;
}

const behavior = (target) => ({
  TargetOriginId: target, ViewerProtocolPolicy: 'redirect-to-https',
  AllowedMethods: { ...list(['HEAD', 'GET']), CachedMethods: list(['HEAD', 'GET']) }, SmoothStreaming: false, Compress: true,
  LambdaFunctionAssociations: list([]), FieldLevelEncryptionId: '',
  CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6',
});

const server = (id, domain) => ({
  Id: id, DomainName: domain, OriginPath: '', CustomHeaders: list([]),
  CustomOriginConfig: {
    HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: 'https-only', OriginSslProtocols: list(['TLSv1.2']),
    OriginReadTimeout: 30, OriginKeepaliveTimeout: 5,
  },
  ConnectionAttempts: 3, ConnectionTimeout: 10, OriginShield: { Enabled: false }, OriginAccessControlId: '',
});

const bucket = (id, domain) => ({
  Id: id, DomainName: domain, OriginPath: '', CustomHeaders: list([]), S3OriginConfig: { OriginAccessIdentity: '', OriginReadTimeout: 30 },
  ConnectionAttempts: 3, ConnectionTimeout: 10, OriginShield: { Enabled: false }, OriginAccessControlId: 'E1OACEXAMPLE01',
});

function small(index) {
  return whole({
    CallerReference: `seed-${index}`, Comment: ['Documentation', 'Downloads', '', 'Internal tools'][index % 4],
    Origins: list([server('web', `origin-${index}.example.com`)]), DefaultCacheBehavior: behavior('web'), Enabled: index % 5 !== 3,
    Aliases: list(index % 3 === 0 ? [`site-${index}.example.com`] : []),
  });
}

function shop() {
  return whole({
    CallerReference: 'seed-0', Comment: 'The shop', Enabled: true, Aliases: list(['shop.example.com', 'www.shop.example.com']),
    DefaultRootObject: 'index.html',
    Origins: list([server('shop', 'shop-origin.example.com'), bucket('pages', 'pages.s3.localhost'), server('api', 'api.example.com')]),
    DefaultCacheBehavior: behavior('shop'),
    CacheBehaviors: list([
      { ...behavior('pages'), PathPattern: '/errors/*' },
      { ...behavior('api'), PathPattern: '/api/*', AllowedMethods: { ...list(['HEAD', 'DELETE', 'POST', 'GET', 'OPTIONS', 'PUT', 'PATCH']), CachedMethods: list(['HEAD', 'GET']) }, CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad' },
      { ...behavior('shop'), PathPattern: '*.jpg' },
    ]),
    CustomErrorResponses: list([
      { ErrorCode: 404, ResponsePagePath: '/errors/404.html', ResponseCode: '404', ErrorCachingMinTTL: 30 },
      { ErrorCode: 503, ResponsePagePath: '/sorry.html', ResponseCode: '503', ErrorCachingMinTTL: 5 },
      { ErrorCode: 500, ResponsePagePath: '', ResponseCode: '', ErrorCachingMinTTL: 60 },
    ]),
  });
}

function whole(config) {
  return {
    Aliases: list([]), DefaultRootObject: '', OriginGroups: list([]), CacheBehaviors: list([]), CustomErrorResponses: list([]),
    Logging: { Enabled: false, IncludeCookies: false, Bucket: '', Prefix: '' }, PriceClass: 'PriceClass_All',
    ViewerCertificate: { CloudFrontDefaultCertificate: true, MinimumProtocolVersion: 'TLSv1', CertificateSource: 'cloudfront' },
    Restrictions: { GeoRestriction: { RestrictionType: 'none', Quantity: 0 } }, WebACLId: '', HttpVersion: 'http2', IsIPV6Enabled: true,
    ContinuousDeploymentPolicyId: '', Staging: false, ...config,
  };
}
