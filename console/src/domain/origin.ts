// Origins: the form's fields, the rules beside them, the way to the document and back.

import { counted, items } from '../api/distributions';
import type { DistributionConfig, Origin } from '../api/types';
import { bucketOf } from './commands';

export interface OriginForm {
  id: string;
  domainName: string;
  originPath: string;
  kind: 'bucket' | 'server';
  originAccessControlId: string;
  protocol: string;
  httpPort: string;
  httpsPort: string;
  connectionAttempts: string;
  connectionTimeout: string;
  responseTimeout: string;
  keepaliveTimeout: string;
  headers: { name: string; value: string }[];
}

export type OriginErrors = Partial<Record<keyof OriginForm, string>>;

export const PROTOCOLS = [
  { value: 'http-only', label: 'HTTP only' },
  { value: 'https-only', label: 'HTTPS only' },
  { value: 'match-viewer', label: 'Match viewer' },
];

export const EMPTY_ORIGIN: OriginForm = {
  id: '', domainName: '', originPath: '', kind: 'server', originAccessControlId: '', protocol: 'https-only',
  httpPort: '80', httpsPort: '443', connectionAttempts: '3', connectionTimeout: '10', responseTimeout: '30',
  keepaliveTimeout: '5', headers: [],
};

export function originFormOf(origin: Origin): OriginForm {
  const server = origin.CustomOriginConfig;
  const timeout = server?.OriginReadTimeout ?? origin.S3OriginConfig?.OriginReadTimeout ?? 30;
  return {
    id: origin.Id,
    domainName: origin.DomainName,
    originPath: origin.OriginPath ?? '',
    kind: origin.S3OriginConfig ? 'bucket' : 'server',
    originAccessControlId: origin.OriginAccessControlId ?? '',
    protocol: server?.OriginProtocolPolicy ?? EMPTY_ORIGIN.protocol,
    httpPort: String(server?.HTTPPort ?? 80),
    httpsPort: String(server?.HTTPSPort ?? 443),
    connectionAttempts: String(origin.ConnectionAttempts ?? 3),
    connectionTimeout: String(origin.ConnectionTimeout ?? 10),
    responseTimeout: String(timeout),
    keepaliveTimeout: String(server?.OriginKeepaliveTimeout ?? 5),
    headers: items(origin.CustomHeaders).map((header) => ({ name: header.HeaderName, value: header.HeaderValue })),
  };
}

/** The origin; members that the form does not know are those of `before`. */
export function originOf(form: OriginForm, before?: Origin): Origin {
  const { S3OriginConfig: bucket, CustomOriginConfig: server, ...rest } = before ?? ({} as Partial<Origin>);
  const origin: Origin = {
    ...rest,
    Id: form.id,
    DomainName: form.domainName,
    OriginPath: form.originPath,
    CustomHeaders: counted(form.headers.map((header) => ({ HeaderName: header.name, HeaderValue: header.value }))),
    ConnectionAttempts: Number(form.connectionAttempts),
    ConnectionTimeout: Number(form.connectionTimeout),
    OriginShield: rest.OriginShield ?? { Enabled: false },
    OriginAccessControlId: form.originAccessControlId,
  };
  if (form.kind === 'bucket') {
    origin.S3OriginConfig = { OriginAccessIdentity: '', ...bucket, OriginReadTimeout: Number(form.responseTimeout) };
    return origin;
  }
  origin.CustomOriginConfig = {
    OriginSslProtocols: { Quantity: 1, Items: ['TLSv1.2'] },
    ...server,
    HTTPPort: Number(form.httpPort),
    HTTPSPort: Number(form.httpsPort),
    OriginProtocolPolicy: form.protocol,
    OriginReadTimeout: Number(form.responseTimeout),
    OriginKeepaliveTimeout: Number(form.keepaliveTimeout),
  };
  return origin;
}

