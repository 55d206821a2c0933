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

  test.each([
    [
      '2026-11-29T20:57:05.367803Z 0 [System] [MY-015015] [Server] MySQL Server - start.\n2026-11-29T20:57:05.849558Z 0 [ERROR] [MY-010095] [Server] Failed to access directory for --secure-file-priv.\n2026-11-29T20:57:05.849587Z 0 [ERROR] [MY-010119] [Server] Aborting\n2026-11-29T20:57:05.849956Z 0 [System] [MY-015016] [Server] MySQL Server - end.',
      '[MY-010095] [Server] Failed to access directory for --secure-file-priv.',
    ],
    [
      "2026-11-29 20:58:02 0 [ERROR] Can't start server: Bind on TCP/IP port: Address already in use\n2026-11-29 20:58:02 0 [ERROR] Aborting",
      "[ERROR] Can't start server: Bind on TCP/IP port: Address already in use",
    ],
  ])('of a database server, what was before it gave up', (output, expected) => {
    expect(tellingLine(output, 'last')).toContain(expected);
  });

  test('of nothing, nothing; of an endless line, its beginning', () => {
    expect(tellingLine(undefined)).toBeUndefined();
    expect(tellingLine(' \n\r\n')).toBeUndefined();
    expect(tellingLine(`Error: ${'x'.repeat(100_000)}`)).toHaveLength(401);
  });
});
