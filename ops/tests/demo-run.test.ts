import { newId } from '@maxai/kernel/ids';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reportDemo } from '../src/commands/demo/report-demo.ts';
import { runDemo } from '../src/commands/demo/run-demo.ts';
import { startDemoStandIn, type DemoStandIn, type Made } from './fixtures/demo-stand-in.ts';

let standIn: DemoStandIn;
beforeEach(async () => {
  standIn = await startDemoStandIn();
});
afterEach(() => standIn.close());

const run = () => runDemo(standIn.context, standIn.runId);
const analyzed = (change: (made: Made) => void) => {
  standIn.onMade = (made) => {
    if (made.story.eventType === 'call.analyzed') change(made);
  };
};
const mutable = (value: object) => value as Record<string, unknown>;

describe('the demo', () => {
  it('names every hop of every story with its id', async () => {
    await run();
    const names = standIn.hops.map(({ hop }) => hop);
    expect(names.filter((name) => name === 'delivery stored')).toHaveLength(5);
    expect(names.filter((name) => name === 'duplicate changes nothing')).toHaveLength(5);
    expect(names.filter((name) => name === 'flow matched, execution')).toHaveLength(4);
    expect(names).toContain('ledger entry');
    expect(names).toContain('rollup voice.seconds');
    expect(names.at(-1)).toBe('invoice preview');
    expect(standIn.hops.every(({ id }) => id !== '')).toBe(true);
    expect([...standIn.made.values()].map(({ deliveries }) => deliveries)).toEqual([2, 2, 2, 2, 2]);
  });

  it('needs a connection of the provider', async () => {
    const demo = { ...standIn.context.demo, connections: [] };
    await expect(runDemo({ ...standIn.context, demo }, standIn.runId)).rejects.toThrow(
      'no retell connection',
    );
  });

  it.each([
    ['is refused', { status: 401 }, 'answered 401'],
    ['answers no id', { status: 200 }, 'no id answered'],
  ])('stops at a webhook that %s', async (_, acknowledged, reason) => {
    standIn.acknowledge = () => acknowledged;
    await expect(run()).rejects.toThrow(`Retell call_ended: delivery stored is missing: ${reason}`);
  });

  it('stops when nobody takes the webhook', async () => {
    const url = 'http://127.0.0.1:1';
    await expect(runDemo({ ...standIn.context, url }, standIn.runId)).rejects.toThrow(
      'did not answer',
    );
  });

  it('waits for the event no longer than its limit', async () => {
    standIn.api.answer('listEvents', { items: [], nextCursor: null });
    await expect(run()).rejects.toThrow('canonical event is missing: nothing within 0.15 s');
  });

  it.each<[string, (made: Made) => void, string]>([
    ['another kind of event', ({ event }) => (mutable(event)['type'] = 'other'), 'it is other'],
    ['no execution', ({ event }) => (mutable(event)['executions'] = []), 'flow matched is missing'],
    [
      'an execution that does not finish',
      ({ execution }) => (mutable(execution)['finishedAt'] = null),
      'execution finished is missing',
    ],
    [
      'a step that failed',
      ({ execution }) =>
        Object.assign(execution.steps[1]!, { status: 'failed', error: 'it answered 500' }),
      'step crm.upsertContact is missing: failed: it answered 500',
    ],
    [
      'a step that never ran',
      ({ execution }) => execution.steps.pop(),
      'step messaging.send is missing: it never ran',
    ],
    [
      'an effect in doubt',
      ({ execution }) => (mutable(execution.effects[0]!)['status'] = 'attempting'),
      'effect of summary is missing: attempting',
    ],
    [
      'an effect without the provider’s id',
      ({ execution }) => (mutable(execution.effects[0]!)['externalId'] = null),
      'effect of summary is missing: done',
    ],
    ['no effect', ({ execution }) => execution.effects.shift(), 'effect of summary is missing'],
    ['usage that is not complete', ({ usage }) => usage.pop(), 'usage is missing'],
  ])('stops at %s', async (_, change, reason) => {
    analyzed(change);
    await expect(run()).rejects.toThrow(reason);
    expect(standIn.hops.at(-1)?.story).toBe('Retell call_analyzed');
  });

  it('stops when the payment is not in the ledger', async () => {
    standIn.api.answer('listLedgerEntries', { items: [], nextCursor: null });
    await expect(run()).rejects.toThrow('Stripe invoice.paid: ledger entry is missing');
  });

  it('stops when the usage is not rolled up', async () => {
    standIn.api.answer('getUsageSummary', { items: [] });
    await expect(run()).rejects.toThrow('rollup voice.seconds is missing');
  });
});

