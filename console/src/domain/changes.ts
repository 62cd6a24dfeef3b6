// A change in words: what differs between two documents, member by member, with list entries told apart by what they are.

export interface Change {
  /** Where, in words: `Custom error response 404 › Response page path`. */
  place: string;
  kind: 'added' | 'removed' | 'changed' | 'moved';
  before?: string;
  after?: string;
}

type Json = unknown;
type Members = Record<string, Json>;

/** How entries of a list are called, and which member tells one from another. */
const ENTRIES: Record<string, { name: string; key: string }> = {
  Origins: { name: 'Origin', key: 'Id' },
  OriginGroups: { name: 'Origin group', key: 'Id' },
  CacheBehaviors: { name: 'Cache behavior', key: 'PathPattern' },
  CustomErrorResponses: { name: 'Custom error response', key: 'ErrorCode' },
  CustomHeaders: { name: 'Custom header', key: 'HeaderName' },
};

const NAMES: Record<string, string> = {
  Aliases: 'Alternate domain names', DefaultRootObject: 'Default root object', DefaultCacheBehavior: 'Default cache behavior',
  Comment: 'Description', Enabled: 'State', PriceClass: 'Price class', HttpVersion: 'Supported HTTP versions',
  IsIPV6Enabled: 'IPv6', ResponsePagePath: 'Response page path', ResponseCode: 'HTTP response code',
  ErrorCachingMinTTL: 'Error caching minimum TTL (seconds)', ErrorCode: 'HTTP error code', TargetOriginId: 'Origin or origin group',
  ViewerProtocolPolicy: 'Viewer protocol policy', AllowedMethods: 'Allowed HTTP methods', CachedMethods: 'Cached HTTP methods',
  CachePolicyId: 'Cache policy', OriginRequestPolicyId: 'Origin request policy', ResponseHeadersPolicyId: 'Response headers policy',
  Compress: 'Compress objects automatically', DomainName: 'Origin domain', OriginPath: 'Origin path',
  OriginAccessControlId: 'Origin access control', OriginProtocolPolicy: 'Protocol', HTTPPort: 'HTTP port', HTTPSPort: 'HTTPS port',
  CustomOriginConfig: 'Server', S3OriginConfig: 'Bucket', ConnectionAttempts: 'Connection attempts',
  ConnectionTimeout: 'Connection timeout', OriginReadTimeout: 'Response timeout', OriginKeepaliveTimeout: 'Keep-alive timeout',
  OriginSslProtocols: 'Minimum origin TLS protocols', ForwardedValues: 'Legacy cache settings', MinTTL: 'Minimum TTL',
  DefaultTTL: 'Default TTL', MaxTTL: 'Maximum TTL', OriginShield: 'Origin Shield', CustomHeaders: 'Custom headers', Id: 'Name', PathPattern: 'Path pattern', ViewerCertificate: 'Certificate',
};

/** Every difference, in the order of the documents. */
export function changesBetween(before: Json, after: Json): Change[] {
  return compare('', [], before, after);
}

function compare(name: string, place: string[], before: Json, after: Json): Change[] {
  if (same(before, after)) return [];
  if (isList(before) || isList(after)) return compareLists(name, place, before, after);
  if (isMembers(before) && isMembers(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((member) => compare(member, [...place, label(member)], before[member], after[member]));
  }
  return [difference(place, name, before, after)];
}

function compareLists(name: string, place: string[], before: Json, after: Json): Change[] {
  const entry = ENTRIES[name];
  const [old, now] = [entriesOf(before), entriesOf(after)];
  if (!entry) {
    const changes = [difference(place, name, old, now)].filter((change) => change.before !== change.after);
    return [...changes, ...compareBesideEntries(place, before, after)];
  }
  const parents = place.slice(0, -1);
  const named = (key: string) => [...parents, `${entry.name} ${key}`];
  const keyOf = (value: Json) => String(isMembers(value) ? value[entry.key] : value);
  const [oldKeys, nowKeys] = [old.map(keyOf), now.map(keyOf)];
  const removed = old.filter((value) => !nowKeys.includes(keyOf(value)));
  const inBoth = now.flatMap((value) => {
    const earlier = old.find((other) => keyOf(other) === keyOf(value));
    return earlier === undefined
      ? [{ place: named(keyOf(value)).join(' › '), kind: 'added' as const, after: summary(value) }]
      : compare('', named(keyOf(value)), earlier, value);
  });
  const gone = removed.map((value) => ({
    place: named(keyOf(value)).join(' › '), kind: 'removed' as const, before: summary(value),
  }));
  return [...gone, ...inBoth, ...moved(name, place, oldKeys, nowKeys)];
}

/** Members beside `Quantity` and `Items`, as allowed methods have. */
function compareBesideEntries(place: string[], before: Json, after: Json): Change[] {
  const rest = (value: Json): Members => {
    const { Quantity: _quantity, Items: _items, ...others } = isMembers(value) ? value : ({} as Members);
    return others;
  };
  return compare('', place, rest(before), rest(after));
}

/** Only cache behaviors are asked in order. */
function moved(name: string, place: string[], before: string[], after: string[]): Change[] {
  if (name !== 'CacheBehaviors') return [];
  const [old, now] = [before.filter((key) => after.includes(key)), after.filter((key) => before.includes(key))];
  if (old.join('\n') === now.join('\n')) return [];
  const at = [...place.slice(0, -1), 'Order of cache behaviors'].join(' › ');
  return [{ place: at, kind: 'moved', before: old.join(', '), after: now.join(', ') }];
}

function difference(place: string[], name: string, before: Json, after: Json): Change {
  const at = place.join(' › ') || 'Document';
  if (isNothing(before)) return { place: at, kind: 'added', after: shown(name, after) };
  if (isNothing(after)) return { place: at, kind: 'removed', before: shown(name, before) };
  return { place: at, kind: 'changed', before: shown(name, before), after: shown(name, after) };
}

function shown(name: string, value: Json): string {
  if (name === 'Enabled') return value ? 'Enabled' : 'Disabled';
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (Array.isArray(value)) return value.map((entry) => (isMembers(entry) ? summary(entry) : String(entry))).join(', ');
  return isMembers(value) ? summary(value) : String(value);
}

/** The members of an entry in one line. */
function summary(value: Json): string {
  if (!isMembers(value)) return String(value);
  return Object.entries(value)
    .filter(([, member]) => !isNothing(member))
    .map(([name, member]) => `${label(name)}: ${isList(member) ? entriesOf(member).map((entry) => summary(entry)).join(', ') || 'none' : shown(name, member)}`)
    .join('; ');
}

function label(member: string): string {
  return NAMES[member] ?? member;
}

function same(left: Json, right: Json): boolean {
  return stable(left) === stable(right);
}

/** Text that is equal when the documents say the same: members sorted, an absent list like an empty one. */
export function stable(value: Json): string {
  return JSON.stringify(value, (_key, member: Json) => {
    if (!isMembers(member)) return member;
    const entries = Object.entries(member).filter(([, inner]) => inner !== undefined && !(Array.isArray(inner) && inner.length === 0));
    return Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : 1)));
  }) ?? '';
}

function isMembers(value: Json): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: Json): boolean {
  return Array.isArray(value) || (isMembers(value) && 'Quantity' in value);
}

function entriesOf(value: Json): Json[] {
  if (Array.isArray(value)) return value;
  const entries = isMembers(value) ? value['Items'] : undefined;
  return Array.isArray(entries) ? entries : [];
}

function isNothing(value: Json): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}
