import { refuse } from '@maxai/api-client/testing';
import { draftFlow, ids } from '@maxai/api-client/testing/fixtures';
import { screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import ApiKeysPage from '../src/app/(portal)/api-keys/page.tsx';
import AuditPage from '../src/app/(portal)/audit/page.tsx';
import InvoicePage from '../src/app/(portal)/billing/[subscriptionId]/page.tsx';
import BillingPage from '../src/app/(portal)/billing/page.tsx';
import ClientPage from '../src/app/(portal)/clients/[clientId]/page.tsx';
import ClientsPage from '../src/app/(portal)/clients/page.tsx';
import ConnectionsPage from '../src/app/(portal)/connections/page.tsx';
import FlowPage from '../src/app/(portal)/flows/[flowId]/page.tsx';
import FlowsPage from '../src/app/(portal)/flows/page.tsx';
import PromptPage from '../src/app/(portal)/prompts/[promptId]/page.tsx';
import NewPromptPage from '../src/app/(portal)/prompts/new/page.tsx';
import PromptsPage from '../src/app/(portal)/prompts/page.tsx';
import TeamPage from '../src/app/(portal)/team/page.tsx';
import { usePortal, withParams } from './portal.tsx';

const portal = usePortal();
const press = (name: string | RegExp) => userEvent.click(screen.getByRole('button', { name }));
const type = (label: string | RegExp, text: string) =>
  userEvent.type(screen.getByLabelText(label), text.replaceAll('{', '{{'));
const bodyOf = (id: string) => portal.api.seen.findLast((request) => request.id === id)?.body;
const gone = (title: string | RegExp) =>
  waitFor(() => expect(screen.queryByRole('dialog', { name: title })).toBeNull());

describe('flows', () => {
  it('lists flows with trigger and number of steps', async () => {
    await portal.open(<FlowsPage />, 'Flows');
    const row = await screen.findByRole('row', { name: /Greet new contacts/ });
    expect(row.textContent).toContain('draft');
    expect(within(row).getByText('1')).toBeTruthy();
  });

  it('archives an active flow only after asking', async () => {
    await portal.open(FlowPage(withParams({ flowId: ids.flow })), 'Follow up after a call');
    expect(screen.getByText('event.data.durationSeconds > 10')).toBeTruthy();
    expect(screen.getByText('event.subject.phone')).toBeTruthy();
    await press('Archive');
    await press('Close');
    await gone(/Archive/);
    expect(bodyOf('setFlowStatus')).toBeUndefined();
    await press('Archive');
    await press('Archive flow');
    expect(await screen.findByText('Follow up after a call is archived.')).toBeTruthy();
    expect(bodyOf('setFlowStatus')).toEqual({ status: 'archived' });
  });

  it('activates a draft and says why when it is refused', async () => {
    portal.api.answer('getFlow', draftFlow);
    portal.api.answer('setFlowStatus', refuse(409, { title: 'The flow has no connection' }));
    await portal.open(FlowPage(withParams({ flowId: draftFlow.id })), 'Greet new contacts');
    expect(screen.getByText('every one')).toBeTruthy();
    await press('Activate');
    expect((await screen.findByRole('alert')).textContent).toContain('has no connection');
    expect(bodyOf('setFlowStatus')).toEqual({ status: 'active' });
  });
});

describe('prompts', () => {
  it('lists prompts with the version in production', async () => {
    await portal.open(<PromptsPage />, 'Prompts');
    expect((await screen.findByRole('link', { name: 'Receptionist' })).getAttribute('href')).toBe(
      `/prompts/${ids.prompt}`,
    );
  });

  it('creates a prompt for a client and opens it', async () => {
    await portal.open(<NewPromptPage />, 'New prompt');
    await type('Name', ' Receptionist ');
    await type(/^Template/, 'Hello {{name}}');
    await userEvent.selectOptions(
      screen.getByLabelText('Client'),
      await screen.findByRole('option', { name: 'Bright Smiles Dental' }),
    );
    await press('Create prompt');
    await waitFor(() => expect(portal.visited).toEqual([`/prompts/${ids.prompt}`]));
    expect(bodyOf('createPrompt')).toEqual({
      name: 'Receptionist',
      template: 'Hello {{name}}',
      clientId: ids.client,
    });
  });

  it('creates an agency-wide prompt when no client is chosen', async () => {
    await portal.open(<NewPromptPage />, 'New prompt');
    await type('Name', 'Any');
    await type(/^Template/, 'Hello');
    await press('Create prompt');
    await waitFor(() => expect(bodyOf('createPrompt')).toHaveProperty('clientId', null));
  });

  it('renders a preview with the variables the template asks for', async () => {
    await portal.open(PromptPage(withParams({ promptId: ids.prompt })), 'Receptionist');
    expect(screen.getByText('production')).toBeTruthy();
    expect(screen.getByText('llm_22')).toBeTruthy();
    await type('businessName', 'Bright Smiles');
    await press('Render');
    expect((await screen.findByLabelText('rendered prompt')).textContent).toContain(
      'Bright Smiles.',
    );
    expect(bodyOf('renderPrompt')).toEqual({ variables: { businessName: 'Bright Smiles' } });
  });

  it('names every variable that is wrong, and needs none when the template has none', async () => {
    portal.api.answer('getPrompt', {
      id: ids.prompt,
      clientId: null,
      name: 'Plain',
      latest: {
        id: ids.prompt.replace('prm', 'prv'),
        number: 1,
        template: 'Hi',
        variablesSchema: {},
        createdAt: new Date().toISOString(),
      },
      productionVersion: null,
      createdAt: new Date().toISOString(),
      versions: [],
      publications: [],
    });
    portal.api.answer(
      'renderPrompt',
      refuse(400, { title: 'Wrong', errors: [{ pointer: '/name', detail: 'is missing' }] }),
    );
    await portal.open(PromptPage(withParams({ promptId: ids.prompt })), 'Plain');
    expect(screen.queryByRole('textbox')).toBeNull();
    expect(screen.queryByText('Publications')).toBeNull();
    await press('Render');
    expect(await screen.findByText('/name: is missing')).toBeTruthy();
  });
});

describe('clients and connections', () => {
  it('adds a client and says so', async () => {
    await portal.open(<ClientsPage />, 'Clients');
    await press('Add client');
    await type('Name', 'Bright Smiles Dental');
    await userEvent.click(
      within(screen.getByRole('dialog')).getByRole('button', { name: 'Add client' }),
    );
    expect(await screen.findByText('Bright Smiles Dental is on board.')).toBeTruthy();
    await gone('Add client');
    expect(bodyOf('createClient')).toHaveProperty('name', 'Bright Smiles Dental');
    await press('Add client');
    await press('Close');
    await gone('Add client');
  });

  it('shows a client with its employees and connections and leads to its usage', async () => {
    await portal.open(ClientPage(withParams({ clientId: ids.client })), 'Bright Smiles Dental');
    expect(await screen.findByRole('row', { name: /Mia/ })).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Open usage' }).getAttribute('href')).toBe(
      `/usage?clientId=${ids.client}`,
    );
  });

  it('copies the webhook URL a provider has to post to', async () => {
    const user = userEvent.setup();
    await portal.open(<ConnectionsPage />, 'Connections');
    await user.click(await screen.findByRole('button', { name: 'Copy webhook URL of Main line' }));
    expect(await screen.findByRole('button', { name: /Main line: copied/ })).toBeTruthy();
    expect(await navigator.clipboard.readText()).toMatch(
      new RegExp(`^${portal.api.url}/webhooks/retell/con_`),
    );
    expect(screen.getByText('disabled')).toBeTruthy();
  });
});

