'use client';
import { useRows, type RowOf } from '@maxai/api-client/react';
import { buttonLook } from '@maxai/ui/button';
import { DataTable, type Column } from '@maxai/ui/data-table';
import { PageHeader } from '@maxai/ui/page-header';
import { RelativeTime } from '@maxai/ui/relative-time';
import Link from 'next/link';
import { paths } from '../../paths.ts';
import { ClientLink } from '../clients/client-link.tsx';

const columns: readonly Column<RowOf<'listPrompts'>>[] = [
  {
    header: 'Name',
    value: (row) => row.name,
    cell: (row) => <Link href={paths.prompt(row.id)}>{row.name}</Link>,
  },
  { header: 'Latest', value: (row) => row.latest.number, numeric: true },
  { header: 'In production', value: (row) => row.productionVersion, numeric: true },
  {
    header: 'Client',
    value: (row) => row.clientId,
    cell: (row) => <ClientLink id={row.clientId} />,
  },
  {
    header: 'Created',
    value: (row) => row.createdAt,
    cell: (row) => <RelativeTime at={row.createdAt} />,
  },
];

export function PromptList() {
  return (
    <>
      <PageHeader
        title="Prompts"
        description="What your AI employees are told, version by version."
        actions={
          <Link href={paths.newPrompt()} className={buttonLook({ look: 'primary' })}>
            New prompt
          </Link>
        }
      />
      <DataTable
        label="Prompts"
        columns={columns}
        rows={useRows('listPrompts')}
        empty={<Link href={paths.newPrompt()}>Write the first prompt</Link>}
      />
    </>
  );
}
