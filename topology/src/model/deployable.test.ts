import { describe, expect, it } from 'vitest';
import { platform } from '../platform.ts';
import {
  defineService,
  defineWorker,
  environmentPrefix,
  secret,
  type Service,
  type Settings,
  type Worker,
} from './index.ts';

function find<N extends Service['name']>(name: N): Extract<Service, { name: N }> {
  // The platform's own test proves that every service is wired.
  return platform.services.find((service) => service.name === name) as Extract<
    Service,
    { name: N }
  >;
}

const worker = platform.workers[0] as Extract<Worker, { service: 'orchestrator' }>;

describe('a declaration that is wrong does not compile', () => {
  it('calls a service that does not exist', () => {
    // @ts-expect-error: 'ima' is no service
    expect(defineService({ ...find('payments'), calls: ['ima'] }).calls).toEqual(['ima']);
  });

  it('calls itself', () => {
    // @ts-expect-error: a service does not call itself
    expect(defineService({ ...find('payments'), calls: ['payments'] }).name).toBe('payments');
  });

  it("owns another service's schema", () => {
    const database = { schema: 'iam', poolMax: 1 } as const;
    // @ts-expect-error: payments owns the schema payments
    expect(defineService({ ...find('payments'), database }).database).toBe(database);
  });

  it('writes a queue that the contracts do not define', () => {
    // @ts-expect-error: the queue is called payment-events
    expect(defineService({ ...find('payments'), produces: ['payment-event'] }).kind).toBe(
      'service',
    );
  });

  it('reads no queue at all as a worker', () => {
    // @ts-expect-error: a worker consumes at least one queue
    expect(defineWorker({ ...worker, consumes: [] }).kind).toBe('worker');
  });

  it('names a setting in lower case or a secret that is not declared', () => {
    const setting = secret('iam-app-password');
    // @ts-expect-error: variables are upper case
    const settings: Settings = { ttl: setting };
    expect(settings).toEqual({ ttl: setting });
    // @ts-expect-error: there is no such secret
    expect(secret('iam-password')).toEqual({ kind: 'secret', name: 'iam-password' });
  });
});

describe('the prefix of a process', () => {
  it('is the name of its service in upper snake case', () => {
    expect(environmentPrefix('webhook-ingress')).toBe('WEBHOOK_INGRESS');
    expect(environmentPrefix('billing-usage-worker')).toBe('BILLING_USAGE');
  });
});
