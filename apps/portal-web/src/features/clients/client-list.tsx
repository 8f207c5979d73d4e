'use client';
import { useAction, useRows, type RowOf } from '@maxai/api-client/react';
import { Button } from '@maxai/ui/button';
import { DataTable, type Column } from '@maxai/ui/data-table';
import { Dialog } from '@maxai/ui/dialog';
import { Form, TextField } from '@maxai/ui/form';
import { PageHeader } from '@maxai/ui/page-header';
import { RelativeTime } from '@maxai/ui/relative-time';
import { useToast } from '@maxai/ui/toast';
import Link from 'next/link';
import { useState } from 'react';
import { paths } from '../../paths.ts';

const columns: readonly Column<RowOf<'listClients'>>[] = [
  {
    header: 'Name',
    value: (row) => row.name,
    cell: (row) => <Link href={paths.client(row.id)}>{row.name}</Link>,
  },
  { header: 'Time zone', value: (row) => row.timeZone },
  {
    header: 'Since',
    value: (row) => row.createdAt,
    cell: (row) => <RelativeTime at={row.createdAt} />,
  },
];

export function ClientList() {
  const [open, setOpen] = useState(false);
  const toast = useToast();
  const create = useAction('createClient', (client) => {
    setOpen(false);
    toast(`${client.name} is on board.`);
  });
  return (
    <>
      <PageHeader
        title="Clients"
        description="The businesses your agency works for."
        actions={
          <Button look="primary" onClick={() => setOpen(true)}>
            Add client
          </Button>
        }
      />
      <DataTable
        label="Clients"
        columns={columns}
        rows={useRows('listClients')}
        empty="Add the first business you work for; connections, flows and usage hang on it."
      />
      <Dialog
        title="Add client"
        description="A business your agency works for."
        open={open}
        onClose={() => setOpen(false)}
      >
        <Form
          submit="Add client"
          running={create.running}
          problem={create.problem}
          onSubmit={({ name = '', timeZone = '' }) => create.run({ body: { name, timeZone } })}
        >
          <TextField label="Name" name="name" maxLength={200} />
          <TextField
            label="Time zone"
            name="timeZone"
            defaultValue={new Intl.DateTimeFormat().resolvedOptions().timeZone}
            hint="Decides what “today” means for bookings."
          />
        </Form>
      </Dialog>
    </>
  );
}
