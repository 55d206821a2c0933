import { describe, expect, test } from 'vitest';
import { tellingLine } from '../../../../packages/host/src/tellingLine';
import { languageOutputs } from './languageOutputs';
import { toolOutputs } from './toolOutputs';

describe('the line of an output that tells why', () => {
  test.each([...languageOutputs, ...toolOutputs])('%s', (_program, output, told) => {
    expect(tellingLine(output)).toBe(told);
    // As Windows ends lines.
    expect(tellingLine(output.replaceAll('\n', '\r\n'))).toBe(told);
  });

  test('of what ran for long, the last error', () => {
    const output = 'Error: a, going on\nready\nError: b\nbye';
    expect(tellingLine(output)).toBe('Error: a, going on');
    expect(tellingLine(output, 'last')).toBe('Error: b');
  });

  test('of nothing, nothing; of an endless line, its beginning', () => {
    expect(tellingLine(undefined)).toBeUndefined();
    expect(tellingLine(' \n\r\n')).toBeUndefined();
    expect(tellingLine(`Error: ${'x'.repeat(100_000)}`)).toHaveLength(401);
  });
});
