import { queues } from '@maxai/contracts/jobs/queues';
import { createProducer, createQueueConnection, type QueueConnection } from '@maxai/runtime/queue';
import { jobContextOf } from '@maxai/runtime/telemetry';
import { mintTenantId, testRedis } from '@maxai/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitingKey } from '../src/render/kubernetes/queue-scaling.ts';

let connection: QueueConnection;

beforeAll(async () => {
  connection = await createQueueConnection({ url: (await testRedis()).url });
});

afterAll(() => connection.close());

describe.each(queues)('the scaler of $name', (definition) => {
  it('looks at the list in which jobs of the real queue wait, and nowhere else do they wait [R30]', async () => {
    const producer = createProducer(connection, definition);
    // Nobody reads the job here, so it needs no contents but what every job carries.
    const payload = { context: jobContextOf(mintTenantId(), null) } as never;
    await producer.add([
      { id: 'one', payload },
      { id: 'two', payload },
    ]);
    const { producing } = connection;
    expect(await producing.llen(waitingKey(definition.name))).toBe(2);
    expect(await producing.exists(`bull:${definition.name}:prioritized`)).toBe(0);
    await producer.close();
  });
});
