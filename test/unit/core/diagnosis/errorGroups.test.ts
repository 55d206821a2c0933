import { describe, expect, it } from 'vitest';
import { ErrorGroups } from '../../../../src/core/diagnosis/errorGroups';

function groupsOf(...lines: string[]) {
  const groups = new ErrorGroups();
  for (const [at, line] of lines.entries()) groups.add('web', line, `2026-01-01T00:00:0${at}Z`);
  return groups;
}

describe('errors of one shape', () => {
  it('are told once, with their count, the first and the last time, and the last of them', () => {
    const groups = groupsOf(
      'Error: order 1 of 2026-01-01T10:00:00Z is lost',
      'listening on 3000',
      'Error: order 22 of 2026-01-02T11:30:00.123Z is lost',
      'TypeError: x is not a function',
      'Error: order 3 of 2026-01-01T10:00:00Z is lost',
    );
    expect(groups.groups()).toEqual([
      {
        ...{ service: 'web', count: 3, first: '2026-01-01T00:00:00Z', last: '2026-01-01T00:00:04Z' },
        example: 'Error: order 3 of 2026-01-01T10:00:00Z is lost',
      },
      {
        ...{ service: 'web', count: 1, first: '2026-01-01T00:00:03Z', last: '2026-01-01T00:00:03Z' },
        example: 'TypeError: x is not a function',
      },
    ]);
    expect(groups.counts).toEqual({ lines: 5, errors: 4 });
  });

  it('differ by what they name, and not by ids', () => {
    const said = [
      'ERROR: relation "users" does not exist',
      'ERROR: relation "orders" does not exist',
      'ERROR: no session 5f2b8c1e-77aa-4f10-9d0c-aa0011223344',
      'ERROR: no session 0a1b2c3d-1122-4f10-9d0c-ffeeddccbbaa',
    ];
    expect(groupsOf(...said).groups()).toHaveLength(3);
  });

  it.each([
    '{"level":50,"msg":"no broker"}',
    'time=2026-01-01T00:00:00Z level=error msg="no broker"',
    '[12:00:01.123] ERROR (42): no broker',
    '\u001b[31mError: no broker\u001b[0m',
    'web-1 | Exception: no broker',
  ])('are known by what loggers and languages write: %s', (line) => {
    expect(groupsOf(line).groups()).toHaveLength(1);
  });

  it.each([
    'found 0 errors',
    'GET /errors 200',
    'error handling is on',
    '    at Object.<anonymous> (/x/error.js:1:1)',
    '',
  ])('are not what only has the word: %j', (line) => expect(groupsOf(line).groups()).toEqual([]));

  it('take time that grows with the lines, whatever is in them', () => {
    const groups = new ErrorGroups();
    const long = `Error: ${'a'.repeat(50_000)} ${'1:'.repeat(50_000)}`;
    const started = performance.now();
    for (let line = 0; line < 100_000; line++) {
      const name = String.fromCharCode(97 + (line % 26), 97 + ((line * 7) % 26), 97 + ((line * 11) % 26));
      groups.add('web', line % 1000 === 0 ? long : `Error: ${name} ${line} failed`, undefined);
    }
    // Quadratic growth would take minutes.
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(groups.counts).toEqual({ lines: 100_000, errors: 100_000 });
    expect(groups.groups().length).toBeLessThanOrEqual(1000);
  });
});
