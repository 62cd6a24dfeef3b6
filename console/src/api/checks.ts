// Check the page and Try it: the two questions that CloudFront's API has no operation for (README.md).

import { request } from './http';
import type { DistributionConfig } from './types';

export interface Paste {
  label: string;
  text: string;
}

export interface PageWarning {
  code: string;
  severity: 'warning' | 'info';
  message: string;
  paste?: Paste | null;
}

export type PageFetch =
  | { outcome: 'answered'; status: number; contentType: string; size: number; tookMs: number; excerpt: string | null }
  | { outcome: 'failed'; reason: string; tookMs: number };

export interface CheckedPage {
  errorCode: number;
  pagePath: string | null;
  responseCode: number | null;
  behavior: { pathPattern: string; isDefault: boolean; position: number } | null;
  origin: { id: string; domainName: string; kind: 'bucket' | 'server' } | null;
  fetch: PageFetch | null;
  previewUrl: string | null;
  warnings: PageWarning[];
}

export interface Subject {
  distributionId: string;
  distributionConfig?: DistributionConfig;
}

export async function checkPages(
  subject: Subject & { errorCodes?: number[] },
  signal?: AbortSignal,
): Promise<CheckedPage[]> {
  const answer = await request<{ pages: CheckedPage[] }>('/console/check-page', { method: 'POST', body: subject, signal });
  return answer.body.pages;
}

export type OriginPlay =
  | { kind: 'asked' }
  | { kind: 'answers'; status: number; headers: { name: string; value: string }[]; body: string }
  | { kind: 'fails'; failure: 'refused' | 'timeout' | 'reset' | 'name' };

export interface TriedRequest {
  method: string;
  url: string;
  headers: { name: string; value: string }[];
  waitSeconds: number;
  origins: Record<string, OriginPlay>;
}

export interface TimelineStep {
  step: string;
  decision: string;
  reason: string;
  detail?: string;
}

export interface TriedAnswer {
  status: number;
  resultType: string;
  headers: { name: string; value: string }[];
  body: { text: string | null; size: number; isCut: boolean };
  timeline: TimelineStep[];
}

export async function tryRequests(subject: Subject & { requests: TriedRequest[] }): Promise<TriedAnswer[]> {
  return (await request<{ answers: TriedAnswer[] }>('/console/try', { method: 'POST', body: subject })).body.answers;
}
