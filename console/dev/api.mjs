// The mock server's answers.

import { checkPages, tryRequests } from './checks.mjs';
import { add, list, newId } from './state.mjs';

const POLICIES = {
  'cache-policy': ['CachePolicy', 'CachePolicyConfig', [['658327ea-f89d-4fab-a63d-7e88639e58f6', 'Managed-CachingOptimized'], ['4135ea2d-6df8-44a3-9df3-4b5a84be39ad', 'Managed-CachingDisabled'], ['83da9c7e-98b4-4e11-a168-04f0df8e2c65', 'UseOriginCacheControlHeaders']]],
  'origin-request-policy': ['OriginRequestPolicy', 'OriginRequestPolicyConfig', [['216adef6-5c7f-47e4-b989-5492eafa07d3', 'Managed-AllViewer']]],
  'response-headers-policy': ['ResponseHeadersPolicy', 'ResponseHeadersPolicyConfig', [['67f7725c-6f97-4210-82d7-5512b31e9d03', 'Managed-SecurityHeadersPolicy']]],
};

const CODES = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

export function answer(state, request) {
  try {
    return route(state, request);
  } catch (thrown) {
    if (thrown?.status) return thrown;
    return refusal(500, 'InternalFailure', String(thrown?.stack ?? thrown));
  }
}

function route(state, { method, url, headers, body }) {
  const path = url.pathname;
  const document = body ? JSON.parse(body) : undefined;
  const isSignedIn = state.hasCookies ? /mock=1/.test(headers.cookie ?? '') : state.isSignedIn;
  if (path === '/console/session') return session(state, method, document, isSignedIn);
  if (!isSignedIn) return refusal(403, 'MissingAuthenticationToken', 'There is no session.');
  if (path === '/console/check-page') return { status: 200, body: { pages: checkPages(find(state, document.distributionId), document) } };
  if (path === '/console/try') return { status: 200, body: { answers: tryRequests(find(state, document.distributionId), document) } };
  const parts = path.replace('/2020-05-31/', '').split('/');
  if (state.role === 'read-only' && method !== 'GET') return refusal(403, 'AccessDenied', 'This key pair may only read.');
  if (parts[0] === 'distribution' && parts[2] === 'invalidation') return invalidations(state, method, parts, url, document);
  if (parts[0] === 'distribution') return distributions(state, method, parts, url, headers, document);
  if (parts[0] === 'tagging') return tagging(state, method, url, document);
  if (parts[0] === 'origin-access-control') return accessControls(state, method, document);
  if (POLICIES[parts[0]]) return policies(parts[0]);
  return refusal(404, 'UnknownOperationException', 'No operation has this method and path.');
}

function session(state, method, document, isSignedIn) {
  if (method === 'GET') {
    if (!isSignedIn) return refusal(401, 'MissingAuthenticationToken', 'There is no session.');
    return { status: 200, body: { accessKeyId: state.keyPair.accessKeyId, name: 'first key', role: state.role, expiresAt: new Date(Date.now() + 3_600_000).toISOString() } };
  }
  if (method === 'DELETE') {
    state.isSignedIn = false;
    return { status: 204, headers: { 'set-cookie': 'mock=; Path=/; Max-Age=0' } };
  }
  if (state.failedTries >= 5) {
    return { ...refusal(429, 'TooManyRequests', 'Too many failed tries.'), headers: { 'retry-after': '30' } };
  }
  state.isSignedIn = document.accessKeyId === state.keyPair.accessKeyId && document.secretAccessKey === state.keyPair.secretAccessKey;
  if (!state.isSignedIn) state.failedTries += 1;
  return state.isSignedIn ? { status: 204, headers: { 'set-cookie': 'mock=1; Path=/; HttpOnly; SameSite=Strict' } } : refusal(403, 'SignatureDoesNotMatch', 'The access key ID or the secret access key is wrong.');
}

function distributions(state, method, parts, url, headers, document) {
  const id = parts[1];
  if (!id && method === 'GET') return page([...state.distributions.values()].map(summary), url, (item) => item.Id);
  if (!id) {
    const config = document.DistributionConfig ?? document;
    judge(config);
    const entry = add(state, config);
    changed(state, entry);
    if (document.Tags) state.tags.set(entry.arn, document.Tags.Items);
    return shown(entry, 201);
  }
  const entry = find(state, id);
  if (method === 'GET') return parts[2] === 'config' ? { status: 200, body: entry.config, headers: { etag: entry.etag } } : shown(entry, 200);
  if (headers['if-match'] !== entry.etag) return refusal(412, 'PreconditionFailed', 'The value of the If-Match header is not the version of the resource.');
  if (method === 'DELETE') {
    if (entry.config.Enabled) return refusal(409, 'DistributionNotDisabled', 'The distribution has not been disabled.');
    state.distributions.delete(id);
    return { status: 204 };
  }
  judge(document);
  entry.config = document;
  changed(state, entry);
  return shown(entry, 200);
}