describe('a duplicate', () => {
  const onSecond = (act: (made: Made) => string | undefined) => {
    standIn.acknowledge = (whe, seen) => {
      const id = seen === 2 ? act(standIn.made.get(whe)!) : undefined;
      return { status: 200, id: id ?? whe };
    };
  };

  it('may not be stored as another delivery', async () => {
    onSecond(() => newId('webhookEvent'));
    await expect(run()).rejects.toThrow('it was stored as whe_');
  });

  it('may not become a second event', async () => {
    onSecond((made) => {
      standIn.made.set('twin', { ...made, event: { ...made.event, id: newId('event') } });
      return undefined;
    });
    await expect(run()).rejects.toThrow('duplicate changes nothing is missing: 2 events');
  });

  it('may not add usage', async () => {
    onSecond(({ usage }) => {
      usage.push({ ...usage[0]!, id: newId('usageEvent') });
      return undefined;
    });
    await expect(run()).rejects.toThrow('more executions, effects or usage lines');
  });

  it('may not send a second SMS', async () => {
    const { messages } = standIn.sandbox.state.twilio;
    onSecond(({ story }) => {
      for (const sid of ['SM1', 'SM2']) {
        messages.add(sid, {
          sid,
          to: String(story.phone),
          from: '+15550001111',
          body: 'twice',
          accountSid: 'AC1',
          direction: 'outbound-api',
          createdAt: new Date(),
          segments: 1,
        });
      }
      return undefined;
    });
    await expect(run()).rejects.toThrow('2 SMS to +16462');
  });
});

describe('the report', () => {
  const hop = { story: 'A story', hop: 'a hop', id: 'evt_1', detail: 'more' };

  async function report(json: boolean, act: () => Promise<void>) {
    const lines: string[] = [];
    const print = (line: string) => void lines.push(line);
    const code = await reportDemo({ json, print }, async (tell) => {
      tell(hop);
      await act();
    });
    return { code, lines };
  }
  const fail = () => runDemo({ ...standIn.context, limitMs: 1 }, standIn.runId);

  it('is one line a hop', async () => {
    const { code, lines } = await report(false, () => Promise.resolve());
    expect(code).toBe(0);
    expect(lines[0]).toMatch(/^ok {2}A story +a hop +evt_1 +more$/);
    expect(lines.at(-1)).toContain('1 in all');
  });

  it('is one JSON object for programs', async () => {
    const { code, lines } = await report(true, () => Promise.resolve());
    expect(code).toBe(0);
    expect(JSON.parse(lines.join())).toEqual({ ok: true, hops: [hop] });
  });

  it('names the first missing hop and fails', async () => {
    standIn.acknowledge = () => ({ status: 503 });
    const text = await report(false, fail);
    expect(text.code).toBe(1);
    expect(text.lines.at(-1)).toContain('FAILED  Retell call_ended: delivery stored is missing');
    const json = await report(true, fail);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.lines.join())).toMatchObject({
      ok: false,
      missing: { story: 'Retell call_ended', hop: 'delivery stored' },
      hops: [hop],
    });
  });

  it('does not hide what is no missing hop', async () => {
    await expect(report(false, () => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug');
  });
});
