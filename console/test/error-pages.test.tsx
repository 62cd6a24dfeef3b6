// Error pages, as a person goes through them: the table, the form, the review, refusals, and what others do meanwhile.

import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import type { CustomErrorResponse, DistributionConfig } from '../src/api/types';
import { serve, show, newUser } from './app';
import type { Server } from './app';

const responses = (config: unknown): CustomErrorResponse[] => (config as DistributionConfig).CustomErrorResponses?.Items ?? [];

const puts = (server: Server) => server.sent.filter((sent) => sent.method === 'PUT');

async function openForm(server: Server, place = 'create') {
  const shown = show(`/distributions/${server.first.id}/error-pages/${place}`);
  await screen.findByRole('heading', { level: 1, name: /custom error response/ });
  return shown;
}

/** Chooses in a select by the text of its option. */
async function choose(page: ReturnType<typeof show>['page'], label: string, text: string) {
  const field = page.findAllFormFields().find((found) => found.findLabel()?.getElement().textContent === label);
  const select = field!.findControl()!.findSelect()!;
  select.openDropdown();
  const options = select.findDropdown().findOptions();
  const option = options.findIndex((found) => found.getElement().textContent?.includes(text));
  select.selectOption(option + 1);
}

async function fill(page: ReturnType<typeof show>['page'], { code, path, response }: { code: string; path: string; response: string }) {
  const user = newUser();
  await choose(page, 'HTTP error code', code);
  await user.click(screen.getByRole('radio', { name: 'Yes' }));
  await user.type(screen.getByLabelText('Response page path'), path);
  await choose(page, 'HTTP response code', response);
  return user;
}

const dialog = () => screen.findByRole('dialog', { name: /Review|Somebody/ });

describe('the table of custom error responses', () => {
  it('has codes with names, times, paths, response codes and the health of each page', async () => {
    const server = serve();
    show(`/distributions/${server.first.id}/error-pages`);
    const table = await screen.findByRole('table', { name: 'Custom error responses' });
    const row = within(table).getByRole('row', { name: /404: Not Found.*30/ });
    expect(row.textContent).toContain('/errors/404.html');
    await within(row).findByText('Can be fetched');
    expect(within(table).getByRole('row', { name: /503: Service Unavailable/ }).textContent).toContain('Cannot be fetched');
    expect(screen.getByText('(3 of 11)')).toBeTruthy();
  });

  it('offers Edit and Delete for the one that is chosen', async () => {
    const server = serve();
    const { router } = show(`/distributions/${server.first.id}/error-pages`);
    const user = newUser();
    const edit = await screen.findByRole('button', { name: 'Edit' });
    expect(edit).toHaveProperty('disabled', true);
    await user.click(screen.getByRole('radio', { name: 'Custom error response for 503' }));
    await user.click(edit);
    await waitFor(() => expect(router.state.location.pathname).toMatch(/error-pages\/503\/edit$/));
  });

  it('says why it is empty and what then happens', async () => {
    const server = serve();
    server.first.config['CustomErrorResponses'] = { Quantity: 0 };
    show(`/distributions/${server.first.id}/error-pages`);
    await screen.findByText('No custom error responses');
  });
});

