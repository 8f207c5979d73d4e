import type { RequestClient } from 'twilio';
import type { Fetch } from '../../call-provider.ts';

const sdkOrigin = 'https://api.twilio.com';

function encode(fields: object): string {
  const pairs = Object.entries(fields).flatMap(([key, value]) =>
    [value].flat().map((item): [string, string] => [key, String(item)]),
  );
  return new URLSearchParams(pairs).toString();
}

/** Twilio's SDK over `fetch`, at another base URL: its own client is bound to axios and to Twilio's hosts. */
export function createTwilioHttpClient(
  fetch: Fetch,
  baseUrl: string,
): Pick<RequestClient, 'request'> {
  return {
    async request({ method, uri, username, password, headers, params, data }) {
      const query = params === undefined ? '' : `?${encode(params)}`;
      const response = await fetch(`${baseUrl}${uri.slice(sdkOrigin.length)}${query}`, {
        method,
        headers: {
          ...headers,
          authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
        },
        ...(typeof data === 'object' && data !== null ? { body: encode(data) } : {}),
      });
      // The SDK parses the text itself; its type speaks of the parsed body.
      const body = (await response.text()) as never;
      return { statusCode: response.status, headers: response.headers, body };
    },
  };
}
