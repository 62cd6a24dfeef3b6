// The whole console in a test: real routes and real fetching, answered by the mock server.

import { QueryClientProvider } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import userEvent, { PointerEventsCheckLevel } from '@testing-library/user-event';
import { createMemoryRouter, RouterProvider } from 'react-router';
import { vi } from 'vitest';
import I18nProvider from '@cloudscape-design/components/i18n';
import messages from '@cloudscape-design/components/i18n/messages/all.en';
import createWrapper from '@cloudscape-design/components/test-utils/dom';

import { answer } from '../dev/api.mjs';
import { newState } from '../dev/state.mjs';
import { newQueryClient } from '../src/app';
import { BASE } from '../src/base';
import { routes } from '../src/router';
import { NoticesProvider } from '../src/shell/notices';
import { SessionGate } from '../src/shell/session';

export interface Sent {
  method: string;
  path: string;
  ifMatch: string | undefined;
  body: unknown;
}

/** A person. Whether a pointer can reach what it clicks is for the real browser; asking jsdom each time is slow. */
export function newUser() {
  return userEvent.setup({ pointerEventsCheck: PointerEventsCheckLevel.Never });
}

type Entry = { id: string; etag: string; config: Record<string, unknown> };

export interface Server {
  state: { isSignedIn: boolean; role: string; deployMs: number; distributions: Map<string, Entry> };
  sent: Sent[];
  /** Answers the next request that it likes in place of the server. */
  instead: ((sent: Sent) => Response | undefined | Error) | null;
  first: Entry;
}

/** A server in memory behind `fetch`. */
export function serve(options: { distributions?: number } = {}): Server {
  const state = newState({ distributions: options.distributions ?? 3 }) as Server['state'];
  state.isSignedIn = true;
  state.deployMs = 0;
  const server: Server = { state, sent: [], instead: null, first: [...state.distributions.values()][0]! };
  vi.stubGlobal('fetch', async (path: string, init: RequestInit = {}) => {
    const headers = init.headers as Record<string, string>;
    const sent: Sent = {
      method: init.method ?? 'GET', path, ifMatch: headers['if-match'],
      body: typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : undefined,
    };
    server.sent.push(sent);
    const other = server.instead?.(sent);
    if (other instanceof Error) throw other;
    if (other) return other;
    const url = new URL(path, 'http://console.test');
    const result = answer(state, { method: sent.method, url, headers, body: init.body ?? '' }) as {
      status: number; headers?: Record<string, string>; body?: unknown;
    };
    const body = result.body === undefined ? null : JSON.stringify(result.body);
    return new Response(body, { status: result.status, headers: result.headers });
  });
  return server;
}

/** Shows the console at a place. */
export function show(path: string) {
  const router = createMemoryRouter(routes, { basename: BASE, initialEntries: [BASE + path] });
  render(
    <I18nProvider locale="en" messages={[messages]}>
      <QueryClientProvider client={newQueryClient()}>
        <NoticesProvider>
          <SessionGate>
            <RouterProvider router={router} />
          </SessionGate>
        </NoticesProvider>
      </QueryClientProvider>
    </I18nProvider>,
  );
  return { router, page: createWrapper(document.body) };
}
