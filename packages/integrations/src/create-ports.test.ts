import { expect, test } from 'vitest';
import { baseUrlsAt, connectionFor } from '../tests/support/connections.ts';
import { createPort } from './create-ports.ts';

const environment = { baseUrls: baseUrlsAt('http://127.0.0.1:1') };

test('a port the provider does not have is refused, naming the one that has it', () => {
  expect(() => createPort('messaging', connectionFor('voice'), environment)).toThrow(
    expect.objectContaining({
      code: 'conflict',
      detail: 'a retell connection has no messaging port: use a twilio connection',
    }),
  );
});

test('a missing credential is named, and none is shown', () => {
  const connection = { ...connectionFor('crm'), credentials: { other: 'secret' } };
  expect(() => createPort('crm', connection, environment)).toThrow(
    expect.objectContaining({
      code: 'conflict',
      detail:
        'the highlevel connection has no credentials.accessToken: connect it again with that field',
    }),
  );
});
