// Signing in, staying signed in, and what happens to a form when the session ends.

import { screen, waitFor, within } from '@testing-library/react';
import { expect, it } from 'vitest';

import { serve, show, newUser } from './app';

async function enter(key: string, secret: string, where: HTMLElement = document.body) {
  const user = newUser();
  await user.type(await within(where).findByLabelText('Access key ID'), key);
  await user.type(within(where).getByLabelText('Secret access key'), secret);
  await user.click(within(where).getByRole('button', { name: 'Sign in' }));
  return user;
}

it('a key pair signs in and leads to the place that was asked for', async () => {
  const server = serve();
  server.state.isSignedIn = false;
  show(`/distributions/${server.first.id}/tags`);
  await enter('AKIDEXAMPLE', 'secret');
  await screen.findByRole('table', { name: 'Tags' });
  expect(server.sent.every((sent) => !sent.path.includes('secret'))).toBe(true);
});

it('a wrong key pair is refused in words, too many of them with a time', async () => {
  const server = serve();
  server.state.isSignedIn = false;
  show('/distributions');
  const user = await enter('AKIDEXAMPLE', 'wrong');
  await screen.findByText('This key pair is not accepted');
  for (let tries = 0; tries < 5; tries += 1) {
    await user.click(screen.getByRole('button', { name: 'Sign in' }));
    await waitFor(() => expect(server.sent.filter((sent) => sent.method === 'POST')).toHaveLength(tries + 2));
  }
  await screen.findByText(/Try again in 30 seconds/);
});

it('a session that ends in the middle of a form loses nothing', async () => {
  const server = serve();
  show(`/distributions/${server.first.id}/general/edit`);
  const user = newUser();
  const description = await screen.findByLabelText('Description - optional');
  await user.clear(description);
  await user.type(description, 'Kept');
  server.state.isSignedIn = false;
  await user.click(screen.getByRole('button', { name: 'Review changes' }));
  await user.click(within(await screen.findByRole('dialog', { name: /Review/ })).getByRole('button', { name: 'Save changes' }));
  const ended = await screen.findByRole('dialog', { name: 'Your session has ended' });
  await enter('AKIDEXAMPLE', 'secret', ended);
  await waitFor(() => expect(screen.queryByRole('dialog', { name: 'Your session has ended' })).toBeNull());
  await user.click(within(screen.getByRole('dialog', { name: /Review/ })).getByRole('button', { name: 'Save changes' }));
  await waitFor(() => expect(server.first.config['Comment']).toBe('Kept'));
});

it('a server that is not there is said so, and asked again on demand', async () => {
  const server = serve();
  server.instead = () => new TypeError('fetch failed');
  show('/distributions');
  await screen.findByText('The server cannot be reached', undefined, { timeout: 10_000 });
  server.instead = null;
  await newUser().click(screen.getByRole('button', { name: 'Try again' }));
  await screen.findByRole('table', { name: 'Distributions' });
});