describe('creating a custom error response', () => {
  it('shows the rule at each field before anything is sent', async () => {
    const server = serve();
    await openForm(server);
    const user = newUser();
    await user.click(screen.getByRole('radio', { name: 'Yes' }));
    await user.clear(screen.getByLabelText('Error caching minimum TTL'));
    await user.click(screen.getByRole('button', { name: 'Review changes' }));
    for (const text of [/Choose the HTTP error code/, /Enter a whole number/, /Enter the path/, /Choose the status/]) {
      expect(screen.getByText(text)).toBeTruthy();
    }
    expect(puts(server)).toEqual([]);
    expect(screen.queryByRole('dialog', { name: /Review/ })).toBeNull();
  });

  it('offers only valid codes and marks those that are in use', async () => {
    const { page } = await openForm(serve());
    const select = page.findSelect()!;
    select.openDropdown();
    const options = select.findDropdown().findOptions().map((option) => option.getElement().textContent ?? '');
    expect(options.map((text) => text.slice(0, 3))).toEqual(['400', '403', '404', '405', '414', '416', '500', '501', '502', '503', '504']);
    expect(options.filter((text) => text.includes('In use')).map((text) => text.slice(0, 3))).toEqual(['404', '500', '503']);
  });

  it('says through which behavior the page would come', async () => {
    const { page } = await openForm(serve());
    await fill(page, { code: '403', path: '/errors/403.html', response: '403' });
    expect(screen.getByText(/served by the cache behavior \/errors\/\* from pages/)).toBeTruthy();
  });

  it('reviews the change in words, as JSON and as a command, and then saves the whole configuration', async () => {
    const server = serve();
    const { page, router } = await openForm(server);
    const before = structuredClone(server.first.config);
    const etag = server.first.etag;
    const user = await fill(page, { code: '403', path: '/errors/403.html', response: '403' });
    await user.click(screen.getByRole('button', { name: 'Review changes' }));
    const review = await dialog();
    expect(within(review).getByText('Custom error response 403')).toBeTruthy();
    await user.click(within(review).getByRole('tab', { name: /side by side/ }));
    expect(review.textContent).toContain('"ResponsePagePath": "/errors/403.html"');
    await user.click(within(review).getByRole('tab', { name: /AWS CLI/ }));
    expect(review.textContent).toContain(`--if-match ${etag}`);
    await user.click(within(review).getByRole('button', { name: 'Save changes' }));
    await waitFor(() => expect(router.state.location.pathname).toMatch(/error-pages$/));
    const [put] = puts(server);
    expect(put).toMatchObject({ ifMatch: etag, path: `/2020-05-31/distribution/${server.first.id}/config` });
    expect(responses(put?.body).at(-1)).toEqual({ ErrorCode: 403, ResponsePagePath: '/errors/403.html', ResponseCode: '403', ErrorCachingMinTTL: 10 });
    expect({ ...(put?.body as object), CustomErrorResponses: null }).toEqual({ ...before, CustomErrorResponses: null });
    await screen.findByText(/The change is live/);
  });

  it('shows the refusal of the server at the field that it is about', async () => {
    const server = serve();
    const { page } = await openForm(server);
    const user = await fill(page, { code: '403', path: '/%7Euser.html', response: '403' });
    await user.click(screen.getByRole('button', { name: 'Review changes' }));
    await user.click(within(await dialog()).getByRole('button', { name: 'Save changes' }));
    const input = await screen.findByLabelText('Response page path');
    await waitFor(() => expect(input.getAttribute('aria-invalid')).toBe('true'));
    expect(document.getElementById(input.getAttribute('aria-describedby')!.split(' ').find((id) => /error/.test(id)) ?? '')?.textContent ?? document.body.textContent).toContain('percent-encoded');
    expect(input).toHaveProperty('value', '/%7Euser.html');
  });

  it.each([
    ['gone', () => new TypeError('fetch failed'), /cannot be reached/],
    ['busy', () => new Response('{"Error":{"Code":"Throttling","Message":"Slower."}}', { status: 503, headers: { 'retry-after': '7' } }), /Try again in 7 seconds/],
    ['broken', () => new Response('<html>', { status: 502 }), /status 502/],
  ])('keeps what was entered when the server is %s, and can be tried again', async (_name, failure, text) => {
    const server = serve();
    const { page, router } = await openForm(server);
    const user = await fill(page, { code: '403', path: '/errors/403.html', response: '403' });
    await user.click(screen.getByRole('button', { name: 'Review changes' }));
    const review = await dialog();
    server.instead = (sent) => (sent.method === 'PUT' ? failure() : undefined);
    await user.click(within(review).getByRole('button', { name: 'Save changes' }));
    expect((await within(review).findAllByText(text)).length).toBeGreaterThan(0);
    server.instead = null;
    await user.click(within(review).getByRole('button', { name: 'Save changes' }));
    await waitFor(() => expect(router.state.location.pathname).toMatch(/error-pages$/));
    expect(responses(server.first.config).some((response) => response.ErrorCode === 403)).toBe(true);
  });

  it('shows both versions when somebody else was faster, and saves on top of theirs', async () => {
    const server = serve();
    const { page } = await openForm(server);
    const user = await fill(page, { code: '403', path: '/errors/403.html', response: '403' });
    await user.click(screen.getByRole('button', { name: 'Review changes' }));
    server.first.config = { ...server.first.config, Comment: 'Changed by another person' };
    server.first.etag = 'ENEWER';
    await user.click(within(await dialog()).getByRole('button', { name: 'Save changes' }));
    const conflict = await screen.findByRole('dialog', { name: /Somebody else/ });
    expect(within(conflict).getByRole('table', { name: 'What the other person changed' }).textContent).toContain('Changed by another person');
    expect(within(conflict).getByRole('table', { name: 'What you want to change' }).textContent).toContain('/errors/403.html');
    await user.click(within(conflict).getByRole('button', { name: /Apply my change/ }));
    const again = await screen.findByRole('dialog', { name: /Review/ });
    expect(again.textContent).not.toContain('Changed by another person');
    await user.click(within(again).getByRole('button', { name: 'Save changes' }));
    await waitFor(() => expect(puts(server)).toHaveLength(2));
    expect(puts(server)[1]?.ifMatch).toBe('ENEWER');
    await waitFor(() => expect(server.first.config['Comment']).toBe('Changed by another person'));
    expect(responses(server.first.config).some((response) => response.ErrorCode === 403)).toBe(true);
  });
});