describe('money', () => {
  it('shows subscriptions, ledger and a trial balance of zero', async () => {
    await portal.open(<BillingPage />, 'Billing');
    const links = await screen.findAllByRole('link', { name: 'Receptionist Pro' });
    expect(links[0]?.getAttribute('href')).toBe(`/billing/${ids.subscription}`);
    expect(await screen.findByText('−$1,209.30')).toBeTruthy();
    expect((await screen.findByRole('row', { name: /Sum/ })).textContent).toContain('$0.00');
    expect(screen.getByText('ended')).toBeTruthy();
  });

  it.each([
    [{ sums: [{ currency: 'EUR', amount: '0.00' }] }, 'SumEUR 0.00'],
    [{ sums: [] }, 'Sum$0.00'],
    [{}, 'Sum$0.00'],
  ])('sums a trial balance of %j by currency', async (sums, shown) => {
    portal.api.answer('getTrialBalance', {
      accounts: [],
      sum: { currency: 'USD', amount: '0.00' },
      ...sums,
    });
    await portal.open(<BillingPage />, 'Billing');
    expect((await screen.findByRole('row', { name: /Sum/ })).textContent).toBe(shown);
  });

  it('links every metered invoice line to the usage it is made of', async () => {
    await portal.open(InvoicePage(withParams({ subscriptionId: ids.subscription })), /Invoice/);
    expect(screen.getByRole('link', { name: 'Voice seconds' }).getAttribute('href')).toBe(
      `/usage?clientId=${ids.client}`,
    );
    expect(screen.queryByRole('link', { name: /base price/ })).toBeNull();
    expect(screen.getByText('$169.493333')).toBeTruthy();
  });
});

