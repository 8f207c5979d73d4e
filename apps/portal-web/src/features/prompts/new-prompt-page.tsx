'use client';
import { useAction, type Action } from '@maxai/api-client/react';
import { Card } from '@maxai/ui/card';
import { Form, Select, TextArea, TextField } from '@maxai/ui/form';
import { PageHeader } from '@maxai/ui/page-header';
import Link from 'next/link';
import { paths } from '../../paths.ts';
import { useClientNames } from '../clients/client-link.tsx';

export function NewPromptPage() {
  const create: Action<'createPrompt'> = useAction('createPrompt', (prompt) =>
    location.assign(paths.prompt(prompt.id)),
  );
  const names = useClientNames();
  return (
    <>
      <PageHeader title="New prompt" back={<Link href={paths.prompts()}>Prompts</Link>} />
      <Card title="First version">
        <Form
          submit="Create prompt"
          running={create.running}
          problem={create.problem}
          onSubmit={({ name = '', template = '', clientId = '' }) =>
            create.run({ body: { name, template, clientId: clientId || null } })
          }
        >
          <TextField label="Name" name="name" maxLength={200} />
          <Select
            label="Client"
            name="clientId"
            options={{ '': 'Agency-wide', ...Object.fromEntries(names) }}
          />
          <TextArea
            label="Template"
            name="template"
            rows={14}
            hint="Markdown. {{name}} is a variable that is filled in when the prompt is rendered."
          />
        </Form>
      </Card>
    </>
  );
}
