import { refuse } from '@maxai/api-client/testing';
import { fixtures } from '@maxai/api-client/testing/fixtures';
import { render, screen, waitFor } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { NextRequest } from 'next/server.js';
import { describe, expect, it } from 'vitest';
import AuditPage from '../src/app/(portal)/audit/page.tsx';
import CallsPage from '../src/app/(portal)/calls/page.tsx';
import { GET as health } from '../src/app/health/route.ts';
import { GET as live } from '../src/app/livez/route.ts';
import NotFound from '../src/app/not-found.tsx';
import SignInPage from '../src/app/sign-in/page.tsx';
import { dailyBars, sumCost } from '../src/features/usage/usage-rules.ts';
import { proxy } from '../src/proxy.ts';
import { usePortal, withSearch } from './portal.tsx';

const portal = usePortal();

describe('session', () => {
  it('leads to sign-in and back here when there is no session', async () => {
    portal.api.answer('getCurrentSession', refuse(401, { code: 'unauthenticated' }));
    await portal.show(<CallsPage />);
    await waitFor(() => expect(portal.visited).toEqual(['/sign-in?returnTo=%2Fcalls%3Fx%3D1']));
    expect(screen.queryByRole('heading', { level: 1, name: 'Calls' })).toBeNull();
  });

  it('stays on the page when something else than the session is refused', async () => {
    portal.api.answer(
      'listAuditEvents',
      refuse(403, { title: 'You may not', detail: 'Ask an owner.', correlation_id: 'cor_1' }),
    );
    await portal.open(<AuditPage />, 'Audit');
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('Ask an owner.');
    expect(alert.textContent).toContain('cor_1');
    portal.api.answer('listAuditEvents', { items: [], nextCursor: null });
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('No audit events yet')).toBeTruthy();
    expect(portal.visited).toEqual([]);
  });

  it('revokes the session on sign-out', async () => {
    portal.api.answer('getCurrentSession', { ...fixtures.getCurrentSession!, tenant: null });
    await portal.open(<CallsPage />, 'Calls');
    expect(screen.getByText('No agency')).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Calls' }).getAttribute('aria-current')).toBe('page');
    await userEvent.click(screen.getByRole('button', { name: 'Sign out' }));
    await waitFor(() => expect(portal.visited).toEqual(['/sign-in']));
    expect(portal.api.seen.some((request) => request.id === 'logout')).toBe(true);
  });
});

describe('sign-in', () => {
  it.each([
    ['/events/evt_1?x=1', '%2Fevents%2Fevt_1%3Fx%3D1'],
    ['https://evil.test', '%2F'],
    ['//evil.test', '%2F'],
    ['/\\evil.test', '%2F'],
    [undefined, '%2F'],
  ])('comes back to this site only: %s', async (returnTo, expected) => {
    render(await SignInPage(withSearch(returnTo === undefined ? {} : { returnTo })));
    expect(screen.getByRole('link').getAttribute('href')).toBe(
      `/api/auth/login?returnTo=${expected}`,
    );
  });
});

describe('a sign-in that failed', () => {
  it.each([
    ['no_access', 'Ask an owner of your agency'],
    ['email_not_verified', 'is not verified'],
    ['login_expired', 'Start again'],
    ['login_failed', 'did not confirm'],
  ])('says why and what to do: %s', async (error, words) => {
    render(await SignInPage(withSearch({ error })));
    expect(screen.getByRole('alert').textContent).toContain(words);
    expect(screen.getByRole('link')).toBeTruthy();
  });

  it('says nothing of a reason it does not know', async () => {
    render(await SignInPage(withSearch({ error: '<script>' })));
    expect(screen.queryByRole('alert')).toBeNull();
  });
});

describe('process', () => {
  it('answers health and liveness as JSON', async () => {
    expect(await health().json()).toMatchObject({ status: 'ok', service: 'portal-web' });
    expect(await live().json()).toEqual({ status: 'ok' });
  });

  it('gives every page a script policy with a nonce of its own', () => {
    const policies = [1, 2].map(() =>
      proxy(new NextRequest('http://localhost/calls')).headers.get('content-security-policy'),
    );
    expect(policies[0]).toMatch(/script-src 'self' 'nonce-[0-9a-f-]{36}' 'strict-dynamic'/);
    expect(policies[0]).not.toBe(policies[1]);
  });
});

describe('usage rules', () => {
  it('adds costs without rounding', () => {
    const cost = (amount: string) => ({ cost: { currency: 'EUR', amount } });
    expect(sumCost([cost('0.000000001'), cost('0.10'), cost('0.20')])).toEqual({
      currency: 'EUR',
      amount: '0.300000001',
    });
    expect(sumCost([])).toEqual({ currency: 'USD', amount: '0.00' });
  });

  it('shows a day without usage as an empty bar, today last', () => {
    const bars = dailyBars([], new Date('2026-03-01T10:00:00Z'), 2);
    expect(bars).toEqual([
      { label: '2026-02-28', value: 0, title: '2026-02-28: $0.00' },
      { label: '2026-03-01', value: 0, title: '2026-03-01: $0.00' },
    ]);
  });
});

describe('an address that leads nowhere', () => {
  it('says so and leads back to the portal', () => {
    render(<NotFound />);
    expect(screen.getByRole('heading', { name: 'There is no such page' })).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Back to MaxAI' }).getAttribute('href')).toBe('/');
  });
});
