// Others, and a server that is gone: what was entered stays, and what happened is said.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';

import { inspect, launch, live, shoot, signIn, visit } from './browser.mjs';
import { apiOf, IS_MOCK, start } from './subject.mjs';
import { seed } from './seed.mjs';

let subject;
let browser;
let page;
let api;
let id;

before(async () => {
  subject = await start();
  browser = await launch();
  api = await apiOf(subject);
  id = await seed(api, IS_MOCK);
});

beforeEach(async () => {
  page = await visit(browser, subject);
  await page.open('/distributions');
  await signIn(page);
});

afterEach(() => page.context().close());

after(async () => {
  await browser?.close();
  await subject?.close();
});

const read = async () => (await api('GET', `/distribution/${id}`)).body.DistributionConfig;

async function write(change) {
  const { etag, body } = await api('GET', `/distribution/${id}/config`);
  await api('PUT', `/distribution/${id}/config`, { ...body, ...change }, { 'if-match': etag });
}

test('two people change the same distribution: both versions are shown, both changes are kept', { timeout: 120_000 }, async () => {
  await page.open(`/distributions/${id}/error-pages/404/edit`);
  await page.getByLabel('Error caching minimum TTL').fill('123');
  await page.getByRole('button', { name: 'Review changes' }).click();
  await write({ Comment: 'By another person' });
  await page.getByRole('dialog').getByRole('button', { name: 'Save changes' }).click();
  await page.getByRole('heading', { name: 'Somebody else changed this distribution' }).waitFor();
  await page.getByRole('table', { name: 'What the other person changed' }).getByText('By another person').waitFor();
  await page.getByRole('table', { name: 'What you want to change' }).getByText('123').waitFor();
  await shoot(page, 'conflict');
  await inspect(page, 'conflict');
  await page.getByRole('button', { name: 'Apply my change to the new version' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Save changes' }).click();
  await live(page);
  const config = await read();
  assert.equal(config.Comment, 'By another person');
  assert.equal(config.CustomErrorResponses.Items.find((response) => response.ErrorCode === 404).ErrorCachingMinTTL, 123);
});

test('a server that is gone or busy is said so; saving again works when it is back', { timeout: 120_000 }, async () => {
  await page.open(`/distributions/${id}/general/edit`);
  await page.getByLabel('Description - optional').fill('After the trouble');
  await page.getByRole('button', { name: 'Review changes' }).click();
  const saveButton = page.getByRole('dialog').getByRole('button', { name: 'Save changes' });
  await page.route('**/config', (route) => route.abort('connectionrefused'));
  await saveButton.click();
  await page.getByText('The server cannot be reached').first().waitFor();
  await shoot(page, 'server-gone');
  await page.unroute('**/config');
  await page.route('**/config', (route) => route.fulfill({ status: 503, headers: { 'retry-after': '9' }, body: '{}' }));
  await saveButton.click();
  await page.getByText('Try again in 9 seconds').waitFor();
  await page.unroute('**/config');
  await saveButton.click();
  await live(page);
  assert.equal((await read()).Comment, 'After the trouble');
});

test('a session that ends in the middle of a form is renewed above it', { timeout: 120_000 }, async () => {
  await page.open(`/distributions/${id}/general/edit`);
  await page.getByLabel('Description - optional').fill('After the session');
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Review changes' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Save changes' }).click();
  const ended = page.getByRole('dialog', { name: 'Your session has ended' });
  await ended.waitFor();
  await shoot(page, 'session-ended');
  await inspect(page, 'session ended');
  await signIn(page);
  await ended.waitFor({ state: 'hidden' });
  await page.getByRole('dialog').getByRole('button', { name: 'Save changes' }).click();
  await live(page);
  assert.equal((await read()).Comment, 'After the session');
});

test('everything can be reached with the keyboard alone', { timeout: 120_000 }, async () => {
  await page.open(`/distributions/${id}/error-pages`);
  const create = page.getByRole('link', { name: 'Create custom error response' }).first();
  await create.waitFor();
  for (let step = 0; step < 60 && !(await create.evaluate((element) => element === document.activeElement)); step += 1) {
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Create custom error response' }).waitFor();
});
