import type { FlowDocument, FlowStep } from '@maxai/contracts/flows/flow-document';

const model = 'openai/gpt-4.1-mini';

function complete(key: string, system: string, prompt: string): FlowStep {
  return {
    key,
    action: 'llm.complete',
    input: { model, system, prompt, maxTokens: 200 },
    timeoutMs: 20_000,
  };
}

function upsertContact(tag: string): FlowStep {
  return {
    key: 'contact',
    action: 'crm.upsertContact',
    input: {
      phone: '=event.subject.phone',
      email: '=event.subject.email',
      name: '=event.subject.name',
      source: 'MaxAI',
      tags: [tag],
    },
  };
}

function send(body: string): FlowStep {
  return { key: 'sms', action: 'messaging.send', input: { to: '=event.subject.phone', body } };
}

const tomorrow = '$floor($toMillis(event.occurredAt) / 3600000) * 3600000 + 86400000';

/** What the demo client's AI employees do, by the name of the flow. */
export const demoFlows = {
  'After a call': {
    version: 1,
    description: 'Sum the call up, keep the caller, book the visit, confirm by SMS.',
    trigger: { event: 'call.analyzed', filter: 'event.data.successful = true' },
    steps: [
      complete(
        'summary',
        'Sum up the call for the front desk in one sentence.',
        '="Summary: " & event.data.summary & "\nTranscript: " & event.data.transcript',
      ),
      upsertContact('caller'),
      {
        key: 'booking',
        action: 'calendar.book',
        input: {
          start: `=$fromMillis(${tomorrow})`,
          end: `=$fromMillis(${tomorrow} + 1800000)`,
          timeZone: 'America/New_York',
          title: '="Check-up for " & event.subject.phone',
          description: '=steps.summary.output.text',
        },
      },
      send(
        '="Thank you for calling Bright Smiles Dental. Your check-up is booked for " & $fromMillis($toMillis(steps.booking.output.start), "[MNn] [D1] at [H01]:[m01] UTC") & "."',
      ),
    ],
  },
  'Answer a message': {
    version: 1,
    description: 'Answer an inbound SMS and keep who wrote it.',
    trigger: { event: 'message.received', filter: 'event.data.optOutType = ""' },
    steps: [
      complete(
        'reply',
        'You are the receptionist of Bright Smiles Dental. Answer in one friendly SMS.',
        '=event.data.body',
      ),
      upsertContact('texted'),
      send('=$substring(steps.reply.output.text, 0, 640)'),
    ],
  },
  'Welcome a contact': {
    version: 1,
    description: 'Greet a new contact of the CRM.',
    trigger: { event: 'contact.created' },
    steps: [
      complete(
        'welcome',
        'Write one friendly SMS that welcomes a new patient of Bright Smiles Dental.',
        '="A new patient: " & $string(event.subject.name)',
      ),
      upsertContact('welcomed'),
      send('=$substring(steps.welcome.output.text, 0, 640)'),
    ],
  },
  'Thank for a payment': {
    version: 1,
    description: 'Mark who paid and say thank you.',
    trigger: { event: 'invoice.paid' },
    steps: [
      upsertContact('paid'),
      {
        ...send(
          '="Thank you! We received your payment of " & event.data.amountPaid.amount & " " & event.data.amountPaid.currency & "."',
        ),
        when: '$exists(event.subject.phone)',
      },
    ],
  },
} as const satisfies Record<string, FlowDocument>;

export type DemoFlowName = keyof typeof demoFlows;

export const demoPrompt = {
  name: 'Receptionist',
  template: `# {{businessName}} receptionist

You are {{agentName}}, who answers the phone of {{businessName}}.

1. Greet the caller and ask how you can help.
2. For a visit: ask for the reason and a day that suits, then offer a time within {{openingHours}}.
3. Repeat what was agreed and say that an SMS confirms it.

Never give medical advice. In an emergency, tell the caller to hang up and dial 911.
`,
} as const;

const dollars = (amount: string) => ({ currency: 'USD', amount });

export const demoPlan = {
  name: 'Receptionist',
  basePrice: dollars('297.00'),
  meters: [
    { meter: 'voice.seconds' as const, included: 600, overage: dollars('0.004') },
    { meter: 'sms.segments' as const, included: 5, overage: dollars('0.03') },
    { meter: 'llm.input_tokens' as const, included: 1000, overage: dollars('0.000002') },
    { meter: 'llm.output_tokens' as const, included: 1000, overage: dollars('0.000008') },
  ],
};
