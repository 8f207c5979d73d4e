'use client';
import { useAction, useRows, type RowOf } from '@maxai/api-client/react';
import { Button } from '@maxai/ui/button';
import { DataTable, type Column } from '@maxai/ui/data-table';
import { Dialog } from '@maxai/ui/dialog';
import { Form, Select, TextField } from '@maxai/ui/form';
import { PageHeader } from '@maxai/ui/page-header';
import { Tag } from '@maxai/ui/status-pill';
import { useToast } from '@maxai/ui/toast';
import { useState } from 'react';
import { ClientLink, useClientNames } from '../clients/client-link.tsx';
import { ConfirmDialog } from '../confirm/confirm-dialog.tsx';

type Member = RowOf<'listMembers'>;
const clientOf = ({ scope }: Member) => (scope.kind === 'client' ? scope.clientId : null);

/** The roles a person or a key can be given. */
export const roleOptions = {
  owner: 'Owner: everything',
  operator: 'Operator: everything but people, keys and billing',
  viewer: 'Viewer: reads only',
};

const columnsWith = (onRemove: (member: Member) => void): readonly Column<Member>[] => [
  { header: 'Name', value: (row) => row.name },
  { header: 'Email', value: (row) => row.email },
  { header: 'Role', value: (row) => row.role, cell: (row) => <Tag>{row.role}</Tag> },
  { header: 'Where', value: clientOf, cell: (row) => <ClientLink id={clientOf(row)} /> },
  {
    header: 'Access',
    value: (row) => row.id,
    cell: (row) => (
      <Button look="quiet" size="small" onClick={() => onRemove(row)}>
        Remove<span className="sr-only"> {row.email}</span>
      </Button>
    ),
  },
];

export function TeamPage() {
  const [inviting, setInviting] = useState(false);
  const [leaving, setLeaving] = useState<Member | null>(null);
  const toast = useToast();
  const names = useClientNames();
  const add = useAction('addMember', (member) => {
    setInviting(false);
    toast(`${member.email} can sign in now.`);
  });
  const remove = useAction('removeMember', () => {
    setLeaving(null);
    toast('Access taken away; their sessions are revoked.');
  });
  return (
    <>
      <PageHeader
        title="Team"
        description="People with access and what they may do."
        actions={
          <Button look="primary" onClick={() => setInviting(true)}>
            Add person
          </Button>
        }
      />
      <DataTable
        label="People"
        columns={columnsWith(setLeaving)}
        rows={useRows('listMembers')}
        empty="Add the people who run your clients’ AI employees."
      />
      <Dialog
        title="Add person"
        description="They sign in with this email; the role applies at their next sign-in."
        open={inviting}
        onClose={() => setInviting(false)}
      >
        <Form
          submit="Add person"
          running={add.running}
          problem={add.problem}
          onSubmit={({ email = '', role = '', clientId = '' }) =>
            add.run({ body: { email, role, clientId: clientId || null } })
          }
        >
          <TextField label="Email" name="email" type="email" />
          <Select label="Role" name="role" options={roleOptions} />
          <Select
            label="Where"
            name="clientId"
            options={{ '': 'The whole agency', ...Object.fromEntries(names) }}
          />
        </Form>
      </Dialog>
      <ConfirmDialog
        title={`Remove ${leaving?.email}?`}
        description="They lose access at once and their sessions are revoked."
        confirm="Remove access"
        subject={leaving}
        action={remove}
        onClose={() => setLeaving(null)}
        onConfirm={({ id }) => remove.run({ params: { memberId: id } })}
      />
    </>
  );
}
