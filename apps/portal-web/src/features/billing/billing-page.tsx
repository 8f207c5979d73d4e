'use client';
import { useOperation, useRows, type RowOf } from '@maxai/api-client/react';
import { Card } from '@maxai/ui/card';
import { DataTable, type Column } from '@maxai/ui/data-table';
import { Money } from '@maxai/ui/money';
import { Loaded } from '@maxai/ui/notices';
import { PageHeader } from '@maxai/ui/page-header';
import { RelativeTime } from '@maxai/ui/relative-time';
import { StatusPill } from '@maxai/ui/status-pill';
import Link from 'next/link';
import { paths } from '../../paths.ts';
import { ClientLink } from '../clients/client-link.tsx';

type Subscription = RowOf<'listSubscriptions'>;
const status = (row: Subscription) => (row.endedAt === null ? 'active' : 'ended');

const subscriptionColumns: readonly Column<Subscription>[] = [
  {
    header: 'Plan',
    value: (row) => row.planName,
    cell: (row) => <Link href={paths.invoice(row.id)}>{row.planName}</Link>,
  },
  {
    header: 'Client',
    value: (row) => row.clientId,
    cell: (row) => <ClientLink id={row.clientId} />,
  },
  { header: 'Status', value: status, cell: (row) => <StatusPill status={status(row)} /> },
  { header: 'Customer', value: (row) => row.externalCustomerId },
  {
    header: 'Since',
    value: (row) => row.startedAt,
    cell: (row) => <RelativeTime at={row.startedAt} />,
  },
];

const ledgerColumns: readonly Column<RowOf<'listLedgerEntries'>>[] = [
  { header: 'Entry', value: (row) => row.description },
  { header: 'Reference', value: (row) => row.reference },
  {
    header: 'Client',
    value: (row) => row.clientId,
    cell: (row) => <ClientLink id={row.clientId} />,
  },
  {
    header: 'Postings',
    value: (row) => row.postings.map((one) => `${one.account} ${one.amount.amount}`).join('; '),
    cell: (row) => (
      <ul className="py-1.5">
        {row.postings.map((posting) => (
          <li key={posting.account} className="flex justify-between gap-4">
            <span className="text-muted">{posting.account}</span>
            <Money value={posting.amount} />
          </li>
        ))}
      </ul>
    ),
  },
  {
    header: 'When',
    value: (row) => row.occurredAt,
    cell: (row) => <RelativeTime at={row.occurredAt} />,
  },
];

function TrialBalance() {
  return (
    <Loaded reading={useOperation('getTrialBalance')}>
      {({ accounts, sum: ofDollars, sums = [] }) => (
        <table className="w-full text-[13px]">
          <tbody className="divide-y divide-line">
            {accounts.map(({ account, balance }) => (
              <tr key={`${account} ${balance.currency}`}>
                <th scope="row" className="py-2 text-left font-normal">
                  {account}
                </th>
                <td className="text-right">
                  <Money value={balance} />
                </td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            {(sums.length > 0 ? sums : [ofDollars]).map((sum) => (
              <tr key={sum.currency} className="border-t border-line font-semibold">
                <th scope="row" className="py-2 text-left">
                  Sum
                </th>
                <td className="text-right">
                  <Money value={sum} />
                </td>
              </tr>
            ))}
          </tfoot>
        </table>
      )}
    </Loaded>
  );
}

export function BillingPage() {
  return (
    <div className="grid gap-6">
      <PageHeader
        title="Billing"
        description="Subscriptions with this month’s invoice so far, and the books behind them."
      />
      <DataTable
        titled
        label="Subscriptions"
        columns={subscriptionColumns}
        rows={useRows('listSubscriptions')}
        empty="Put a client on a plan with POST /api/billing/subscriptions."
      />
      <DataTable
        titled
        label="Ledger"
        columns={ledgerColumns}
        rows={useRows('listLedgerEntries')}
        empty="The first paid invoice writes the first entry."
      />
      <Card title="Trial balance">
        <TrialBalance />
      </Card>
    </div>
  );
}
