// What distributions refer to, and what is done to them: invalidations, policies, origin access controls.

import { items, pageQuery, versioned } from './distributions';
import { call } from './http';
import type {
  Invalidation, InvalidationBatch, InvalidationSummary, OriginAccessControlConfig, OriginAccessControlSummary,
  Page, Policy, Versioned,
} from './types';

function invalidations(distributionId: string): string {
  return `/distribution/${encodeURIComponent(distributionId)}/invalidation`;
}

export async function listInvalidations(distributionId: string, marker?: string, signal?: AbortSignal): Promise<Page<InvalidationSummary>> {
  const path = invalidations(distributionId) + pageQuery(marker);
  return (await call<Page<InvalidationSummary>>(path, { signal })).body;
}

export async function readInvalidation(distributionId: string, id: string, signal?: AbortSignal): Promise<Invalidation> {
  return (await call<Invalidation>(`${invalidations(distributionId)}/${encodeURIComponent(id)}`, { signal })).body;
}

export async function createInvalidation(distributionId: string, batch: InvalidationBatch): Promise<Invalidation> {
  return (await call<Invalidation>(invalidations(distributionId), { method: 'POST', body: batch })).body;
}

export async function listOriginAccessControls(signal?: AbortSignal): Promise<OriginAccessControlSummary[]> {
  return everyPage((marker) => call<Page<OriginAccessControlSummary>>(`/origin-access-control${pageQuery(marker)}`, { signal }));
}

export async function createOriginAccessControl(
  config: OriginAccessControlConfig,
): Promise<Versioned<{ Id: string; OriginAccessControlConfig?: OriginAccessControlConfig }>> {
  return versioned(await call('/origin-access-control', { method: 'POST', body: config }));
}

export type PolicyKind = 'cache-policy' | 'origin-request-policy' | 'response-headers-policy';

/** In each summary, the member that holds the policy, and in it the member that holds its configuration. */
const MEMBERS: Record<PolicyKind, [string, string]> = {
  'cache-policy': ['CachePolicy', 'CachePolicyConfig'],
  'origin-request-policy': ['OriginRequestPolicy', 'OriginRequestPolicyConfig'],
  'response-headers-policy': ['ResponseHeadersPolicy', 'ResponseHeadersPolicyConfig'],
};

type Summary = { Type: string } & Record<string, unknown>;

export async function listPolicies(kind: PolicyKind, signal?: AbortSignal): Promise<Policy[]> {
  const summaries = await everyPage((marker) => call<Page<Summary>>(`/${kind}${pageQuery(marker)}`, { signal }));
  return summaries.map((summary) => policy(kind, summary)).filter((found) => found.id !== '');
}

function policy(kind: PolicyKind, summary: Summary): Policy {
  const [holder, member] = MEMBERS[kind];
  const held = (summary[holder] ?? {}) as Record<string, unknown>;
  const config = (held[member] ?? {}) as { Name?: string; Comment?: string };
  const id = typeof held['Id'] === 'string' ? held['Id'] : '';
  return { id, name: config.Name ?? id, comment: config.Comment ?? '', isManaged: summary.Type === 'managed' };
}

async function everyPage<T>(fetchPage: (marker?: string) => Promise<{ body: Page<T> }>): Promise<T[]> {
  const found: T[] = [];
  let marker: string | undefined;
  do {
    const { body } = await fetchPage(marker);
    found.push(...items(body));
    marker = body.NextMarker;
  } while (marker);
  return found;
}
