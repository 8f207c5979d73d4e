import { merge, type JsonObject } from '../json-body.ts';
import { providerId } from '../provider-id.ts';

export type RetellEvent = 'call_started' | 'call_ended' | 'call_analyzed';

const unitPrices = [
  { product: 'elevenlabs_tts', unit_price: 0.1166667 },
  { product: 'gpt_4_1', unit_price: 0.075 },
  { product: 'us_telephony', unit_price: 0.025 },
];

/** What Retell charges for a call: cents, as floating-point numbers, per second of it. */
export function retellCallCost(durationSeconds: number): JsonObject {
  const products = unitPrices.map(({ product, unit_price }) => ({
    product,
    unit_price,
    cost: Number((unit_price * durationSeconds).toFixed(4)),
    is_transfer_leg_cost: false,
  }));
  return {
    product_costs: products,
    total_duration_seconds: durationSeconds,
    total_duration_unit_price: 0.2166667,
    combined_cost: Number(products.reduce((sum, entry) => sum + entry.cost, 0).toFixed(4)),
  };
}

function endedCall(nowMs: number, durationMs: number): JsonObject {
  return {
    call_status: 'ended',
    end_timestamp: nowMs,
    duration_ms: durationMs,
    disconnection_reason: 'user_hangup',
    transcript:
      'Agent: Harbor Dental, this is Mia. How can I help?\nUser: I would like a check-up next week.\nAgent: Tuesday at ten is free. Shall I book it?\nUser: Yes please.',
    transcript_object: [],
    recording_url: 'https://recordings.example/call.wav',
    call_cost: retellCallCost(Math.ceil(durationMs / 1000)),
  };
}

const callAnalysis = {
  call_summary: 'The caller asked for a check-up next week and accepted Tuesday at ten.',
  user_sentiment: 'Positive',
  call_successful: true,
  in_voicemail: false,
  custom_analysis_data: {},
};

/** A Retell webhook body, `{ event, call }`. `call` is laid over the built one; costs follow `duration_ms`. */
export function buildRetellEvent(input: {
  event: RetellEvent;
  nowMs: number;
  call?: JsonObject;
}): JsonObject & { call: JsonObject } {
  const patch = input.call ?? {};
  const durationMs = Number(patch['duration_ms'] ?? 92_400);
  const started = {
    call_id: providerId('call_', 'hex', 27),
    call_type: 'phone_call',
    agent_id: 'agent_harbor_receptionist',
    agent_version: 1,
    call_status: 'ongoing',
    direction: 'inbound',
    from_number: '+12137771234',
    to_number: '+12137771235',
    start_timestamp: input.nowMs - durationMs,
  };
  const ended = input.event === 'call_started' ? {} : endedCall(input.nowMs, durationMs);
  const analyzed = input.event === 'call_analyzed' ? { call_analysis: callAnalysis } : {};
  return { event: input.event, call: merge({ ...started, ...ended, ...analyzed }, patch) };
}
