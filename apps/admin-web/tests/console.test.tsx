import { refuse, startFixtureApi, type FixtureApi } from '@maxai/api-client/testing';
import { fixtures } from '@maxai/api-client/testing/fixtures';
import { cleanup, configure, render, screen, waitFor } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { PathnameContext } from 'next/dist/shared/lib/hooks-client-context.shared-runtime.js';
import { NextRequest } from 'next/server.js';
import type { ReactElement } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import Layout from '../src/app/(console)/layout.tsx';
import TenantsPage from '../src/app/(console)/page.tsx';
import QueuesPage from '../src/app/(console)/queues/page.tsx';
import NotFound from '../src/app/not-found.tsx';
import ServicesPage from '../src/app/(console)/services/page.tsx';
import { GET as health } from '../src/app/health/route.ts';
import { GET as live } from '../src/app/livez/route.ts';
import { proxy } from '../src/proxy.ts';

// Conditions are waited for, never times: a busy machine may take long.
configure({ asyncUtilTimeout: 15_000 });

let api: FixtureApi;
let visited: string[];
const open = (page: ReactElement) =>
  render(
    <PathnameContext value="/queues">
      <Layout>{page}</Layout>
    </PathnameContext>,
  );

beforeEach(async () => {
  api = await startFixtureApi();
  visited = [];
  // The test environment lets a test say where the browser is.
  (window as unknown as { happyDOM: { setURL: (url: string) => void } }).happyDOM.setURL(
    `${api.url}/admin/queues`,
  );
  vi.spyOn(window.location, 'assign').mockImplementation((url) => {
    visited.push(String(url));
  });
});
afterEach(async () => {
  cleanup();
  vi.restoreAllMocks();
  await api.close();
});

describe('who may come in', () => {
  it('leads to sign-in and back to the console when there is no session', async () => {
    api.answer('getCurrentSession', refuse(401));
    open(<TenantsPage />);
    await waitFor(() => expect(visited).toEqual(['/sign-in?returnTo=%2Fadmin%2Fqueues']));
  });

  it('shows an agency’s user the way to the portal and reads nothing', async () => {
    api.answer('getCurrentSession', {
      ...fixtures.getCurrentSession!,
      grants: [{ scope: { kind: 'tenant' }, permissions: ['client:read'] }],
    });
    open(<TenantsPage />);
    expect(await screen.findByText('This console is for platform staff')).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Go to the portal' }).getAttribute('href')).toBe('/');
    expect(api.seen.map((request) => request.id)).toEqual(['getCurrentSession']);
  });

  it('revokes the session on sign-out', async () => {
    open(<TenantsPage />);
    await userEvent.click(await screen.findByRole('button', { name: 'Sign out' }));
    await waitFor(() => expect(visited).toEqual(['/sign-in?returnTo=%2Fadmin']));
  });
});

describe('pages', () => {
  it('lists tenants with their size [R134]', async () => {
    open(<TenantsPage />);
    expect((await screen.findByRole('row', { name: /Northstar/ })).textContent).toContain('25');
  });

  it('marks queues with failed work', async () => {
    open(<QueuesPage />);
    expect((await screen.findByText('flow-execution')).tagName).toBe('STRONG');
    const row = screen.getByRole('row', { name: /flow-execution/ });
    expect(row.querySelector('.text-bad')?.textContent).toBe('2');
    expect(screen.getByRole('row', { name: /webhook/ }).querySelector('.text-bad')).toBeNull();
    expect(screen.getByRole('link', { name: 'Queues' }).getAttribute('aria-current')).toBe('page');
  });

  it('names the dependency that fails', async () => {
    open(<ServicesPage />);
    expect(await screen.findByText('database failing')).toBeTruthy();
  });

  it('says why health cannot be read', async () => {
    api.answer('getPlatformHealth', refuse(503, { title: 'A dependency is unavailable' }));
    open(<ServicesPage />);
    expect((await screen.findByRole('alert')).textContent).toContain('A dependency is unavailable');
  });
});

describe('process', () => {
  it('answers health and liveness as JSON and gives pages a nonce', async () => {
    expect(await health().json()).toMatchObject({ status: 'ok', service: 'admin-web' });
    expect(await live().json()).toEqual({ status: 'ok' });
    const { headers } = proxy(new NextRequest('http://localhost/admin'));
    expect(headers.get('content-security-policy')).toContain("'nonce-");
  });
});

describe('an address that leads nowhere', () => {
  it('says so and leads back to the console', () => {
    render(<NotFound />);
    expect(screen.getByRole('heading', { name: 'There is no such page' })).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Back to MaxAI Admin' }).getAttribute('href')).toBe(
      '/',
    );
  });
});
