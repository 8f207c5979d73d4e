import { ProviderAnswer } from '../http/provider-answer.ts';
import { asText, type JsonObject } from '../json-body.ts';

export type TwilioMessage = {
  readonly sid: string;
  readonly accountSid: string;
  readonly direction: 'inbound' | 'outbound-api';
  readonly to: string;
  readonly from: string;
  readonly body: string;
  readonly createdAt: Date;
  readonly segments: number;
};

/** US dollars a segment, long code, to and from the United States. */
export const segmentPriceUsd = 0.0083;

export function twilioError(status: number, code: number, message: string): ProviderAnswer {
  const more = `https://www.twilio.com/docs/errors/${code}`;
  return new ProviderAnswer(status, { code, message, more_info: more, status });
}

/** Twilio's own magic numbers, by recipient. */
const refusedRecipients: Record<string, readonly [code: number, message: string]> = {
  '+15005550001': [21211, "The 'To' number +15005550001 is not a valid phone number."],
  '+15005550002': [21612, "The 'To' phone number +15005550002 is not currently reachable."],
  '+15005550003': [21408, 'Permission to send an SMS has not been enabled for the region.'],
  '+15005550004': [21610, 'Attempt to send to unsubscribed recipient'],
  '+15005550009': [21614, "'To' number +15005550009 is not a valid mobile number"],
};

/** Throws what Twilio answers to a message it will not take. */
export function checkMessage(form: JsonObject): void {
  const text = (name: string) => asText(form[name]) ?? '';
  if (text('To') === '') throw twilioError(400, 21604, "A 'To' phone number is required.");
  if (text('From') + text('MessagingServiceSid') === '') {
    throw twilioError(400, 21603, "A 'From' phone number is required.");
  }
  if (text('Body') + text('MediaUrl') + text('ContentSid') === '') {
    throw twilioError(400, 21602, 'Message body is required.');
  }
  if (text('Body').length > 1600) {
    throw twilioError(400, 21617, 'The concatenated message body exceeds the 1600 character limit');
  }
  if (!/^\+[1-9]\d{6,14}$/.test(text('To'))) {
    throw twilioError(400, 21211, `The 'To' number ${text('To')} is not a valid phone number.`);
  }
  const refused = refusedRecipients[text('To')];
  if (refused) throw twilioError(400, ...refused);
}
