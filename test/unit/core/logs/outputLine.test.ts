import { describe, expect, it } from 'vitest';
import { OutputLines } from '../../../../src/core/logs/outputLine';

const levels = (...lines: readonly string[]) => {
  const reader = new OutputLines();
  return lines.map((line) => reader.read(line).level);
};

describe('a line of output', () => {
  it.each([
    ['error', 'TypeError: x is not a function'],
    ['error', '2026-01-02 03:04:05 [ERROR] no'],
    ['error', 'time=1 level=error msg=no'],
    ['error', '\u001b[31mERROR\u001b[0m no'],
    ['warning', '2026-01-02 03:04:05 WARN slow'],
    ['warning', '(node:123) Warning: something'],
    ['warning', '(node:123) [DEP0040] DeprecationWarning: punycode'],
    ['warning', 'level=warn msg=slow'],
    ['warning', 'warning: unused variable'],
    ['info', 'listening on 3000, without an error'],
    ['info', 'no warnings'],
    ['info', ''],
  ])('is %s: %s', (level, line) => expect(levels(line)).toEqual([level]));

  it('goes on with the error that it belongs to, as traces do', () => {
    expect(
      levels(
        'TypeError: no',
        '    at total (/w/a.js:1:1)',
        '  [cause]: x',
        'listening',
        '    at rest',
        'WARN x',
        '  more',
      ),
    ).toEqual(['error', 'error', 'error', 'info', 'info', 'warning', 'warning']);
    expect(levels('Traceback (most recent call last):', '  File "a.py", line 1', 'ValueError: no')).toEqual([
      'error',
      'error',
      'error',
    ]);
  });

  it('is folded to what it says where it is a JSON object that speaks', () => {
    const read = (value: unknown) => new OutputLines().read(typeof value === 'string' ? value : JSON.stringify(value));
    expect(read({ level: 50, time: 1, msg: 'no price', id: 7, req: { url: '/' } })).toEqual({
      level: 'error',
      text: 'no price',
      fields: [
        ['id', '7'],
        ['req', '{"url":"/"}'],
      ],
    });
    expect(read({ severity: 'WARNING', message: 'slow', ts: 1 })).toEqual({
      level: 'warning',
      text: 'slow',
      fields: [],
    });
    expect(read({ message: 'TypeError: x' }).level).toBe('error');
    expect(read({ level: 'info', a: 1 })).toMatchObject({ level: 'info', text: '{"level":"info","a":1}' });
    for (const plain of ['{"rows":3}', '{no}', '{"msg":', '[1]'])
      expect(read(plain)).toEqual({ level: 'info', text: plain, fields: [] });
    expect(
      read({ msg: 'x', ...Object.fromEntries(Array.from({ length: 90 }, (_, at) => [`f${at}`, at])) }).fields,
    ).toHaveLength(50);
  });
});
