import { join } from 'node:path';
import { ESLint, Linter } from 'eslint';
import { parser } from 'typescript-eslint';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** What the rules about syntax say of a line, were it in that file: without types, so that nothing is compiled for it. */
async function problems(file: string, line: string): Promise<string[]> {
  const config = (await new ESLint({ cwd: root }).calculateConfigForFile(join(root, file))) as Linter.Config;
  const ruleOf = (name: string): Linter.RuleEntry => config.rules?.[name] ?? 'off';
  const rules = {
    'no-restricted-syntax': ruleOf('no-restricted-syntax'),
    'no-restricted-properties': ruleOf('no-restricted-properties'),
  };
  return new Linter()
    .verify(line, [{ files: ['**/*.ts'], languageOptions: { parser }, rules }], { filename: file })
    .map(({ message }) => message);
}

const aTrait = expect.stringContaining('Ask for a trait');

test.each([
  "if (cluster.kind === 'embedded') start();",
  "const isMade = 'k3d' != kind;",
  "switch (kind) { case 'context': stop(); }",
  "const isPinned = ['k3d', 'context'].includes(kind);",
])(
  "a comparison with a cluster's kind is refused outside of the table of traits and the place that makes adapters: %s",
  async (line) => {
    for (const file of [
      'core/naming',
      'app/run/withLock',
      'ui/editor/text',
      'cli/table',
      'wiring/wireMachine',
      'extension',
    ])
      expect(await problems(`src/${file}.ts`, line), file).toContainEqual(aTrait);
    for (const file of ['core/clusterTraits', 'wiring/connectTo'])
      expect(await problems(`src/${file}.ts`, line), file).toEqual([]);
  },
);

test('the identity of the embedded cluster is made in one place', async () => {
  const line = "export const identity = { kind: 'embedded' };";
  expect(await problems('src/app/run/withLock.ts', line)).toContainEqual(expect.stringContaining('embeddedIdentity'));
  expect(await problems('src/core/clusterTraits.ts', line)).toEqual([]);
});

test('other words may be compared', async () => {
  expect(await problems('src/app/run/withLock.ts', "if (state === 'running') stop({ context: 'k3d' });")).toEqual([]);
});

test('promises that are refused are not made before the one before is expected', async () => {
  const unheard = (made: string, expected: string): Promise<string[]> =>
    problems('test/unit/x.test.ts', `for (const refused of [${made}]) await expect(${expected}).rejects.toThrow();`);
  expect(await unheard('a.sleep(), a.wake()', 'refused')).toEqual([expect.stringContaining('Loop over functions')]);
  expect(await unheard('() => a.sleep(), () => a.wake()', 'refused()')).toEqual([]);
  expect(await unheard("'one', 'other'", 'ask(refused)')).toEqual([]);
});

test('what shares a process with other files of tests replaces no module', async () => {
  const mocks = (file: string): Promise<string[]> => problems(file, "vi.mock('node:fs');");
  for (const folder of ['core', 'app/run', 'manifest'])
    expect(await mocks(`test/unit/${folder}/x.test.ts`), folder).toEqual([expect.stringContaining('share a process')]);
  expect(await mocks('test/unit/adapters/x.test.ts')).toEqual([]);
});

test('nothing is waited for by a clock that can be put forwards and back, and who reads such a clock is known', async () => {
  const isWait = [expect.stringContaining('a wait goes by performance.now()')];
  for (const file of [
    'app/run/withLock',
    'ui/editor/text',
    'cli/hookCommand',
    'adapters/kubernetes/workloads/runOnce',
  ]) {
    expect(await problems(`src/${file}.ts`, 'const since = Date.now();'), file).toEqual(isWait);
    expect(await problems(`src/${file}.ts`, 'const since = performance.now();'), file).toEqual([]);
  }
  expect(await problems('packages/cluster/src/node/settled.ts', 'const since = Date.now();')).toEqual(isWait);
  for (const file of ['src/adapters/git/trash/trashEntry.ts', 'packages/cluster/src/main.ts']) {
    expect(await problems(file, 'const writtenAt = Date.now();'), file).toEqual([]);
    for (const line of [
      'const until = Date.now() + 5000;',
      'while (Date.now() <= until) look();',
      'if (until > Date.now()) go();',
    ])
      expect(await problems(file, line), line).toEqual(isWait);
  }
});

test('a notification makes no link of what others wrote', async () => {
  const refusal = [expect.stringContaining('goes through linkless')];
  const shown = (argument: string): Promise<string[]> =>
    problems('src/ui/report/report.ts', `void vscode.window.showWarningMessage(${argument}, 'Show Logs');`);
  for (const argument of [
    'message',
    '`${name} is failing.`',
    'error.message',
    "'It is ' + how",
    'plainLine(text)',
    'told()',
  ])
    expect(await shown(argument), argument).toEqual(refusal);
  for (const argument of ["'The trash is empty.'", 'linkless(message)', "isThere ? 'It is there.' : 'It is gone.'"])
    expect(await shown(argument), argument).toEqual([]);
});
