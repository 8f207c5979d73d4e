import { refuse } from '@maxai/api-client/testing';
import {
  failedEffect,
  failedExecution,
  ids,
  runningExecution,
} from '@maxai/api-client/testing/fixtures';
import { screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import CallsPage from '../src/app/(portal)/calls/page.tsx';
import DeadLettersPage from '../src/app/(portal)/dead-letters/page.tsx';
import DeliveryPage from '../src/app/(portal)/deliveries/[webhookEventId]/page.tsx';
import EffectPage from '../src/app/(portal)/effects/[effectId]/page.tsx';
import EventPage from '../src/app/(portal)/events/[eventId]/page.tsx';
import EventsPage from '../src/app/(portal)/events/page.tsx';
import ExecutionPage from '../src/app/(portal)/executions/[executionId]/page.tsx';
import ExecutionsPage from '../src/app/(portal)/executions/page.tsx';
import MessagesPage from '../src/app/(portal)/messages/page.tsx';
import OverviewPage from '../src/app/(portal)/page.tsx';
import UsagePage from '../src/app/(portal)/usage/page.tsx';
import { usePortal, withParams, withSearch } from './portal.tsx';

const portal = usePortal();
const href = (name: string, index = 0) =>
  screen.getAllByRole('link', { name })[index]?.getAttribute('href');
const seen = (id: string) => portal.api.seen.filter((request) => request.id === id);

describe('one click each way', () => {
  it('lists calls of every kind of report and links each to its event', async () => {
    await portal.open(<CallsPage />, 'Calls');
    const row = (await screen.findAllByRole('row', { name: /Ada Lovelace/ }))[0]!;
    expect(within(row).getByRole('link', { name: 'call.ended' }).getAttribute('href')).toBe(
      `/events/${ids.event}`,
    );
    expect(
      seen('listEvents')
        .map((request) => String(request.query['type']))
        .toSorted((left, right) => left.localeCompare(right)),
    ).toEqual(['call.analyzed', 'call.ended', 'call.started']);
  });

  it('leads from an event to its delivery, its executions and its usage [R133]', async () => {
    await portal.open(EventPage(withParams({ eventId: ids.event })), 'call.ended');
    expect(href('Open delivery')).toBe(`/deliveries/${ids.delivery}`);
    expect(href('Open execution')).toBe(`/executions/${ids.execution}`);
    expect(href('Open usage')).toBe(`/usage?eventId=${ids.event}`);
  });

  it('says what to do when no flow answered an event', async () => {
    portal.api.answer('getEvent', ({ params }) => ({
      id: params['eventId']!,
      clientId: null,
      type: 'other',
      provider: 'n8n',
      connectionId: ids.delivery.replace('whe', 'con'),
      webhookEventId: ids.delivery,
      externalId: 'x',
      occurredAt: new Date().toISOString(),
      correlationId: 'c',
      subject: { email: 'a@b.test' },
      data: {},
      executions: [],
    }));
    await portal.open(EventPage(withParams({ eventId: ids.event })), 'other');
    expect(screen.getByText('No flow answered this event')).toBeTruthy();
    expect(screen.getByText('Agency-wide')).toBeTruthy();
    expect(screen.getAllByText(/a@b.test/)[0]?.textContent).toContain('a@b.test ·');
  });

  it('leads from a delivery to its events and replays it once', async () => {
    await portal.open(DeliveryPage(withParams({ webhookEventId: ids.delivery })), 'call_ended');
    expect(await screen.findByRole('link', { name: 'call.ended' })).toBeTruthy();
    expect(screen.getByText('settled')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Replay' }));
    expect(await screen.findByText(/Queued again/)).toBeTruthy();
    expect(seen('replayWebhookEvent')).toHaveLength(1);
    expect(seen('replayWebhookEvent')[0]?.idempotencyKey).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    [{ queuedAt: new Date().toISOString() }, 'queued'],
    [{ queuedAt: null }, 'received'],
  ])('says how far a delivery came: %j is %s', async (times, status) => {
    portal.api.answer('getWebhookEvent', {
      id: ids.delivery,
      clientId: null,
      connectionId: ids.delivery.replace('whe', 'con'),
      provider: 'retell',
      type: 'call_ended',
      dedupeKey: 'd',
      correlationId: 'c',
      receivedAt: new Date().toISOString(),
      settledAt: null,
      deliveries: 2,
      payload: {},
      ...times,
    });
    portal.api.answer(
      'replayWebhookEvent',
      refuse(409, { title: 'Not in a state that allows this' }),
    );
    await portal.open(DeliveryPage(withParams({ webhookEventId: ids.delivery })), 'call_ended');
    expect(screen.getByText(status)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Replay' }));
    expect((await screen.findByRole('alert')).textContent).toContain('Not in a state');
  });

  it('shows every step of an execution with its effects, input and output', async () => {
    await portal.open(
      ExecutionPage(withParams({ executionId: ids.execution })),
      'Follow up after a call',
    );
    const steps = within(screen.getByRole('list', { name: 'Steps' })).getAllByRole('listitem');
    expect(steps.map((step) => within(step).getByRole('heading').textContent)).toEqual([
      'summarise',
      'book',
      'tag',
      'notify',
    ]);
    expect(steps[1]?.textContent).toContain('3 attempts');
    expect(steps[1]?.textContent).toContain('the slot is taken');
    expect(steps[2]?.textContent).not.toContain('Input and output');
    expect(steps[3]?.textContent).toContain('$0.0079');
    expect(href('Open message')).toBe(`/effects/${ids.effect}`);
    expect(href('Open effect')).toBe(`/effects/${failedEffect.id}`);
    expect(href('Open usage')).toBe(`/usage?executionId=${ids.execution}`);
    expect(href('Open event')).toBe(`/events/${ids.event}`);
    expect(screen.queryByRole('button', { name: 'Cancel' })).toBeNull();
  });

  it('retries a failed execution and says why it failed', async () => {
    portal.api.answer('getExecution', { ...failedExecution, steps: [], effects: [] });
    portal.api.answer('retryExecution', refuse(409, { title: 'Already running' }));
    await portal.open(ExecutionPage(withParams({ executionId: failedExecution.id })), /Follow up/);
    expect(screen.getByRole('alert').textContent).toContain('Step book failed');
    await userEvent.click(screen.getByRole('button', { name: 'Retry from the failed step' }));
    expect(await screen.findByText('Already running')).toBeTruthy();
    expect(seen('retryExecution')[0]?.params).toEqual({ executionId: failedExecution.id });
  });

  it('cancels an execution that is not finished and shows its new state', async () => {
    portal.api.answer('getExecution', { ...runningExecution, steps: [], effects: [] });
    await portal.open(ExecutionPage(withParams({ executionId: runningExecution.id })), /Follow up/);
    portal.api.answer('getExecution', {
      ...runningExecution,
      status: 'cancelled',
      finishedAt: runningExecution.createdAt,
      steps: [],
      effects: [],
    });
    await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(await screen.findByText('cancelled')).toBeTruthy();
    expect(seen('cancelExecution')).toHaveLength(1);
  });

  it('shows a message with receiver, text, provider id and cost', async () => {
    await portal.open(EffectPage(withParams({ effectId: ids.effect })), 'Message');
    for (const text of ['+15550100', /Thanks for calling/, 'SM0b9e6c', '$0.0079', 'done']) {
      expect(screen.getByText(text)).toBeTruthy();
    }
    expect(href('Open execution')).toBe(`/executions/${ids.execution}`);
    expect(href('Open usage')).toBe(`/usage?executionId=${ids.execution}`);
  });

  it('shows an effect that never happened without provider id, cost and response', async () => {
    portal.api.answer('getEffect', failedEffect);
    await portal.open(EffectPage(withParams({ effectId: failedEffect.id })), 'calendar.book');
    expect(screen.queryByText('Provider id')).toBeNull();
    expect(screen.queryByText('Cost')).toBeNull();
  });

  it('leads from a usage line to everything it is made of', async () => {
    await portal.open(UsagePage(withSearch({ executionId: ids.execution })), 'Usage');
    expect(await screen.findByText('73 seconds of voice')).toBeTruthy();
    expect(href('Event')).toBe(`/events/${ids.event}`);
    expect(href('Execution')).toBe(`/executions/${ids.execution}`);
    expect(href('Effect')).toBe(`/effects/${ids.effect}`);
    expect(screen.getAllByRole('link', { name: 'Effect' })).toHaveLength(1);
    expect(seen('listUsageEvents')[0]?.query).toEqual({ executionId: ids.execution });
    expect(screen.getByRole('link', { name: 'Show all usage' })).toBeTruthy();
    expect(screen.queryByRole('figure')).toBeNull();
  });

  it('draws the vendor cost of every day of the last thirty', async () => {
    await portal.open(UsagePage(withSearch({ clientId: ids.client })), 'Usage');
    const chart = await screen.findByRole('figure', { name: 'Vendor cost per day' });
    expect(within(chart).getAllByRole('listitem')).toHaveLength(30);
    expect(screen.getByText('$49.92')).toBeTruthy();
    expect(await screen.findByRole('link', { name: 'Harbor Physio' })).toBeTruthy();
    expect(
      within(screen.getByRole('navigation', { name: 'Client' }))
        .getByRole('link', { name: 'Bright Smiles Dental' })
        .getAttribute('aria-current'),
    ).toBe('page');
  });
});

describe('lists', () => {
  it('shows sent messages beside received ones', async () => {
    await portal.open(<MessagesPage />, 'Messages');
    const sent = screen.getByRole('region', { name: 'Sent messages' });
    expect(
      (await within(sent).findByRole('link', { name: '+15550100' })).getAttribute('href'),
    ).toBe(`/effects/${ids.effect}`);
    expect(seen('listEffects')[0]?.query).toEqual({ action: 'messaging.send' });
  });

  it('narrows events to a client', async () => {
    await portal.open(EventsPage(withSearch({ clientId: ids.client })), 'Events');
    await screen.findByText('Ada Lovelace');
    expect(screen.queryByText('Unknown')).toBeNull();
    expect(seen('listEvents')[0]?.query).toEqual({ clientId: ids.client });
  });

  it('narrows executions by status and keeps the other filters in every link', async () => {
    await portal.open(
      ExecutionsPage(withSearch({ status: 'failed' as const, flowId: ids.flow })),
      'Executions',
    );
    await screen.findByText('1 shown');
    expect(seen('listExecutions')[0]?.query).toEqual({ status: 'failed', flowId: ids.flow });
    expect(href('running')).toBe(`/executions?flowId=${ids.flow}&status=running`);
    expect(screen.getByRole('link', { name: 'failed' }).getAttribute('aria-current')).toBe('page');
  });

  it('reads the next page when asked for more and stops at the last', async () => {
    portal.api.answer('listExecutions', ({ query }) =>
      query['cursor'] === 'next'
        ? { items: [failedExecution], nextCursor: null }
        : { items: [runningExecution], nextCursor: 'next' },
    );
    await portal.open(ExecutionsPage(withSearch({})), 'Executions');
    expect(await screen.findByText('1+ shown')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Load more' }));
    expect(await screen.findByText('2 shown')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Load more' })).toBeNull();
  });

  it('reads further only those kinds of calls that have more', async () => {
    portal.api.answer('listEvents', ({ query }) => ({
      items: [],
      nextCursor: query['type'] === 'call.ended' && !query['cursor'] ? 'second' : null,
    }));
    await portal.open(<CallsPage />, 'Calls');
    await userEvent.click(await screen.findByRole('button', { name: 'Load more' }));
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Load more' })).toBeNull());
    expect(seen('listEvents')).toHaveLength(4);
    expect(screen.getByText('No calls yet')).toBeTruthy();
  });

  it('replays a dead letter and leads to what failed', async () => {
    await portal.open(<DeadLettersPage />, 'Dead letters');
    expect((await screen.findByRole('link', { name: 'Open execution' })).getAttribute('href')).toBe(
      `/executions/${failedExecution.id}`,
    );
    expect(href('Open delivery')).toBe(`/deliveries/${ids.delivery}`);
    await userEvent.click(screen.getAllByRole('button', { name: 'Replay' }).at(-1)!);
    expect(await screen.findByText(/Queued again/)).toBeTruthy();
    portal.api.answer('replayDeadLetter', refuse(403, { title: 'You may not do this' }));
    const again = screen.getAllByRole('button', { name: 'Replay' }).at(-1)!;
    await waitFor(() => expect(again).toHaveProperty('disabled', false));
    await userEvent.click(again);
    expect((await screen.findByRole('alert')).textContent).toContain('You may not do this');
  });
});

describe('overview', () => {
  it('counts, and links every count to what it is made of', async () => {
    portal.api.answer('listDeadLetters', { items: [], nextCursor: 'more' });
    await portal.open(<OverviewPage />, 'Overview');
    expect((await screen.findByRole('link', { name: '2' })).getAttribute('href')).toBe('/clients');
    await waitFor(() => expect(href('1')).toBe('/flows'));
    expect((await screen.findByRole('link', { name: '0+' })).getAttribute('href')).toBe(
      '/dead-letters',
    );
    expect(href('1', 1)).toBe('/executions?status=running');
    expect(screen.getByText('39,252 seconds of voice')).toBeTruthy();
    expect(href('$49.92')).toBe('/usage');
  });

  it('counts only dead letters that nobody replayed', async () => {
    await portal.open(<OverviewPage />, 'Overview');
    await waitFor(() => {
      const links = screen.getAllByRole('link', { name: '1' });
      expect(links.map((link) => link.getAttribute('href'))).toEqual([
        '/flows',
        '/executions?status=running',
        '/dead-letters',
      ]);
    });
  });
});
