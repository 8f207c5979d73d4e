import type { FlowDocument } from '@maxai/contracts/flows/flow-document';
import { watched } from './provider-mix.ts';

/** Whose call's first step hangs at the provider until the worker that runs it is gone. */
export const hangingAgent = 'agent_hangs';
export const threeSteps = 'Three steps';
export const hanging = 'Hangs';

const send = (key: string) => ({
  key,
  action: 'messaging.send' as const,
  input: { to: '= event.subject.phone', body: "= 'Thank you, about ' & event.externalId" },
});

/** What the agency of the measurement has switched on: three steps after a call, one after anything else. */
export const benchFlows: Readonly<Record<string, FlowDocument>> = {
  [threeSteps]: {
    version: 1,
    trigger: { event: 'call.ended', filter: `event.data.agentId = '${watched.agentId}'` },
    steps: [
      {
        key: 'summary',
        action: 'llm.complete',
        input: {
          model: 'openai/gpt-4.1-mini',
          system: 'Sum the call up in one sentence.',
          prompt: '= event.data.transcript',
          maxTokens: 200,
        },
      },
      {
        key: 'contact',
        action: 'crm.upsertContact',
        input: { phone: '= event.subject.phone', source: 'MaxAI', tags: ['caller'] },
      },
      send('confirm'),
    ],
  },
  'Answer a message': {
    version: 1,
    trigger: { event: 'message.received', filter: `event.data.body = '${watched.text}'` },
    steps: [send('answer')],
  },
  'Welcome a contact': {
    version: 1,
    trigger: { event: 'contact.created', filter: `event.data.source = '${watched.source}'` },
    steps: [send('welcome')],
  },
  'Thank for a payment': {
    version: 1,
    trigger: { event: 'invoice.paid', filter: `event.subject.email = '${watched.email}'` },
    steps: [send('thank')],
  },
  [hanging]: {
    version: 1,
    trigger: { event: 'call.ended', filter: `event.data.agentId = '${hangingAgent}'` },
    steps: [
      {
        key: 'contact',
        action: 'crm.upsertContact',
        input: {
          // The stand-in does not answer the first time it reads this.
          email: "= 'fault-timeout-1-' & event.externalId & '@agency.example'",
          phone: '= event.subject.phone',
        },
        timeoutMs: 60_000,
      },
    ],
  },
};
