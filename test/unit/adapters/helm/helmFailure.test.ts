import { describe, expect, test } from 'vitest';
import { helmFailure, missingHelm } from '../../../../src/adapters/helm/helmFailure';
import { parseHistory, parseReleaseNames, recovery } from '../../../../src/adapters/helm/revision';

describe('what Helm said when it failed', () => {
  test('the first line that says something is the message, the rest is the explanation', () => {
    const stderr = [
      'WARNING: Kubernetes configuration file is group-readable. This is insecure. Location: /x',
      'W1122 07:00:00.000000   12 warnings.go:70] something is deprecated',
      "Error: values don't meet the specifications of the schema(s) in the following chart(s):",
      'worktree:',
      '- services.0.port: Invalid type. Expected: integer, given: string',
      '',
    ].join('\r\n');
    expect(helmFailure('install the release "x"', 1, stderr)).toMatchObject({
      code: 'failed',
      message:
        'Helm could not install the release "x": values don\'t meet the specifications of the schema(s) in the following chart(s):',
      explanation: 'worktree:\n- services.0.port: Invalid type. Expected: integer, given: string',
    });
  });

  test('silence is told as what it is', () => {
    expect(helmFailure('uninstall it', 137, '')).toMatchObject({
      message: 'Helm could not uninstall it (exit code 137).',
      explanation: undefined,
    });
  });

  test('a missing Helm is to be installed, or the setting that names it corrected', () => {
    const command = { kind: 'typeCommand', command: 'brew install helm' } as const;
    const install = { text: 'To install it: brew install helm.', remedy: { title: 'Install Helm', action: command } };
    const missing = missingHelm('helm', install, undefined);
    expect(missing).toMatchObject({ code: 'missingTool', remedy: { action: command } });
    expect(missing.explanation).toBe('To install it: brew install helm.\nWhere it is: the setting coppice.helm.path.');
    expect(missingHelm('/opt/helm', install, undefined)).toMatchObject({
      remedy: { action: { kind: 'openSettings', setting: 'coppice.helm.path' } },
    });
  });
});

describe('a release that was left in the middle of something', () => {
  const at = (iso: string): number => Date.parse(iso);
  const history = (...states: readonly string[]): string =>
    JSON.stringify(
      states.map((status, index) => ({
        revision: index + 1,
        status,
        updated: '2026-11-22T07:00:00.5Z',
        chart: 'worktree-0.1.0',
      })),
    );
  const later = at('2026-11-22T07:00:01Z');

  test.each([
    [['pending-install'], { kind: 'uninstall' }],
    [['deployed', 'pending-upgrade'], { kind: 'rollback', revision: 1 }],
    [['superseded', 'superseded', 'failed', 'pending-rollback'], { kind: 'rollback', revision: 2 }],
    [['failed', 'pending-upgrade'], { kind: 'uninstall' }],
    [['deployed', 'uninstalling'], { kind: 'uninstall' }],
    [['deployed'], undefined],
    [['failed'], undefined],
    [[], undefined],
  ])('%j: %j', (states, expected) => {
    expect(recovery(parseHistory(history(...states)), later, later)).toEqual(expected);
  });

  test('one that was begun since may be alive and is left alone', () => {
    expect(recovery(parseHistory(history('pending-install')), at('2026-11-22T07:00:00Z'), later)).toBeUndefined();
    expect(recovery([{ revision: 1, status: 'pending-install', updated: Number.NaN }], later, later)).toBeUndefined();
  });

  test('one that was begun in a time to come was begun before the clock was put back', () => {
    const now = at('2026-11-22T06:00:00Z');
    expect(recovery(parseHistory(history('pending-install')), now, now)).toEqual({ kind: 'uninstall' });
    // Of another machine, whose clock is ahead by no more than clocks are.
    const close = at('2026-11-22T06:59:30Z');
    expect(recovery(parseHistory(history('pending-install')), close, close)).toBeUndefined();
  });

  test('the newest revision decides, in whatever order they come', () => {
    const text = JSON.stringify([
      { revision: 10, status: 'pending-upgrade', updated: '2026-11-22T07:00:00Z' },
      { revision: 9, status: 'deployed', updated: '2026-11-22T06:00:00Z' },
    ]);
    expect(recovery(parseHistory(text), later, later)).toEqual({ kind: 'rollback', revision: 9 });
  });

  test('what is no JSON is no history and no list', () => {
    expect(parseHistory('Error: release: not found')).toEqual([]);
    expect(parseReleaseNames('')).toBeUndefined();
    expect(parseReleaseNames('null')).toBeUndefined();
    expect(parseReleaseNames('[]')).toEqual([]);
    expect(parseReleaseNames('[{"name":"a"}]')).toEqual(['a']);
  });
});
