// The one place that fetches: headers, time limit, bodies, and failures as values of one type.

import { Failure, failureOf } from './failure';

/** After this long a person should know that something is slow, in milliseconds. */
const TIME_LIMIT_MS = 30_000;

export interface Answer<T> {
  body: T;
  headers: Headers;
}

interface Options {
  method?: string;
  body?: unknown;
  ifMatch?: string;
  signal?: AbortSignal;
}

/** Whoever wants to know that the session is over. */
let onSignedOut: () => void = () => undefined;

export function whenSignedOut(listener: () => void): void {
  onSignedOut = listener;
}

/** Calls an operation of the API, by its path below the version. */
export function call<T>(path: string, options: Options = {}): Promise<Answer<T>> {
  return request<T>(`/2020-05-31${path}`, options);
}

/** Fetches JSON. Throws a `Failure` and nothing else, except when `signal` ends it. */
export async function request<T>(url: string, options: Options = {}): Promise<Answer<T>> {
  const response = await send(url, options);
  const text = await read(response);
  const body = parse(text);
  if (!response.ok) {
    const failure = failureOf(response.status, response.headers, body);
    if (failure.kind === 'signed-out') onSignedOut();
    throw failure;
  }
  if (text !== '' && body === undefined) {
    throw new Failure('broken', 'The answer is not JSON. Is this address really the API of Warmfront?');
  }
  return { body: body as T, headers: response.headers };
}

async function send(url: string, options: Options): Promise<Response> {
  const timeLimit = new AbortController();
  const timer = setTimeout(() => timeLimit.abort(), TIME_LIMIT_MS);
  const signal = options.signal ? AbortSignal.any([options.signal, timeLimit.signal]) : timeLimit.signal;
  try {
    return await fetch(url, {
      method: options.method ?? 'GET',
      headers: headers(options),
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      credentials: 'same-origin',
      cache: 'no-store',
      signal,
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    if (timeLimit.signal.aborted) {
      throw new Failure('slow', `The server did not answer within ${TIME_LIMIT_MS / 1000} seconds.`);
    }
    throw new Failure('unreachable', 'Nothing answers at this address.');
  } finally {
    clearTimeout(timer);
  }
}

function headers(options: Options): Record<string, string> {
  const sent: Record<string, string> = { accept: 'application/json', 'x-warmfront-csrf': '1' };
  if (options.body !== undefined) sent['content-type'] = 'application/json';
  if (options.ifMatch !== undefined) sent['if-match'] = options.ifMatch;
  return sent;
}

async function read(response: Response): Promise<string> {
  try {
    return await response.text();
  } catch {
    throw new Failure('unreachable', 'The connection ended in the middle of the answer.');
  }
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}