describe('editing and deleting', () => {
  it('an edit keeps its code and its place', async () => {
    const server = serve();
    await openForm(server, '503/edit');
    const user = newUser();
    const ttl = screen.getByLabelText('Error caching minimum TTL');
    expect(ttl).toHaveProperty('value', '5');
    await user.clear(ttl);
    await user.type(ttl, '0');
    await user.click(screen.getByRole('button', { name: 'Review changes' }));
    await user.click(within(await dialog()).getByRole('button', { name: 'Save changes' }));
    await waitFor(() => expect(puts(server)).toHaveLength(1));
    expect(responses(puts(server)[0]?.body)[1]).toEqual({ ErrorCode: 503, ResponsePagePath: '/sorry.html', ResponseCode: '503', ErrorCachingMinTTL: 0 });
  });

  it('deletes after a review', async () => {
    const server = serve();
    show(`/distributions/${server.first.id}/error-pages`);
    const user = newUser();
    await user.click(await screen.findByRole('radio', { name: 'Custom error response for 500' }));
    await user.click(screen.getAllByRole('button', { name: 'Delete' }).at(-1)!);
    await user.click(within(await dialog()).getByRole('button', { name: 'Save changes' }));
    await waitFor(() => expect(puts(server)).toHaveLength(1));
    expect(responses(puts(server)[0]?.body).map((response) => response.ErrorCode)).toEqual([404, 503]);
  });

  it('says so when the entry is gone', async () => {
    const server = serve();
    show(`/distributions/${server.first.id}/error-pages/414/edit`);
    await screen.findByText('There is no custom error response for 414');
  });
});

describe('whoever may only read', () => {
  it('sees everything and is told why nothing can be changed', async () => {
    const server = serve();
    server.state.role = 'read-only';
    await openForm(server);
    expect(screen.getByRole('button', { name: /Review changes/ }).getAttribute('aria-disabled')).toBe('true');
  });
});
