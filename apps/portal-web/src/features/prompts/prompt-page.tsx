'use client';
import type { AnswerOf } from '@maxai/api-client';
import { useAction, useOperation } from '@maxai/api-client/react';
import { Card } from '@maxai/ui/card';
import { CodeBlock } from '@maxai/ui/code-block';
import { Form, TextField } from '@maxai/ui/form';
import { Loaded } from '@maxai/ui/notices';
import { PageHeader } from '@maxai/ui/page-header';
import { RelativeTime } from '@maxai/ui/relative-time';
import { StatusPill, Tag } from '@maxai/ui/status-pill';
import Link from 'next/link';
import { useState } from 'react';
import { paths } from '../../paths.ts';
import { ClientLink } from '../clients/client-link.tsx';

type Prompt = AnswerOf<'getPrompt'>;

function Preview({ prompt }: { prompt: Prompt }) {
  const [text, setText] = useState<string | null>(null);
  const render = useAction('renderPrompt', (answer) => setText(answer.text));
  const names = Object.keys(prompt.latest.variablesSchema['properties'] ?? {});
  return (
    <Card title="Preview">
      <div className="grid gap-4 md:grid-cols-2">
        <Form
          submit="Render"
          running={render.running}
          problem={render.problem}
          onSubmit={(variables) =>
            render.run({ params: { promptId: prompt.id }, body: { variables } })
          }
        >
          {names.map((name) => (
            <TextField key={name} label={name} name={name} />
          ))}
        </Form>
        {text !== null && <CodeBlock label="rendered prompt">{text}</CodeBlock>}
      </div>
    </Card>
  );
}

export function PromptPage({ id }: { id: string }) {
  return (
    <Loaded reading={useOperation('getPrompt', { params: { promptId: id } })}>
      {(prompt) => (
        <div className="grid gap-6">
          <PageHeader
            title={prompt.name}
            description={<ClientLink id={prompt.clientId} />}
            back={<Link href={paths.prompts()}>Prompts</Link>}
          />
          <Preview prompt={prompt} />
          <Card title="Versions" flush>
            <ol className="divide-y divide-line">
              {prompt.versions.map((version) => (
                <li key={version.id} className="grid gap-2 p-4">
                  <div className="flex items-center gap-2">
                    <h3 className="font-medium">Version {version.number}</h3>
                    {version.number === prompt.productionVersion && (
                      <StatusPill status="production" />
                    )}
                    <RelativeTime at={version.createdAt} />
                  </div>
                  <CodeBlock label={`version ${version.number}`}>{version.template}</CodeBlock>
                </li>
              ))}
            </ol>
          </Card>
          {prompt.publications.length > 0 && (
            <Card title="Publications" flush>
              <ul className="divide-y divide-line">
                {prompt.publications.map((publication) => (
                  <li key={publication.id} className="flex flex-wrap items-center gap-2 px-4 py-3">
                    <Tag>{publication.target}</Tag> version {publication.version} as{' '}
                    <code className="font-mono text-xs">{publication.externalId}</code>
                    <RelativeTime at={publication.publishedAt} />
                  </li>
                ))}
              </ul>
            </Card>
          )}
        </div>
      )}
    </Loaded>
  );
}