describe('people and keys', () => {
  it('adds a person to the whole agency', async () => {
    await portal.open(<TeamPage />, 'Team');
    await press('Add person');
    await type('Email', 'olivia@northstar.agency');
    await userEvent.click(
      within(screen.getByRole('dialog')).getByRole('button', { name: 'Add person' }),
    );
    expect(await screen.findByText(/can sign in now/)).toBeTruthy();
    expect(bodyOf('addMember')).toEqual({
      email: 'olivia@northstar.agency',
      role: 'owner',
      clientId: null,
    });
  });

  it('gives a person one client only, and can be closed', async () => {
    portal.api.answer('addMember', refuse(409, { title: 'Already a member' }));
    await portal.open(<TeamPage />, 'Team');
    await press('Add person');
    await type('Email', 'ben@brightsmiles.test');
    await userEvent.selectOptions(
      screen.getByLabelText('Where'),
      await screen.findByRole('option', { name: 'Harbor Physio' }),
    );
    await userEvent.click(
      within(screen.getByRole('dialog')).getByRole('button', { name: 'Add person' }),
    );
    expect(await screen.findByText('Already a member')).toBeTruthy();
    expect(bodyOf('addMember')).toHaveProperty('clientId', expect.stringMatching(/^cli_/));
    await press('Close');
    await gone('Add person');
  });

  it('takes access away only after asking', async () => {
    await portal.open(<TeamPage />, 'Team');
    await userEvent.click(await screen.findByRole('button', { name: /Remove ben@/ }));
    await press('Close');
    await gone(/Remove/);
    await press(/Remove ben@/);
    await press('Remove access');
    expect(await screen.findByText(/sessions are revoked\.$/)).toBeTruthy();
    expect(portal.api.seen.some((request) => request.id === 'removeMember')).toBe(true);
  });

  it('shows a new key once and forgets it', async () => {
    await portal.open(<ApiKeysPage />, 'API keys');
    await press('Create key');
    await type(/^Name/, 'Website');
    await userEvent.click(
      within(screen.getByRole('dialog')).getByRole('button', { name: 'Create key' }),
    );
    expect((await screen.findByLabelText('secret')).textContent).toBe('mxk_shown-only-once');
    await press('I have stored it');
    await gone(/key/);
    expect(screen.queryByText('mxk_shown-only-once')).toBeNull();
  });

  it('revokes a key after asking and offers nothing for a revoked one', async () => {
    portal.api.answer('revokeApiKey', refuse(403, { title: 'You may not do this' }));
    await portal.open(<ApiKeysPage />, 'API keys');
    await screen.findByText('revoked');
    expect(screen.queryByRole('button', { name: /Revoke Old site/ })).toBeNull();
    await press(/Revoke Website/);
    await press('Revoke key');
    expect((await screen.findByRole('alert')).textContent).toContain('You may not do this');
    await press('Close');
    await gone(/Revoke/);
    portal.api.answer('revokeApiKey', undefined);
    await press(/Revoke Website/);
    await press('Revoke key');
    expect(await screen.findByText('The key is revoked everywhere.')).toBeTruthy();
  });

  it('shows who changed what', async () => {
    await portal.open(<AuditPage />, 'Audit');
    expect(await screen.findByText('client.create')).toBeTruthy();
    expect(screen.getByText('ababababab')).toBeTruthy();
  });
});
