import { ids } from '@maxai/api-client/testing/fixtures';
import { screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import ApiKeysPage from '../src/app/(portal)/api-keys/page.tsx';
import AuditPage from '../src/app/(portal)/audit/page.tsx';
import BillingPage from '../src/app/(portal)/billing/page.tsx';
import ClientPage from '../src/app/(portal)/clients/[clientId]/page.tsx';
import ClientsPage from '../src/app/(portal)/clients/page.tsx';
import ConnectionsPage from '../src/app/(portal)/connections/page.tsx';
import DeadLettersPage from '../src/app/(portal)/dead-letters/page.tsx';
import EventsPage from '../src/app/(portal)/events/page.tsx';
import ExecutionsPage from '../src/app/(portal)/executions/page.tsx';
import FlowsPage from '../src/app/(portal)/flows/page.tsx';
import MessagesPage from '../src/app/(portal)/messages/page.tsx';
import PromptsPage from '../src/app/(portal)/prompts/page.tsx';
import TeamPage from '../src/app/(portal)/team/page.tsx';
import UsagePage from '../src/app/(portal)/usage/page.tsx';
import { usePortal, withParams, withSearch } from './portal.tsx';

const portal = usePortal();

it.each([
  ['API keys', () => <ApiKeysPage />, /^Website,mxk_4f2a,operator,active,/],
  [
    'Audit events',
    () => <AuditPage />,
    /^client\.create,cli_\w+,user usr_\w+,cli_\w+,.*,(ab){32}$/,
  ],
  ['Subscriptions', () => <BillingPage />, /^Receptionist Pro,cli_\w+,active,cus_Q1,/],
  ['Ledger', () => <BillingPage />, /^Invoice paid,in_1,cli_\w+,stripe 209\.30; revenue -209\.30,/],
  ['AI employees', () => ClientPage(withParams({ clientId: ids.client })), /^Mia,voice,agent_51,/],
  ['Clients', () => <ClientsPage />, /^Bright Smiles Dental,America\/New_York,/],
  [
    'Connections',
    () => <ConnectionsPage />,
    /^Main line,retell,cli_\w+,active,http.*\/webhooks\/retell\/con_\w+,agentId agent_51$/,
  ],
  ['Dead letters', () => <DeadLettersPage />, /^provider_failed.*,execution,exe_\w+,8,.*Z,$/],
  [
    'Events',
    () => EventsPage(withSearch({})),
    /^call\.ended,Ada Lovelace,retell,cli_\w+,call_7f3a91,.*Z$/,
  ],
  [
    'Executions',
    () => ExecutionsPage(withSearch({})),
    /^Follow up after a call,succeeded,call\.ended,cli_\w+,2\.4 s,.*Z$/,
  ],
  ['Flows', () => <FlowsPage />, /^Follow up after a call,active,call\.ended,2,cli_\w+,.*Z$/],
  [
    'Sent messages',
    () => <MessagesPage />,
    /^'\+15550100,"Thanks for calling, Ada! .*",done,cli_\w+,.*Z$/,
  ],
  ['Prompts', () => <PromptsPage />, /^Receptionist,2,1,cli_\w+,.*Z$/],
  ['People', () => <TeamPage />, /^Olivia Owner,olivia@northstar\.agency,owner,,mem_\w+$/],
  [
    'Usage lines',
    () => UsagePage(withSearch({})),
    /^73 seconds of voice,0\.085167,retell,cli_\w+,call_7f3a91,.*Z$/,
  ],
] as const)('exports %s with what is shown', async (label, page, firstRow) => {
  const blobs: Blob[] = [];
  vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
    // The table makes files of text only.
    blobs.push(blob as Blob);
    return 'blob:x';
  });
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined);
  await portal.open(page(), /./);
  const list = screen.getByRole('region', { name: label });
  const button = within(list).getByRole('button', { name: 'Export CSV' });
  await waitFor(() => expect(button).toHaveProperty('disabled', false));
  await userEvent.click(button);
  const text = await blobs[0]?.text();
  expect(text?.split('\r\n')[1]).toMatch(firstRow);
});
