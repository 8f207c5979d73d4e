import type { EventType } from '@maxai/contracts/events/canonical-event';
import { moneyFromNumber } from '@maxai/kernel/money';
import { numberAt, recordAt, textAt, withoutBlanks, type JsonRecord } from '../json-reading.ts';
import type { MeteredUsage } from '../ports.ts';
import type { CanonicalFacts, Delivery } from './to-canonical.ts';

const eventTypes: Readonly<Record<string, EventType>> = {
  call_started: 'call.started',
  call_ended: 'call.ended',
  call_analyzed: 'call.analyzed',
};

/** Which field says when each event happened; an analysis is as old as its delivery. */
const timeFields: Readonly<Record<string, string>> = {
  call_started: 'start_timestamp',
  call_ended: 'end_timestamp',
};

function durationSeconds(call: JsonRecord): number {
  const billed = numberAt(recordAt(call, 'call_cost'), 'total_duration_seconds');
  return Math.ceil(billed ?? (numberAt(call, 'duration_ms') ?? 0) / 1000);
}

/** Charged once, on `call_ended`: `call_analyzed` repeats the same cost. `combined_cost` is in US cents. */
function callUsage(type: string, call: JsonRecord): readonly MeteredUsage[] {
  const quantity = durationSeconds(call);
  if (type !== 'call_ended' || quantity === 0) return [];
  const cents = numberAt(recordAt(call, 'call_cost'), 'combined_cost') ?? 0;
  return [
    {
      meter: 'voice.seconds',
      quantity,
      cost: moneyFromNumber('USD', cents, 100),
      externalId: textAt(call, 'call_id'),
      agentExternalId: textAt(call, 'agent_id') || null,
    },
  ];
}

export function retellToCanonical({ type, payload, receivedAt }: Delivery): CanonicalFacts {
  const call = recordAt(payload, 'call');
  const analysis = recordAt(call, 'call_analysis');
  const happenedAtMs = numberAt(call, timeFields[type] ?? '');
  const inbound = textAt(call, 'direction') === 'inbound';
  return {
    type: eventTypes[type] ?? 'other',
    externalId: textAt(call, 'call_id') || textAt(recordAt(payload, 'chat'), 'chat_id'),
    occurredAt: happenedAtMs === undefined ? receivedAt : new Date(happenedAtMs).toISOString(),
    subject: withoutBlanks({ phone: textAt(call, inbound ? 'from_number' : 'to_number') }),
    data: {
      agentId: textAt(call, 'agent_id'),
      direction: textAt(call, 'direction'),
      from: textAt(call, 'from_number'),
      to: textAt(call, 'to_number'),
      durationSeconds: durationSeconds(call),
      disconnectionReason: textAt(call, 'disconnection_reason'),
      transcript: textAt(call, 'transcript'),
      recordingUrl: textAt(call, 'recording_url'),
      summary: textAt(analysis, 'call_summary'),
      sentiment: textAt(analysis, 'user_sentiment'),
      successful: analysis['call_successful'] === true,
      analysis: recordAt(analysis, 'custom_analysis_data'),
      variables: recordAt(call, 'collected_dynamic_variables'),
      metadata: recordAt(call, 'metadata'),
    },
    usage: callUsage(type, call),
  };
}
