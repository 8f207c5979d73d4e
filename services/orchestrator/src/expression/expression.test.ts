import { describe, expect, test } from 'vitest';
import { compileExpression, expressionsIn, resolveInput } from './expression.ts';

const scope = {
  event: { subject: { phone: '+12137771234' }, data: { n: 2, list: [1, 2, 3] } },
  steps: { ask: { output: { text: 'yes' } } },
};

describe('an expression', () => {
  test('reads the event and the outputs of earlier steps', async () => {
    const expression = compileExpression(
      'event.subject.phone & " " & $uppercase(steps.ask.output.text)',
    );
    expect(await expression.evaluate(scope)).toBe('+12137771234 YES');
    expect([...expression.stepsRead]).toEqual(['ask']);
  });

  test('may make functions and use them', async () => {
    const expression = compileExpression(
      '($twice := function($f) { function($n) { $f($f($n)) } }; $twice(function($n) { $n * 3 })(event.data.n))',
    );
    expect(await expression.evaluate(scope)).toBe(18);
  });

  test('names the steps it reads through the root and inside calls', () => {
    const expression = compileExpression(
      '$$.steps.first.output & $string(steps.second) & event.steps',
    );
    expect([...expression.stepsRead]).toEqual(['first', 'second']);
  });

  test('yields plain JSON, and nothing for what is missing', async () => {
    const list = await compileExpression('event.data.list[$ > 1]').evaluate(scope);
    expect(Object.getOwnPropertyNames(list)).toEqual(['0', '1', 'length']);
    expect(await compileExpression('event.nothing').evaluate(scope)).toBeUndefined();
  });

  test.each([
    ['event.', /"event\.".*(end of expression)/i],
    ['$match(event.subject.phone, /(a+)+$/)', /regular expressions are not available/],
  ])('%s is refused before it is stored, with the reason', (source, reason) => {
    expect(() => compileExpression(source)).toThrow(reason);
  });

  test.each([
    ['$sum(event.subject.phone)', /must be an array of/],
    ['($f := function($n) { $f($n + 1) }; $f(0))', /timeout after 250/i],
    ['($f := function($n) { 1 + $f($n + 1) }; $f(0))', /Stack overflow/],
    ['[1..100000]', /maximum sequence length/],
    ['$eval("1")', /non-function/],
    ['$pad("", 1000000000)', /non-function/],
    ['$error("no slot")', /no slot/],
    [`($a := "0123456789"; ${'$a := $a & $a; '.repeat(40)}$a)`, /more than 1000000 characters/],
    [
      `($a := [1]; ${'$a := {"x": $a, "y": $a}; '.repeat(40)}$string($a))`,
      /more than 1000000|timeout after 250/,
    ],
  ])('%s ends with a clear error', async (source, reason) => {
    await expect(compileExpression(source).evaluate(scope)).rejects.toThrow(reason);
  });

  test('is compiled once for the same text, and old ones make room', () => {
    const first = compileExpression('event.id');
    expect(compileExpression('event.id')).toBe(first);
    for (let index = 0; index < 2001; index += 1) compileExpression(`event.x${index}`);
    expect(compileExpression('event.id')).not.toBe(first);
  });
});

describe('an input', () => {
  const input = {
    to: '=event.subject.phone',
    body: 'Hi',
    n: 1,
    none: null,
    tags: ['=steps.ask.output.text'],
    gone: '=event.x',
  };

  test('keeps literals, resolves expressions at any depth and leaves out what is undefined', async () => {
    expect(await resolveInput(input, scope)).toEqual({
      to: '+12137771234',
      body: 'Hi',
      n: 1,
      none: null,
      tags: ['yes'],
    });
  });

  test('lists its expressions', () => {
    expect(expressionsIn(input)).toEqual([
      'event.subject.phone',
      'steps.ask.output.text',
      'event.x',
    ]);
  });
});
