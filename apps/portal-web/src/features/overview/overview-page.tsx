'use client';
import { useOperation, useRows, type Reading } from '@maxai/api-client/react';
import { Card, Stat } from '@maxai/ui/card';
import { DataTable } from '@maxai/ui/data-table';
import { KeyValue } from '@maxai/ui/key-value';
import { Money } from '@maxai/ui/money';
import { Loaded } from '@maxai/ui/notices';
import { PageHeader } from '@maxai/ui/page-header';
import Link from 'next/link';
import { useState } from 'react';
import { paths } from '../../paths.ts';
import { eventColumns } from '../events/event-columns.tsx';
import { executionColumns } from '../executions/execution-list.tsx';
import { describeTotals, startOfDay, sumCost } from '../usage/usage-rules.ts';

type Page<T> = { readonly items: readonly T[]; readonly nextCursor: string | null };
type CountProps<T> = { reading: Reading<Page<T>>; href: string; counts: (item: T) => boolean };

/** How many of a page are counted; a plus says that there are more pages. */
function Count<T>({ reading, href, counts }: CountProps<T>) {
  return (
    <Link href={href}>
      {reading.data
        ? `${reading.data.items.filter(counts).length}${reading.data.nextCursor ? '+' : ''}`
        : '–'}
    </Link>
  );
}

function UsageToday() {
  const [now] = useState(() => new Date());
  const today = useOperation('getUsageSummary', { query: { from: startOfDay(now, 0) } });
  return (
    <Loaded reading={today}>
      {({ items }) => (
        <KeyValue
          facts={{
            'Vendor cost': (
              <Link href={paths.usage()} className="font-semibold hover:text-accent">
                <Money value={sumCost(items)} />
              </Link>
            ),
            ...describeTotals(items),
          }}
        />
      )}
    </Loaded>
  );
}

export function OverviewPage() {
  const query = { limit: 200 };
  const clients = useOperation('listClients', { query });
  const flows = useOperation('listFlows', { query });
  const running = useOperation('listExecutions', { query: { limit: 200, status: 'running' } });
  const deadLetters = useOperation('listDeadLetters', { query });
  return (
    <div className="grid gap-6">
      <PageHeader title="Overview" description="What your AI employees are doing right now." />
      <div className="grid grid-cols-2 gap-4 lg:grid-cols-4">
        <Stat label="Clients">
          <Count reading={clients} href={paths.clients()} counts={() => true} />
        </Stat>
        <Stat label="Active flows">
          <Count reading={flows} href={paths.flows()} counts={(flow) => flow.status === 'active'} />
        </Stat>
        <Stat label="Running now">
          <Count
            reading={running}
            href={paths.executions({ status: 'running' })}
            counts={() => true}
          />
        </Stat>
        <Stat label="Dead letters waiting">
          <Count
            reading={deadLetters}
            href={paths.deadLetters()}
            counts={(letter) => letter.replayedAt === null}
          />
        </Stat>
      </div>
      <Card title="Usage today (UTC)">
        <UsageToday />
      </Card>
      <DataTable
        titled
        label="Recent executions"
        columns={executionColumns}
        rows={{ ...useRows('listExecutions', { limit: 8 }), more: null }}
        empty={
          <>
            Activate a <Link href={paths.flows()}>flow</Link> to see it run here.
          </>
        }
      />
      <DataTable
        titled
        label="Recent events"
        columns={eventColumns}
        rows={{ ...useRows('listEvents', { limit: 8 }), more: null }}
        empty={
          <>
            Point a provider at one of your <Link href={paths.connections()}>connections</Link>.
          </>
        }
      />
    </div>
  );
}
