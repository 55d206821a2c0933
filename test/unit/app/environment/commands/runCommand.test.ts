import { expect, it } from 'vitest';
import { runCommand } from '../../../../../src/app/environment/commands/runCommand';
import { AppError } from '../../../../../src/core/errors';

/** What is told of a command that failed by this. */
async function told(command: readonly string[], error: AppError): Promise<string | undefined> {
  const commands = { run: () => Promise.reject(error) };
  const of = { place: 'setup[0]', folder: '/work', variables: {}, timeoutSeconds: 1, name: undefined };
  const failed = runCommand(
    { commands },
    { command, env: {}, timeout: undefined, inputs: [] },
    of,
    new AbortController().signal,
  );
  return failed.then(
    () => undefined,
    (found: unknown) => (found instanceof AppError ? found.explanation : undefined),
  );
}

const missing = (program: string): AppError =>
  new AppError('missingTool', `The program "${program}" was not found.`, {
    explanation: 'It is in no folder of PATH.',
  });
const failed = (explanation: string): AppError => new AppError('failed', 'sh ended with 127', { explanation });

it.each([
  [['pnpm', 'install'], missing('pnpm'), 'npm install --global pnpm'],
  [['/opt/tools/uv.exe', 'sync'], missing('uv.exe'), 'pipx install uv'],
  [['sh', '-c', 'bun install'], failed('sh: 1: bun: not found'), 'npm install --global bun'],
  [['bash', '-c', 'sqlx migrate run'], failed('bash: line 1: sqlx: command not found'), 'cargo install sqlx-cli'],
  [
    ['cmd', '/c', 'poetry'],
    failed("'poetry' is not recognized as an internal or external command"),
    'pipx install poetry',
  ],
  [['shop-tool'], missing('shop-tool'), 'Install shop-tool, or put its folder on the PATH of this window or shell.'],
])('says how a program comes onto the machine that %s needs', async (command, error, install) => {
  expect(await told(command, error)).toContain(install);
});

it('says how a linked worktree gets submodules whose places git has for the main one alone', async () => {
  const said =
    "fatal: could not create directory '/work/it is/.git/modules/libs%2flibrary'\nFailed to clone 'libs/library'";
  const found = await told(['git', 'submodule', 'update', '--init'], failed(said));
  expect(found).toContain(said);
  expect(found).toContain('for the main worktree alone (extensions.submodulePathConfig), and /work/it is is none.');
  expect(found).toContain('git config --worktree submodule.NAME.gitdir');
});

it('says nothing of that where a command fails by something else', async () => {
  expect(await told(['npm', 'ci'], failed('npm error: package x: version 3 not found'))).not.toContain('nstall');
});
