import { AppError } from '@maxai/kernel/errors';

/** An IANA time zone this runtime knows. */
export function requireTimeZone(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch (cause) {
    const detail = 'timeZone must be an IANA name such as Europe/Amsterdam';
    throw new AppError('invalid_request', {
      errors: [{ pointer: 'body/timeZone', detail }],
      cause,
    });
  }
}
