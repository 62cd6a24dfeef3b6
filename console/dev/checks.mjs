// Check the page and Try it, made up: plausible answers in the shape that README.md describes.

const matches = (pattern, path) =>
  new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}$`).test(path);

function placeOf(config, path) {
  const behaviors = config.CacheBehaviors?.Items ?? [];
  const at = behaviors.findIndex((behavior) => matches(behavior.PathPattern, path));
  const behavior = at < 0 ? config.DefaultCacheBehavior : behaviors[at];
  const origin = config.Origins.Items.find((one) => one.Id === behavior.TargetOriginId);
  return {
    behavior: { pathPattern: behavior.PathPattern ?? '*', isDefault: at < 0, position: at < 0 ? behaviors.length + 1 : at + 1 },
    origin: { id: origin.Id, domainName: origin.DomainName, kind: origin.S3OriginConfig ? 'bucket' : 'server' },
  };
}

export function checkPages(entry, { distributionConfig, errorCodes }) {
  const config = distributionConfig ?? entry.config;
  return (config.CustomErrorResponses?.Items ?? [])
    .filter((response) => !errorCodes || errorCodes.includes(response.ErrorCode))
    .map((response) => checked(entry, config, response));
}

function checked(entry, config, response) {
  const path = response.ResponsePagePath || null;
  if (!path) return { errorCode: response.ErrorCode, pagePath: null, responseCode: null, behavior: null, origin: null, fetch: null, previewUrl: null, warnings: [] };
  const { behavior, origin } = placeOf(config, path);
  const isSame = origin.id === config.DefaultCacheBehavior.TargetOriginId;
  const excerpt = '<!doctype html>\n<title>Not found</title>\n<h1>There is nothing here</h1>\n<p>But the shop is open.</p>\n';
  const warnings = [];
  if (isSame) warnings.push({ code: 'same-origin', severity: 'warning', message: `The page comes from the origin ${origin.id}, which also answers the default cache behavior. When that origin is down, its page is down too.`, paste: null });
  if (origin.kind === 'bucket') {
    warnings.push({
      code: 'bucket-hides-404', severity: 'info', message: `The bucket of the origin ${origin.id} answers 403 for objects that do not exist unless it may be listed.`,
      paste: { label: 'Bucket policy', text: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'cloudfront.amazonaws.com' }, Action: 's3:ListBucket', Resource: 'arn:aws:s3:::pages', Condition: { StringEquals: { 'AWS:SourceArn': entry.arn } } }] }, null, 2) },
    });
  }
  return {
    errorCode: response.ErrorCode, pagePath: path, responseCode: Number(response.ResponseCode), behavior, origin,
    fetch: isSame ? { outcome: 'failed', reason: 'connection refused', tookMs: 3 } : { outcome: 'answered', status: 200, contentType: 'text/html', size: excerpt.length, tookMs: 12, excerpt },
    previewUrl: null,
    warnings,
  };
}

export function tryRequests(entry, { requests, distributionConfig }) {
  const config = distributionConfig ?? entry.config;
  return requests.map((request) => tried(config, request));
}

function tried(config, request) {
  const path = request.url.replace(/^https?:\/\/[^/]*/, '');
  const { behavior, origin } = placeOf(config, path.split('?')[0]);
  const play = request.origins[origin.id] ?? request.origins['*'] ?? { kind: 'asked' };
  const status = play.kind === 'answers' ? play.status : play.kind === 'fails' ? (play.failure === 'timeout' ? 504 : 502) : 200;
  const response = (config.CustomErrorResponses?.Items ?? []).find((one) => one.ErrorCode === status && one.ResponsePagePath);
  const text = response ? '<h1>There is nothing here</h1>\n' : status === 200 ? '<h1>The shop</h1>\n' : '';
  const timeline = [
    { step: 'Receive', decision: 'Accepted', reason: 'the request is well-formed', detail: `${request.method} ${path}` },
    { step: 'Route', decision: 'Distribution found', reason: 'first matching path pattern', detail: behavior.pathPattern },
    { step: 'Lookup', decision: 'Miss', reason: 'nothing is cached under this key' },
    { step: 'Fetch', decision: `Origin ${origin.id} answered ${status}`, reason: play.kind === 'asked' ? 'really asked' : 'as you said' },
  ];
  if (status >= 400) timeline.push({ step: 'Judge', decision: response ? 'ServePage' : 'PassThrough', reason: response ? 'custom error response' : 'no custom error response for this code', detail: response?.ResponsePagePath });
  if (response) timeline.push({ step: 'ErrorPage', decision: 'Fetched', reason: 'cache behavior of the page', detail: response.ResponsePagePath });
  timeline.push({ step: 'Deliver', decision: 'Sent', reason: response ? 'response code of the custom error response' : 'status of the origin' });
  return {
    status: response ? Number(response.ResponseCode) : status, resultType: status >= 400 ? 'Error' : 'Miss',
    headers: [{ name: 'content-type', value: 'text/html' }, { name: 'x-cache', value: status >= 400 ? 'Error from cloudfront' : 'Miss from cloudfront' }],
    body: { text, size: text.length, isCut: false }, timeline,
  };
}
