import { providerId } from '../provider-id.ts';

type Overrides = Readonly<Record<string, string>>;

/** An inbound SMS as Twilio posts it; overrides win, so a redelivery can repeat its `MessageSid`. */
export function buildTwilioInbound(overrides: Overrides = {}): URLSearchParams {
  const sid = overrides['MessageSid'] ?? providerId('SM', 'hex', 32);
  return new URLSearchParams({
    ToCountry: 'US',
    ToState: 'CA',
    SmsMessageSid: sid,
    NumMedia: '0',
    ToCity: '',
    FromZip: '90012',
    SmsSid: sid,
    FromState: 'CA',
    SmsStatus: 'received',
    FromCity: 'LOS ANGELES',
    Body: 'Hi, can I book a check-up for next Tuesday?',
    FromCountry: 'US',
    To: '+15550001111',
    ToZip: '',
    NumSegments: '1',
    MessageSid: sid,
    AccountSid: 'AC00000000000000000000000000000001',
    From: '+15550002222',
    ApiVersion: '2010-04-01',
    ...overrides,
  });
}

/** A status callback; `ErrorCode` belongs to `failed` and `undelivered` only. */
export function buildTwilioStatus(overrides: Overrides = {}): URLSearchParams {
  const sid = overrides['MessageSid'] ?? providerId('SM', 'hex', 32);
  const status = overrides['MessageStatus'] ?? 'delivered';
  return new URLSearchParams({
    SmsSid: sid,
    SmsStatus: status,
    MessageStatus: status,
    To: '+15550002222',
    MessageSid: sid,
    AccountSid: 'AC00000000000000000000000000000001',
    From: '+15550001111',
    ApiVersion: '2010-04-01',
    ...(['failed', 'undelivered'].includes(status) ? { ErrorCode: '30007' } : {}),
    ...overrides,
  });
}
