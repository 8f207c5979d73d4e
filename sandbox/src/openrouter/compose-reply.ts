import { asList, asObject, asText, type JsonObject } from '../json-body.ts';

/** Roughly what tokenisers do to English: four characters a token. */
export function countTokens(text: string): number {
  return Math.max(1, Math.ceil(text.length / 4));
}

function contentText(content: unknown): string {
  return typeof content === 'string'
    ? content
    : asList(content)
        .map((part) => asText(asObject(part)['text']) ?? '')
        .join(' ');
}

export function promptText(messages: unknown): string {
  return asList(messages)
    .map((message) => contentText(asObject(message)['content']))
    .join('\n');
}

/** A value the JSON Schema accepts; text fields quote what was said. */
function fill(schema: JsonObject, said: string): unknown {
  const options = asList(schema['enum']);
  if (options.length > 0) return options[0];
  switch (schema['type']) {
    case 'object':
      return Object.fromEntries(
        Object.entries(asObject(schema['properties'])).map(([name, property]) => [
          name,
          fill(asObject(property), said),
        ]),
      );
    case 'array':
      return [fill(asObject(schema['items']), said)];
    case 'integer':
    case 'number':
      return Number(schema['minimum'] ?? 1);
    case 'boolean':
      return true;
    default:
      return said;
  }
}

/** What the stand-in model says: an answer to the last user message, JSON when a schema asks for it. */
export function composeReply(body: JsonObject): string {
  const user = asList(body['messages'])
    .map(asObject)
    .findLast((message) => message['role'] === 'user');
  const said = contentText(user?.['content']).replaceAll(/\s+/g, ' ').trim().slice(0, 200);
  const format = asObject(body['response_format']);
  if (format['type'] === 'json_schema') {
    const schema = asObject(asObject(format['json_schema'])['schema']);
    return JSON.stringify(fill(schema, said));
  }
  if (format['type'] === 'json_object') return JSON.stringify({ reply: said });
  return `Thank you for getting in touch. You said: "${said}". We will see to it right away.`;
}
