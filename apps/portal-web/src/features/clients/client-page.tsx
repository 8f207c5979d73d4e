'use client';
import { useOperation, useRows, type RowOf } from '@maxai/api-client/react';
import { buttonLook } from '@maxai/ui/button';
import { DataTable, type Column } from '@maxai/ui/data-table';
import { Loaded } from '@maxai/ui/notices';
import { PageHeader } from '@maxai/ui/page-header';
import { RelativeTime } from '@maxai/ui/relative-time';
import { Tag } from '@maxai/ui/status-pill';
import Link from 'next/link';
import { paths } from '../../paths.ts';
import { connectionColumns } from '../connections/connection-list.tsx';

const agentColumns: readonly Column<RowOf<'listAgents'>>[] = [
  { header: 'Name', value: (row) => row.name },
  { header: 'Channel', value: (row) => row.channel, cell: (row) => <Tag>{row.channel}</Tag> },
  { header: 'Provider id', value: (row) => row.externalId },
  {
    header: 'Since',
    value: (row) => row.createdAt,
    cell: (row) => <RelativeTime at={row.createdAt} />,
  },
];

export function ClientPage({ id }: { id: string }) {
  const client = useOperation('getClient', { params: { clientId: id } });
  const agents = useRows('listAgents', { clientId: id });
  const connections = useRows('listConnections', { clientId: id });
  const links = [
    ['Open events', paths.events({ clientId: id })],
    ['Open executions', paths.executions({ clientId: id })],
    ['Open usage', paths.usage({ clientId: id })],
  ] as const;
  return (
    <Loaded reading={client}>
      {({ name, timeZone }) => (
        <div className="grid gap-6">
          <PageHeader
            title={name}
            description={timeZone}
            back={<Link href={paths.clients()}>Clients</Link>}
            actions={links.map(([text, href]) => (
              <Link key={text} href={href} className={buttonLook()}>
                {text}
              </Link>
            ))}
          />
          <DataTable
            titled
            label="AI employees"
            columns={agentColumns}
            rows={agents}
            empty="An AI employee appears here once a prompt is published for this client."
          />
          <DataTable
            titled
            label="Connections"
            columns={connectionColumns}
            rows={connections}
            empty="Connect this client’s phone, CRM or calendar through the API."
          />
        </div>
      )}
    </Loaded>
  );
}
