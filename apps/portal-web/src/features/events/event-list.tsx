'use client';
import { useRows } from '@maxai/api-client/react';
import { DataTable } from '@maxai/ui/data-table';
import { PageHeader } from '@maxai/ui/page-header';
import Link from 'next/link';
import { paths } from '../../paths.ts';
import { eventColumns } from './event-columns.tsx';

const howToStart = (
  <>
    Point a provider at the webhook URL of one of your{' '}
    <Link href={paths.connections()}>connections</Link>; what it reports appears here.
  </>
);

/** What the list is narrowed to, as its address says it. */
export type EventFilter = { clientId?: string };

export function EventList({ filter }: { filter: EventFilter }) {
  return (
    <>
      <PageHeader
        title="Events"
        description="Everything the providers reported, in the platform’s own words."
      />
      <DataTable
        label="Events"
        columns={eventColumns}
        rows={useRows('listEvents', filter)}
        empty={howToStart}
      />
    </>
  );
}

export function CallList() {
  const rows = useRows(
    'listEvents',
    { type: 'call.ended' },
    { type: 'call.analyzed' },
    { type: 'call.started' },
  );
  return (
    <>
      <PageHeader
        title="Calls"
        description="Phone calls your AI employees took, newest first per kind of report."
      />
      <DataTable label="Calls" columns={eventColumns} rows={rows} empty={howToStart} />
    </>
  );
}
