'use client';
import { useAction, useRows, type RowOf } from '@maxai/api-client/react';
import { Button } from '@maxai/ui/button';
import { CodeBlock } from '@maxai/ui/code-block';
import { DataTable, type Column } from '@maxai/ui/data-table';
import { Dialog } from '@maxai/ui/dialog';
import { Form, Select, TextField } from '@maxai/ui/form';
import { PageHeader } from '@maxai/ui/page-header';
import { RelativeTime } from '@maxai/ui/relative-time';
import { StatusPill, Tag } from '@maxai/ui/status-pill';
import { useToast } from '@maxai/ui/toast';
import { useState } from 'react';
import { ConfirmDialog } from '../confirm/confirm-dialog.tsx';
import { roleOptions } from '../team/team-page.tsx';

type ApiKey = RowOf<'listApiKeys'>;
const status = (row: ApiKey) => (row.revokedAt === null ? 'active' : 'revoked');

const columnsWith = (onRevoke: (key: ApiKey) => void): readonly Column<ApiKey>[] => [
  { header: 'Name', value: (row) => row.name },
  {
    header: 'Key',
    value: (row) => row.hint,
    cell: (row) => <code className="font-mono text-xs">{row.hint}…</code>,
  },
  { header: 'Role', value: (row) => row.role, cell: (row) => <Tag>{row.role}</Tag> },
  { header: 'Status', value: status, cell: (row) => <StatusPill status={status(row)} /> },
  {
    header: 'Created',
    value: (row) => row.createdAt,
    cell: (row) => <RelativeTime at={row.createdAt} />,
  },
  {
    header: 'Access',
    value: (row) => row.id,
    cell: (row) =>
      row.revokedAt === null && (
        <Button look="quiet" size="small" onClick={() => onRevoke(row)}>
          Revoke<span className="sr-only"> {row.name}</span>
        </Button>
      ),
  },
];

export function ApiKeyPage() {
  const [creating, setCreating] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const toast = useToast();
  const create = useAction('createApiKey', (key) => setSecret(key.secret));
  const revoke = useAction('revokeApiKey', () => {
    setRevoking(null);
    toast('The key is revoked everywhere.');
  });
  const close = () => {
    setCreating(false);
    setSecret(null);
  };
  return (
    <>
      <PageHeader
        title="API keys"
        description="For machines that call the API on your agency’s behalf."
        actions={
          <Button look="primary" onClick={() => setCreating(true)}>
            Create key
          </Button>
        }
      />
      <DataTable
        label="API keys"
        columns={columnsWith(setRevoking)}
        rows={useRows('listApiKeys')}
        empty="Create a key to call the API from your own systems."
      />
      <Dialog
        title={secret === null ? 'Create key' : 'Copy the key now'}
        description={
          secret === null
            ? 'The secret is shown once, right after this.'
            : 'It is not stored and cannot be shown again.'
        }
        open={creating}
        onClose={close}
      >
        {secret === null ? (
          <Form
            submit="Create key"
            running={create.running}
            problem={create.problem}
            onSubmit={({ name = '', role = '' }) => create.run({ body: { name, role } })}
          >
            <TextField label="Name" name="name" maxLength={200} hint="Where it will be used." />
            <Select label="Role" name="role" options={roleOptions} />
          </Form>
        ) : (
          <div className="grid justify-items-stretch gap-4">
            <CodeBlock label="secret">{secret}</CodeBlock>
            <Button look="primary" onClick={close}>
              I have stored it
            </Button>
          </div>
        )}
      </Dialog>
      <ConfirmDialog
        title={`Revoke ${revoking?.name}?`}
        description="Whatever uses it is refused from now on. This cannot be undone."
        confirm="Revoke key"
        subject={revoking}
        action={revoke}
        onClose={() => setRevoking(null)}
        onConfirm={({ id }) => revoke.run({ params: { apiKeyId: id } })}
      />
    </>
  );
}
