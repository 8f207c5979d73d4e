'use client';
import { useRows, type RowOf } from '@maxai/api-client/react';
import { DataTable, type Column } from '@maxai/ui/data-table';
import { PageHeader } from '@maxai/ui/page-header';
import { RelativeTime } from '@maxai/ui/relative-time';
import { StatusPill } from '@maxai/ui/status-pill';
import Link from 'next/link';
import { paths } from '../../paths.ts';
import { ClientLink } from '../clients/client-link.tsx';
import { eventColumns } from './event-columns.tsx';

const sentColumns: readonly Column<RowOf<'listEffects'>>[] = [
  {
    header: 'To',
    value: (row) => String(row.request['to']),
    cell: (row) => <Link href={paths.effect(row.id)}>{String(row.request['to'])}</Link>,
  },
  { header: 'Text', value: (row) => String(row.request['body']) },
  {
    header: 'Status',
    value: (row) => row.status,
    cell: (row) => <StatusPill status={row.status} />,
  },
  {
    header: 'Client',
    value: (row) => row.clientId,
    cell: (row) => <ClientLink id={row.clientId} />,
  },
  {
    header: 'When',
    value: (row) => row.createdAt,
    cell: (row) => <RelativeTime at={row.createdAt} />,
  },
];

export function MessageList() {
  const sent = useRows('listEffects', { action: 'messaging.send' });
  const received = useRows('listEvents', { type: 'message.received' }, { type: 'message.status' });
  return (
    <div className="grid gap-6">
      <PageHeader title="Messages" description="What was sent and what came in." />
      <DataTable
        titled
        label="Sent messages"
        columns={sentColumns}
        rows={sent}
        empty={
          <>
            Activate a <Link href={paths.flows()}>flow</Link> with a messaging step to send the
            first one.
          </>
        }
      />
      <DataTable
        titled
        label="Received messages"
        columns={eventColumns}
        rows={received}
        empty={
          <>
            Point your messaging provider at the webhook URL of its{' '}
            <Link href={paths.connections()}>connection</Link>.
          </>
        }
      />
    </div>
  );
}