export function originErrors(form: OriginForm, otherIds: readonly string[]): OriginErrors {
  const errors: OriginErrors = {};
  const domain = domainError(form);
  if (domain) errors.domainName = domain;
  if (form.id === '') errors.id = 'Enter a name.';
  else if (form.id.length > 128) errors.id = 'At most 128 characters.';
  else if (otherIds.includes(form.id)) errors.id = 'Another origin or origin group has this name.';
  if (form.originPath !== '' && !form.originPath.startsWith('/')) errors.originPath = 'Begins with a slash.';
  else if (form.originPath.endsWith('/')) errors.originPath = 'Does not end with a slash.';
  const number = (field: keyof OriginForm & string, from: number, to: number) => {
    const text = String(form[field]);
    const isRight = /^\d+$/.test(text) && Number(text) >= from && Number(text) <= to;
    if (!isRight) errors[field] = `A whole number from ${from} to ${to}.`;
  };
  number('connectionAttempts', 1, 3);
  number('connectionTimeout', 1, 10);
  number('responseTimeout', 1, 120);
  if (form.kind === 'server') {
    number('keepaliveTimeout', 1, 300);
    for (const field of ['httpPort', 'httpsPort'] as const) {
      const port = /^\d+$/.test(form[field]) ? Number(form[field]) : 0;
      const isRight = port === 80 || port === 443 || (port >= 1024 && port <= 65_535);
      if (!isRight) errors[field] = '80, 443, or 1024 to 65535.';
    }
  }
  if (form.headers.some((header) => header.name === '')) errors.headers = 'Every custom header needs a name.';
  return errors;
}

function domainError(form: OriginForm): string | undefined {
  const name = form.domainName;
  if (name === '') return 'Enter the domain name of the origin.';
  if (/^[a-z]+:\/\//i.test(name)) return 'Only the name, without http:// or https://.';
  if (name.includes('/')) return 'Only the name; a path belongs into "Origin path".';
  if (/:\d+$/.test(name)) return 'Only the name; the port has a field of its own.';
  if (form.kind === 'bucket' && bucketOf(name) === undefined) return 'The name of a bucket looks like bucket.s3.example.com.';
  return undefined;
}

export function originsOf(config: DistributionConfig): Origin[] {
  return items(config.Origins);
}

/** Everything that a behavior can point to. */
export function targetsOf(config: DistributionConfig): string[] {
  return [...originsOf(config).map((origin) => origin.Id), ...items(config.OriginGroups).map((group) => group.Id)];
}

/** The configuration with this origin in the place of `replaces`, whose users follow it when its name changes. */
export function withOrigin(config: DistributionConfig, form: OriginForm, replaces?: string): DistributionConfig {
  const before = originsOf(config);
  const at = before.findIndex((origin) => origin.Id === (replaces ?? form.id));
  const origin = originOf(form, before[at]);
  const origins = at < 0 ? [...before, origin] : before.map((other, index) => (index === at ? origin : other));
  const changed = { ...config, Origins: counted(origins) };
  return replaces !== undefined && replaces !== form.id ? renamed(changed, replaces, form.id) : changed;
}

function renamed(config: DistributionConfig, from: string, to: string): DistributionConfig {
  const retarget = <T extends { TargetOriginId: string }>(behavior: T): T =>
    behavior.TargetOriginId === from ? { ...behavior, TargetOriginId: to } : behavior;
  const groups = items(config.OriginGroups).map((group) => ({
    ...group,
    Members: counted(items(group.Members).map((member) => (member.OriginId === from ? { ...member, OriginId: to } : member))),
  }));
  return {
    ...config,
    DefaultCacheBehavior: retarget(config.DefaultCacheBehavior),
    ...(config.CacheBehaviors && { CacheBehaviors: counted(items(config.CacheBehaviors).map(retarget)) }),
    ...(config.OriginGroups && { OriginGroups: counted(groups) }),
  };
}

export function withoutOrigin(config: DistributionConfig, id: string): DistributionConfig {
  return { ...config, Origins: counted(originsOf(config).filter((origin) => origin.Id !== id)) };
}

/** Who uses an origin, in words; it cannot be deleted before they stop. */
export function usersOf(config: DistributionConfig, id: string): string[] {
  const users: string[] = [];
  if (config.DefaultCacheBehavior.TargetOriginId === id) users.push('the default cache behavior');
  for (const behavior of items(config.CacheBehaviors)) {
    if (behavior.TargetOriginId === id) users.push(`the cache behavior ${behavior.PathPattern}`);
  }
  for (const group of items(config.OriginGroups)) {
    if (items(group.Members).some((member) => member.OriginId === id)) users.push(`the origin group ${group.Id}`);
  }
  return users;
}
