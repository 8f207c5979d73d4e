/** n8n's credential that holds the platform's signing key. */
export const signingCredential = { id: 'maxaiSigningKey1', name: 'MaxAI signing key' } as const;

/** Of its production webhook; flows name the workflow by it. */
export const echoPath = 'echo';

const start = "$('Start').item.json";
const header = (name: string) => `${start}.headers['${name}']`;

type Node = {
  readonly name: string;
  readonly type: string;
  readonly typeVersion: number;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly [more: string]: unknown;
};

/** Answers only what the platform has signed within five minutes, over the bytes as they came. */
const checkSignature: readonly Node[] = [
  {
    name: 'Start',
    type: 'webhook',
    typeVersion: 2.1,
    webhookId: 'maxai-echo',
    parameters: {
      httpMethod: 'POST',
      path: echoPath,
      responseMode: 'responseNode',
      options: { rawBody: true },
    },
  },
  {
    name: 'Read bytes',
    type: 'extractFromFile',
    typeVersion: 1,
    parameters: {
      operation: 'text',
      binaryPropertyName: 'data',
      destinationKey: 'raw',
      options: { encoding: 'utf8' },
    },
  },
  {
    name: 'Expected signature',
    type: 'crypto',
    typeVersion: 2,
    credentials: { crypto: signingCredential },
    parameters: {
      action: 'hmac',
      type: 'SHA256',
      value: `={{ ${header('webhook-id')} }}.{{ ${header('webhook-timestamp')} }}.{{ $json.raw }}`,
      dataPropertyName: 'expected',
      encoding: 'base64',
    },
  },
  {
    name: 'Is signed',
    type: 'if',
    typeVersion: 2.2,
    parameters: {
      conditions: {
        options: { caseSensitive: true, typeValidation: 'strict', version: 2 },
        combinator: 'and',
        conditions: [
          {
            id: 'signed',
            operator: { type: 'boolean', operation: 'true', singleValue: true },
            leftValue: `={{ 'v1,' + $json.expected === ${header('webhook-signature')} && Math.abs(Date.now() / 1000 - Number(${header('webhook-timestamp')})) < 300 }}`,
            rightValue: '',
          },
        ],
      },
    },
  },
];

function respond(name: string, responseCode: number, body: object): Node {
  return {
    name,
    type: 'respondToWebhook',
    typeVersion: 1.4,
    parameters: {
      respondWith: 'json',
      responseBody: JSON.stringify(body),
      options: { responseCode },
    },
  };
}

/** Posts what the contract asks for, signed with the key that this run was handed. */
const postResult: readonly Node[] = [
  {
    name: 'Result',
    type: 'set',
    typeVersion: 3.4,
    parameters: {
      mode: 'raw',
      jsonOutput: `={{ { seconds: String(Math.floor(Date.now() / 1000)), text: JSON.stringify({ runId: ${start}.body.runId, status: 'succeeded', output: ${start}.body.input }) } }}`,
    },
  },
  {
    name: 'Sign',
    type: 'crypto',
    typeVersion: 1,
    parameters: {
      action: 'hmac',
      type: 'SHA256',
      value: `={{ ${start}.body.runId }}.{{ $json.seconds }}.{{ $json.text }}`,
      dataPropertyName: 'signature',
      encoding: 'base64',
      secret: `={{ ${start}.body.callback.key }}`,
    },
  },
  {
    name: 'Post result',
    type: 'httpRequest',
    typeVersion: 4.2,
    retryOnFail: true,
    maxTries: 5,
    waitBetweenTries: 2000,
    parameters: {
      method: 'POST',
      url: `={{ ${start}.body.callback.url }}`,
      sendHeaders: true,
      headerParameters: {
        parameters: [
          { name: 'webhook-id', value: `={{ ${start}.body.runId }}` },
          { name: 'webhook-timestamp', value: '={{ $json.seconds }}' },
          { name: 'webhook-signature', value: '=v1,{{ $json.signature }}' },
        ],
      },
      sendBody: true,
      contentType: 'raw',
      rawContentType: 'application/json',
      body: '={{ $json.text }}',
      options: { timeout: 10_000 },
    },
  },
];

const leadsTo = (...names: readonly string[]) => ({
  main: names.map((node) => [{ node, type: 'main', index: 0 }]),
});

/** A workflow that answers the platform's contract with its own input: to copy when another is made. */
export function echoWorkflow() {
  const nodes = [
    ...checkSignature,
    respond('Accept', 200, { message: 'Workflow was started' }),
    respond('Refuse', 401, { code: 401, message: 'The signature does not fit' }),
    ...postResult,
  ];
  return {
    id: 'maxaiEcho0000001',
    name: 'MaxAI: echo',
    active: false,
    settings: { executionOrder: 'v1' },
    nodes: nodes.map((node, index) => ({
      id: node.name.toLowerCase().replaceAll(' ', '-'),
      position: [index * 200, 0],
      ...node,
      type: `n8n-nodes-base.${node.type}`,
    })),
    connections: {
      Start: leadsTo('Read bytes'),
      'Read bytes': leadsTo('Expected signature'),
      'Expected signature': leadsTo('Is signed'),
      'Is signed': leadsTo('Accept', 'Refuse'),
      Accept: leadsTo('Result'),
      Result: leadsTo('Sign'),
      Sign: leadsTo('Post result'),
    },
  };
}
