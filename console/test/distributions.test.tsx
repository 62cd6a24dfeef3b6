// The list, creating, and deleting; behaviors, origins, invalidations and tags as they are changed.

import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import type { DistributionConfig } from '../src/api/types';
import { serve, show, newUser } from './app';
import type { Server } from './app';

const config = (server: Server) => server.first.config as unknown as DistributionConfig;

async function save() {
  const user = newUser();
  const review = await screen.findByRole('dialog', { name: /Review/ });
  await user.click(within(review).getByRole('button', { name: /Save changes|Create distribution/ }));
}

describe('the list of distributions', () => {
  it('shows one page at once and fetches the rest when it is needed', async () => {
    const server = serve({ distributions: 150 });
    const { page } = show('/distributions');
    await screen.findByText('(100+)');
    const lists = () => server.sent.filter((sent) => sent.path.startsWith('/2020-05-31/distribution?'));
    expect(lists()).toHaveLength(1);
    const filter = page.findPropertyFilter()!;
    filter.focus();
    filter.setInputValue('origin-149');
    filter.findNativeInput().keydown(13);
    await waitFor(() => expect(lists()).toHaveLength(2));
    await screen.findByText('(150)');
    const table = screen.getByRole('table', { name: 'Distributions' });
    await waitFor(() => expect(within(table).getAllByRole('row')).toHaveLength(2));
    expect(table.textContent).toContain('origin-149.example.com');
  });

  it('deletes only after the id was typed, and only what is disabled', async () => {
    const server = serve({ distributions: 6 });
    const disabled = [...server.state.distributions.values()].find((entry) => entry.config['Enabled'] === false)!;
    show('/distributions');
    const user = newUser();
    await user.click(await screen.findByRole('radio', { name: server.first.id }));
    expect(screen.getByRole('button', { name: /Delete/ }).getAttribute('aria-disabled') ?? screen.getByRole('button', { name: /Delete/ }).getAttribute('disabled')).not.toBeNull();
    await user.click(screen.getByRole('radio', { name: disabled.id }));
    await user.click(screen.getByRole('button', { name: 'Delete' }));
    const question = await screen.findByRole('dialog', { name: new RegExp(disabled.id) });
    const confirm = within(question).getByRole('button', { name: 'Delete' });
    expect(confirm).toHaveProperty('disabled', true);
    await user.type(within(question).getByLabelText(`To confirm, type ${disabled.id}`), disabled.id);
    await user.click(confirm);
    await screen.findByText(`Distribution ${disabled.id} deleted.`);
    expect(server.state.distributions.has(disabled.id)).toBe(false);
  });

  it('creates with one origin and goes to the new distribution', async () => {
    const server = serve();
    const { router } = show('/distributions/create');
    const user = newUser();
    await user.type(await screen.findByLabelText('Origin domain'), 'new.example.com');
    await user.click(screen.getByRole('button', { name: 'Review' }));
    await save();
    await waitFor(() => expect(router.state.location.pathname).toMatch(/general$/));
    const created = [...server.state.distributions.values()].at(-1)!.config as unknown as DistributionConfig;
    expect(created.Origins.Items?.[0]).toMatchObject({ Id: 'new.example.com', DomainName: 'new.example.com', CustomOriginConfig: { OriginProtocolPolicy: 'https-only' } });
    expect(created).toMatchObject({ Enabled: true, DefaultCacheBehavior: { TargetOriginId: 'new.example.com', ViewerProtocolPolicy: 'redirect-to-https' } });
  });
});

