import { expect, it } from 'vitest';
import { echoWorkflow } from './echo-workflow.ts';

it('leads from a webhook over a check of the signature to the callback, each step to one that there is', () => {
  const { nodes, connections } = echoWorkflow();
  const names = nodes.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const targets = Object.values(connections).flatMap(({ main }) => main.flat());
  expect([...Object.keys(connections), ...targets.map(({ node }) => node)]).toEqual(
    expect.arrayContaining(names),
  );
  for (const { node } of targets) expect(names).toContain(node);
  const [yes, no] = connections['Is signed'].main;
  expect([yes?.[0]?.node, no?.[0]?.node]).toEqual(['Accept', 'Refuse']);
});

it('holds no secret: the signing key is a credential by name, and the run brings its own', () => {
  const { nodes } = echoWorkflow();
  const signing = nodes.filter(({ type }) => type === 'n8n-nodes-base.crypto');
  expect(signing.map(({ parameters }) => parameters['secret'])).toEqual([
    undefined,
    "={{ $('Start').item.json.body.callback.key }}",
  ]);
  expect(signing[0]).toMatchObject({ credentials: { crypto: { name: 'MaxAI signing key' } } });
});
