import { onTestFinished } from 'vitest';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/index.ts';
import { asList, asObject, type JsonObject } from '../../src/json-body.ts';

/** A sandbox of its own for one test, closed when the test ends. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await createSandbox(options);
  onTestFinished(() => sandbox.close());
  return sandbox;
}

export type Answer = { status: number; headers: Headers; text: string; body: JsonObject };

/** Reads `a.b.0.c` out of a parsed answer. */
export function at(value: unknown, path: string): unknown {
  let found = value;
  for (const key of path.split('.')) {
    found = Array.isArray(found) ? asList(found)[Number(key)] : asObject(found)[key];
  }
  return found;
}

export function client(base: string, headers: Record<string, string>) {
  const send = async (
    method: string,
    path: string,
    body?: JsonObject | URLSearchParams,
    extra: Record<string, string> = {},
  ): Promise<Answer> => {
    const isForm = body instanceof URLSearchParams;
    const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
    const response = await fetch(base + path, {
      method,
      redirect: 'manual',
      headers: { ...headers, ...(body ? { 'content-type': type } : {}), ...extra },
      ...(body ? { body: isForm ? body.toString() : JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(extra['x-timeout'] ? Number(extra['x-timeout']) : 5_000),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: asObject(isJson && text !== '' ? { value: JSON.parse(text) } : {}),
    };
  };
  return {
    get: (path: string, extra?: Record<string, string>) => send('GET', path, undefined, extra),
    post: (path: string, body?: JsonObject | URLSearchParams, extra?: Record<string, string>) =>
      send('POST', path, body, extra),
    patch: (path: string, body: JsonObject) => send('PATCH', path, body),
    put: (path: string, body: JsonObject) => send('PUT', path, body),
    remove: (path: string, body?: JsonObject) => send('DELETE', path, body),
  };
}

export function read(answer: Answer, path: string): unknown {
  return at(answer.body, `value.${path}`);
}

export function form(fields: Record<string, string>): URLSearchParams {
  return new URLSearchParams(fields);
}

export function clients(sandbox: Sandbox) {
  const { accounts, url } = sandbox;
  const { accountSid, authToken } = accounts.twilio;
  const basic = Buffer.from(`${accountSid}:${authToken}`).toString('base64');
  return {
    retell: client(`${url}/retell`, { authorization: `Bearer ${accounts.retell.apiKey}` }),
    twilio: client(`${url}/twilio/2010-04-01/Accounts/${accountSid}`, {
      authorization: `Basic ${basic}`,
    }),
    highlevel: client(`${url}/highlevel`, {
      authorization: `Bearer ${accounts.highlevel.token}`,
      version: '2021-07-28',
    }),
    stripe: client(`${url}/stripe/v1`, { authorization: `Bearer ${accounts.stripe.apiKey}` }),
    openrouter: client(`${url}/openrouter/api/v1`, {
      authorization: `Bearer ${accounts.openrouter.apiKey}`,
    }),
    control: client(`${url}/_control`, {}),
    anonymous: client(url, {}),
  };
}
