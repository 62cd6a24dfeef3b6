// Distributions and their tags.

import { call } from './http';
import type { Answer } from './http';
import type { Counted, Distribution, DistributionConfig, DistributionSummary, Page, Tag, Versioned } from './types';

/** The most entries that a page of a list may have. */
export const PAGE_SIZE = 100;

export function pageQuery(marker: string | undefined): string {
  return marker ? `?MaxItems=${PAGE_SIZE}&Marker=${encodeURIComponent(marker)}` : `?MaxItems=${PAGE_SIZE}`;
}

export async function listDistributions(marker?: string, signal?: AbortSignal): Promise<Page<DistributionSummary>> {
  return (await call<Page<DistributionSummary>>(`/distribution${pageQuery(marker)}`, { signal })).body;
}

export async function readDistribution(id: string, signal?: AbortSignal): Promise<Versioned<Distribution>> {
  return versioned(await call<Distribution>(`/distribution/${encodeURIComponent(id)}`, { signal }));
}

export async function createDistribution(config: DistributionConfig, tags: Tag[] = []): Promise<Versioned<Distribution>> {
  if (tags.length === 0) return versioned(await call<Distribution>('/distribution', { method: 'POST', body: config }));
  const body = { DistributionConfig: config, Tags: { Items: tags } };
  return versioned(await call<Distribution>('/distribution?WithTags', { method: 'POST', body }));
}

export async function updateDistribution(
  id: string,
  etag: string,
  config: DistributionConfig,
): Promise<Versioned<Distribution>> {
  const path = `/distribution/${encodeURIComponent(id)}/config`;
  return versioned(await call<Distribution>(path, { method: 'PUT', body: config, ifMatch: etag }));
}

export async function deleteDistribution(id: string, etag: string): Promise<void> {
  await call(`/distribution/${encodeURIComponent(id)}`, { method: 'DELETE', ifMatch: etag });
}

export async function listTags(arn: string, signal?: AbortSignal): Promise<Tag[]> {
  const { body } = await call<{ Items?: Tag[] }>(`/tagging?Resource=${encodeURIComponent(arn)}`, { signal });
  return body.Items ?? [];
}

export async function tag(arn: string, tags: Tag[]): Promise<void> {
  if (tags.length === 0) return;
  const path = `/tagging?Operation=Tag&Resource=${encodeURIComponent(arn)}`;
  await call(path, { method: 'POST', body: { Items: tags } });
}

export async function untag(arn: string, keys: string[]): Promise<void> {
  if (keys.length === 0) return;
  const path = `/tagging?Operation=Untag&Resource=${encodeURIComponent(arn)}`;
  await call(path, { method: 'POST', body: { Items: keys } });
}

export function versioned<T>(answer: Answer<T>): Versioned<T> {
  return {
    value: answer.body,
    etag: answer.headers.get('etag') ?? '',
    warnings: warnings(answer.headers.get('x-warmfront-warning')),
  };
}

/** `2; first; second`: the number, then the warnings. */
function warnings(header: string | null): string[] {
  return header === null ? [] : header.split(';').slice(1).map((warning) => warning.trim()).filter(Boolean);
}

/** The entries of a counted list. */
export function items<T>(list: Counted<T> | Page<T> | undefined): T[] {
  return list?.Items ?? [];
}

/** A counted list that says how many entries it has, and has no `Items` when it is empty. */
export function counted<T>(entries: T[]): Counted<T> {
  return entries.length === 0 ? { Quantity: 0 } : { Quantity: entries.length, Items: entries };
}
