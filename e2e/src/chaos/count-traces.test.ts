import { createSandbox } from '@maxai/sandbox';
import { expect, it } from 'vitest';
import { readMessages } from './count-traces.ts';

it('counts what was sent by its subject, and nothing that came in', async () => {
  const sandbox = await createSandbox();
  const message = {
    accountSid: 'AC1',
    to: '+12135550100',
    from: '+15550001111',
    segments: 1,
    createdAt: new Date(),
  };
  const send = (sid: string, direction: 'outbound-api' | 'inbound', body: string) =>
    sandbox.state.twilio.messages.add(sid, { ...message, sid, direction, body });
  send('SM1', 'outbound-api', 'Thank you, about call_1');
  send('SM2', 'outbound-api', 'Thank you, about call_1');
  send('SM3', 'outbound-api', 'Thank you, about call_2');
  send('SM4', 'inbound', 'Tell me about call_2');
  expect(await readMessages(sandbox.url)).toEqual({ call_1: 2, call_2: 1 });
  await sandbox.close();
});
