// As much as a distribution may have, a list of many, and what the first visit costs.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch, shoot, signIn, visit } from './browser.mjs';
import { apiOf, IS_MOCK, start } from './subject.mjs';
import { siteConfig } from './seed.mjs';

const MANY = Number(process.env.WARMFRONT_CONSOLE_DISTRIBUTIONS ?? 300);
const CODES = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];
const BEHAVIORS = 75;
const FIRST_LOAD_BYTES = 500_000;

let subject;
let browser;
let page;
let full;

before(async () => {
  subject = await start();
  browser = await launch();
  const api = await apiOf(subject);
  if (!IS_MOCK) full = await fill(api);
}, { timeout: 600_000 });

after(async () => {
  await browser?.close();
  await subject?.close();
});

async function fill(api) {
  const config = siteConfig({ port: 8000 });
  const [one] = config.CacheBehaviors.Items;
  const behaviors = Array.from({ length: BEHAVIORS }, (_, at) => ({ ...one, PathPattern: `/part-${at}/*` }));
  const responses = CODES.map((code) => ({ ErrorCode: code, ResponsePagePath: `/part-74/${code}.html`, ResponseCode: String(code), ErrorCachingMinTTL: 5 }));
  const made = await api('POST', '/distribution', {
    ...config, CacheBehaviors: { Quantity: BEHAVIORS, Items: behaviors }, CustomErrorResponses: { Quantity: CODES.length, Items: responses },
  });
  for (let at = 1; at < MANY; at += 20) {
    const some = Array.from({ length: Math.min(20, MANY - at) }, (_, offset) => siteConfig({ port: 8000, comment: `Shop ${at + offset}` }));
    await Promise.all(some.map((each) => api('POST', '/distribution', each)));
  }
  return made.body.Id;
}

const skip = IS_MOCK && 'the mock has no limits';

/** How long something takes in the browser, said in the report. */
async function timed(suite, what, act) {
  const began = performance.now();
  await act();
  suite.diagnostic(`${what}: ${Math.round(performance.now() - began)} ms`);
}

test('the first visit loads less than 500 KB', { skip, timeout: 120_000 }, async (suite) => {
  page = await visit(browser, subject);
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  let bytes = 0;
  const files = new Set();
  session.on('Network.responseReceived', ({ requestId, response }) => {
    if (response.url.includes('/console/')) files.add(requestId);
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (files.has(requestId)) bytes += encodedDataLength;
  });
  await timed(suite, 'until one can sign in', async () => {
    await page.open('/distributions');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });
  suite.diagnostic(`sign-in page: ${bytes} bytes`);
  await timed(suite, `from signing in to the list of ${MANY}`, async () => {
    await signIn(page);
    await page.getByRole('table', { name: 'Distributions' }).getByRole('link').first().waitFor();
  });
  suite.diagnostic(`with the list: ${bytes} bytes`);
  assert.ok(bytes < FIRST_LOAD_BYTES, `${bytes} bytes`);
});

test('a list of many is found in, and paged', { skip, timeout: 300_000 }, async (suite) => {
  const rows = page.getByRole('table', { name: 'Distributions' }).getByRole('radio');
  await timed(suite, 'the next page', async () => {
    await page.getByRole('button', { name: 'Next page' }).first().click();
    await page.getByRole('button', { name: 'Page 2', exact: false }).first().waitFor();
    assert.equal(await rows.count(), 50);
  });
  await timed(suite, 'finding one', async () => {
    await page.getByRole('combobox', { name: 'Find distributions' }).fill(`Shop ${MANY - 1}`);
    await page.keyboard.press('Enter');
    await page.getByText('1 match').first().waitFor({ timeout: 120_000 });
  });
  assert.equal(await rows.count(), 1);
  await shoot(page, 'found-one');
});

test('eleven error responses and seventy-five behaviors are usable', { skip, timeout: 120_000 }, async (suite) => {
  await timed(suite, 'the Error pages tab with 11 responses', async () => {
    await page.open(`/distributions/${full}/error-pages`);
    await page.getByRole('radio', { name: /504/ }).check();
  });
  assert.equal(await page.getByRole('radio').count(), CODES.length);
  await shoot(page, 'error-pages-full');
  await timed(suite, 'the Behaviors tab with 75 behaviors', async () => {
    await page.open(`/distributions/${full}/behaviors`);
    await page.getByLabel('Path to look up').fill('/part-74/404.html');
    await page.getByText('serves the path').waitFor();
  });
  await shoot(page, 'behaviors-full');
  assert.deepEqual(page.complaints, []);
});
