import { describe, expect, it } from 'vitest';
import { checkSchema, defaultSchema, renderTemplate, variablesOf } from './template-rules.ts';

const template = 'You work for {{business}}. Greet {{ caller }} and say {{business}} once more.';

describe('a template', () => {
  it('names its variables once each', () => {
    expect(variablesOf(template)).toEqual(['business', 'caller']);
    expect(variablesOf('no variables, {not} {{1one}}')).toEqual([]);
  });

  it('is rendered with every variable filled in, as text and not as a template', () => {
    const text = renderTemplate('{{a}} {{b}}', defaultSchema('{{a}} {{b}}'), {
      a: '{{b}}',
      b: '$&',
    });
    expect(text).toBe('{{b}} $&');
  });

  it('names every variable that is missing or wrong', () => {
    const wrong = () => renderTemplate(template, defaultSchema(template), { business: 7 });
    expect(wrong).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        errors: expect.arrayContaining([
          expect.objectContaining({ detail: expect.stringContaining('caller') }),
          expect.objectContaining({ pointer: 'body/variables/business' }),
        ]),
      }),
    );
  });
});

describe('a variables schema', () => {
  it('describes an object with every variable of the template', () => {
    expect(() => checkSchema(template, defaultSchema(template))).not.toThrow();
    expect(() => checkSchema(template, { type: 'object', properties: { business: {} } })).toThrow(
      'lacks caller',
    );
  });

  it.each([{ type: 'string' }, { type: 'object' }, { type: 'object', properties: null }])(
    'is not %j',
    (schema) => {
      expect(() => checkSchema(template, schema)).toThrow('JSON Schema');
    },
  );
});
