import { providerContext, requiredField, type AdapterConfig } from '../../adapter-config.ts';
import { callProvider, unreadable, type ProviderContext } from '../../call-provider.ts';
import { recordAt, textAt, type JsonRecord } from '../../json-reading.ts';
import type { CallOptions, CrmPort } from '../../ports.ts';
import { createHighlevelClient, type HighlevelClient } from './highlevel-client.ts';

function contactIdOf(context: ProviderContext, answer: JsonRecord): string {
  const contactId = textAt(recordAt(answer, 'contact'), 'id');
  if (contactId === '') throw unreadable(context, 'no contact id', true);
  return contactId;
}

/** HighLevel behind `CrmPort`. Needs `account.locationId` and `credentials.accessToken`. */
export function createHighlevelCrm(config: AdapterConfig): CrmPort {
  const locationId = requiredField('highlevel', config, 'account', 'locationId');
  const accessToken = requiredField('highlevel', config, 'credentials', 'accessToken');
  const context = providerContext('highlevel', config);

  const call = <T>(options: CallOptions, run: (client: HighlevelClient) => Promise<T>) =>
    callProvider(context, { ...options, repeatable: true }, (fetch) =>
      run(createHighlevelClient(fetch, config.baseUrl, accessToken)),
    );

  /** The upsert itself would replace the contact's tags. */
  const postTags = (client: HighlevelClient, contactId: string, tags: readonly string[]) =>
    client.post(`/contacts/${encodeURIComponent(contactId)}/tags`, { tags });

  return {
    upsertContact: ({ tags = [], ...fields }, options) =>
      call(options, async (client) => {
        const answer = await client.post('/contacts/upsert', { locationId, ...fields });
        const contactId = contactIdOf(context, answer);
        if (tags.length > 0) await postTags(client, contactId, tags);
        return {
          externalId: contactId,
          output: { contactId, created: answer['new'] === true },
          usage: [],
        };
      }),

    addTags: ({ contactId, tags }, options) =>
      call(options, async (client) => {
        await postTags(client, contactId, tags);
        return { externalId: contactId, output: { contactId }, usage: [] };
      }),
  };
}
