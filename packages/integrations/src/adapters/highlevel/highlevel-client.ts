import type { Fetch } from '../../call-provider.ts';
import { isRecord, parseJson, type JsonRecord } from '../../json-reading.ts';

/** One version family for every path used here; HighLevel refuses requests without the header. */
const apiVersion = '2021-07-28';

export type HighlevelClient = {
  readonly post: (path: string, body: JsonRecord) => Promise<JsonRecord>;
};

export function createHighlevelClient(
  fetch: Fetch,
  baseUrl: string,
  accessToken: string,
): HighlevelClient {
  return {
    async post(path, body) {
      const response = await fetch(`${baseUrl}${path}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${accessToken}`,
          version: apiVersion,
          'content-type': 'application/json',
          accept: 'application/json',
        },
        body: JSON.stringify(body),
      });
      const answer = parseJson(await response.text());
      return isRecord(answer) ? answer : {};
    },
  };
}