describe('settings', () => {
  it('a name that is taken is refused at its field', async () => {
    const server = serve();
    show(`/distributions/${server.first.id}/general/edit`);
    const user = newUser();
    await user.type(await screen.findByLabelText(/Alternate domain names/), '\ntaken.example.com');
    await user.click(screen.getByRole('button', { name: 'Review changes' }));
    await save();
    await waitFor(() => expect(screen.getByLabelText(/Alternate domain names/).getAttribute('aria-invalid')).toBe('true'));
  });

  it('leaving a form with something in it is asked about', async () => {
    const server = serve();
    const { router } = show(`/distributions/${server.first.id}/general/edit`);
    const user = newUser();
    await user.type(await screen.findByLabelText('Description - optional'), '!');
    await user.click(screen.getByRole('button', { name: 'Cancel' }));
    const question = await screen.findByRole('dialog', { name: 'Leave without saving?' });
    await user.click(within(question).getByRole('button', { name: 'Stay' }));
    expect(router.state.location.pathname).toMatch(/edit$/);
  });

  it('behaviors are moved, and the one that serves a path is found', async () => {
    const server = serve();
    show(`/distributions/${server.first.id}/behaviors`);
    const user = newUser();
    await user.type(await screen.findByLabelText('Path to look up'), '/errors/x.jpg');
    await screen.findByText('/errors/* (serves the path)');
    await user.click(screen.getByRole('radio', { name: '*.jpg' }));
    await user.click(screen.getByRole('button', { name: 'Move up' }));
    await save();
    await waitFor(() => expect(config(server).CacheBehaviors?.Items?.map((behavior) => behavior.PathPattern)).toEqual(['/errors/*', '*.jpg', '/api/*']));
  });

  it('an origin access control is created in place, and the grant is there to paste', async () => {
    const server = serve();
    show(`/distributions/${server.first.id}/origins/create`);
    const user = newUser();
    await user.type(await screen.findByLabelText('Origin domain'), 'backup.s3.localhost');
    await user.click(await screen.findByRole('button', { name: 'Create new' }));
    const question = await screen.findByRole('dialog', { name: 'Create origin access control' });
    expect(screen.queryByRole('dialog', { name: /Review/ })).toBeNull();
    await user.click(within(question).getByRole('button', { name: 'Create' }));
    const policy = await screen.findByRole('region', { name: 'Bucket policy' });
    expect(policy.textContent).toContain('arn:aws:s3:::backup/*');
    await user.click(screen.getByRole('button', { name: 'Review changes' }));
    await save();
    await waitFor(() => expect(config(server).Origins.Items?.at(-1)).toMatchObject({ DomainName: 'backup.s3.localhost', OriginAccessControlId: expect.stringMatching(/^E/) as string }));
  });

  it('an origin that is used cannot be deleted, and it is said by whom', async () => {
    const server = serve();
    show(`/distributions/${server.first.id}/origins`);
    const user = newUser();
    await user.click(await screen.findByRole('radio', { name: 'api' }));
    const button = screen.getAllByRole('button', { name: /Delete/ }).at(-1)!;
    expect(button.getAttribute('aria-disabled')).toBe('true');
    button.focus();
    await screen.findByText(/Used by the cache behavior \/api\/\*/);
  });

  it('an invalidation is created, followed, and copied', async () => {
    const server = serve();
    const { router } = show(`/distributions/${server.first.id}/invalidations/create`);
    const user = newUser();
    await user.type(await screen.findByLabelText('Object paths'), '/a\n/b*');
    await user.click(screen.getByRole('button', { name: 'Create invalidation' }));
    await user.click(await screen.findByRole('radio', { name: /^I/ }));
    await screen.findByText('Completed');
    await user.click(screen.getByRole('button', { name: 'Copy to new' }));
    expect(await screen.findByLabelText('Object paths')).toHaveProperty('value', '/a\n/b*');
    expect(router.state.location.search).toMatch(/from=I/);
  });

  it('tags: only what changed is sent', async () => {
    const server = serve();
    show(`/distributions/${server.first.id}/tags/edit`);
    const user = newUser();
    await user.click(await screen.findByRole('button', { name: 'Remove tag team' }));
    await user.click(screen.getByRole('button', { name: 'Add tag' }));
    await user.type(screen.getByLabelText('Key of tag 2'), 'owner');
    await user.click(screen.getByRole('button', { name: 'Save tags' }));
    await screen.findByText('Tags saved.');
    const changes = server.sent.filter((sent) => sent.method === 'POST').map((sent) => sent.body);
    expect(changes).toEqual([{ Items: ['team'] }, { Items: [{ Key: 'owner', Value: '' }] }]);
  });
});