/** A few of the server's rules: enough to show refusals at fields. */
function judge(config) {
  const problems = [];
  const say = (Code, Path, Message) => problems.push({ Code, Path, Message });
  const targets = (config.Origins.Items ?? []).map((origin) => origin.Id);
  if (!targets.includes(config.DefaultCacheBehavior.TargetOriginId)) say('NoSuchOrigin', 'DefaultCacheBehavior.TargetOriginId', 'One or more of your origins or origin groups do not exist.');
  (config.CustomErrorResponses?.Items ?? []).forEach((response, index) => {
    const at = `CustomErrorResponses.Items[${index}]`;
    if (!CODES.includes(response.ErrorCode)) say('InvalidErrorCode', `${at}.ErrorCode`, `${at}.ErrorCode is ${response.ErrorCode}. Accepted: ${CODES.join(', ')}.`);
    if (Boolean(response.ResponsePagePath) !== Boolean(response.ResponseCode)) say('InvalidArgument', at, 'Your request must specify both ResponsePagePath and ResponseCode together or none of them.');
    if (/%7Euser/.test(response.ResponsePagePath ?? '')) say('InvalidRelativePath', `${at}.ResponsePagePath`, `${at}.ResponsePagePath: only characters that need it are percent-encoded.`);
  });
  (config.Aliases?.Items ?? []).forEach((alias, index) => {
    if (alias === 'taken.example.com') say('CNAMEAlreadyExists', `Aliases.Items[${index}]`, 'The alternate domain name taken.example.com belongs to another distribution.');
  });
  if (problems.length > 0) throw { ...refusal(400, problems[0].Code, problems[0].Message, problems) };
}

function changed(state, entry) {
  entry.etag = newId('E');
  entry.changed = Date.now();
  entry.deployedAt = Date.now() + state.deployMs;
}

function find(state, id) {
  const entry = state.distributions.get(id);
  if (!entry) throw refusal(404, 'NoSuchDistribution', 'The specified distribution does not exist.');
  return entry;
}

const status = (entry) => (Date.now() < entry.deployedAt ? 'InProgress' : 'Deployed');

function shown(entry, code) {
  return {
    status: code,
    headers: { etag: entry.etag },
    body: {
      Id: entry.id, ARN: entry.arn, Status: status(entry), LastModifiedTime: new Date(entry.changed).toISOString(),
      InProgressInvalidationBatches: 0, DomainName: entry.domainName, DistributionConfig: entry.config,
    },
  };
}

function summary(entry) {
  const { CallerReference: _reference, Logging: _logging, DefaultRootObject: _root, ...config } = entry.config;
  return { Id: entry.id, ARN: entry.arn, ETag: entry.etag, Status: status(entry), LastModifiedTime: new Date(entry.changed).toISOString(), DomainName: entry.domainName, ...config };
}

function page(all, url, markerOf) {
  const marker = url.searchParams.get('Marker') ?? '';
  const most = Number(url.searchParams.get('MaxItems') ?? 100);
  const start = marker ? all.findIndex((item) => markerOf(item) === marker) + 1 : 0;
  const items = all.slice(start, start + most);
  const isTruncated = start + most < all.length;
  return {
    status: 200,
    body: { Marker: marker, ...(isTruncated && { NextMarker: markerOf(items.at(-1)) }), MaxItems: most, IsTruncated: isTruncated, ...list(items) },
  };
}

function invalidations(state, method, parts, url, document) {
  find(state, parts[1]);
  const all = state.invalidations.get(parts[1]);
  const progress = (item) => ({ ...item, Status: Date.now() - Date.parse(item.CreateTime) < state.deployMs ? 'InProgress' : 'Completed' });
  if (method === 'POST') {
    const created = { Id: newId('I'), Status: 'InProgress', CreateTime: new Date().toISOString(), InvalidationBatch: document };
    all.unshift(created);
    return { status: 201, body: created };
  }
  if (parts[3]) {
    const found = all.find((item) => item.Id === parts[3]);
    return found ? { status: 200, body: progress(found) } : refusal(404, 'NoSuchInvalidation', 'The specified invalidation does not exist.');
  }
  return page(all.map(progress).map(({ InvalidationBatch: _batch, ...rest }) => rest), url, (item) => item.Id);
}

function tagging(state, method, url, document) {
  const arn = url.searchParams.get('Resource');
  const tags = state.tags.get(arn) ?? [];
  if (method === 'GET') return { status: 200, body: { Items: tags } };
  const gone = url.searchParams.get('Operation') === 'Untag' ? document.Items : document.Items.map((tag) => tag.Key);
  const kept = tags.filter((tag) => !gone.includes(tag.Key));
  state.tags.set(arn, url.searchParams.get('Operation') === 'Untag' ? kept : [...kept, ...document.Items]);
  return { status: 204 };
}

function accessControls(state, method, document) {
  if (method === 'GET') return { status: 200, body: { Marker: '', MaxItems: 100, IsTruncated: false, ...list(state.accessControls) } };
  if (state.accessControls.some((control) => control.Name === document.Name)) {
    return refusal(409, 'OriginAccessControlAlreadyExists', 'An origin access control with this name exists already.');
  }
  const created = { Id: newId('E'), ...document };
  state.accessControls.push(created);
  return { status: 201, headers: { etag: newId('E') }, body: { Id: created.Id, OriginAccessControlConfig: document } };
}

function policies(kind) {
  const [holder, member, all] = POLICIES[kind];
  const items = all.map(([Id, Name]) => ({ Type: 'managed', [holder]: { Id, LastModifiedTime: '2026-01-01T00:00:00.000Z', [member]: { Name, Comment: '' } } }));
  return { status: 200, body: { MaxItems: 100, ...list(items) } };
}

export function refusal(status, Code, Message, Problems = []) {
  const body = { Error: { Type: status < 500 ? 'Sender' : 'Receiver', Code, Message }, RequestId: '6f1c0de5-0000-4000-8000-000000000000', Problems };
  return { status, headers: { 'x-amzn-requestid': body.RequestId }, body };
}
