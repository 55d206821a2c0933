import { spawn } from 'node:child_process';
import { chmod, chown, mkdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GitRepository } from '../../support/gitRepository';
import { cliProgram } from './cliWorld';

const nobody = 65_534;
const isRoot = process.getuid?.() === 0;

interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What nobody foresaw of the machine is told in words, with what could be done; a stack is for `--verbose`. */
describe.skipIf(process.platform === 'win32')('what the operating system refuses', { timeout: 60_000 }, () => {
  let repository: GitRepository;
  beforeAll(async () => {
    repository = await GitRepository.create();
    await repository.commit('coppice.yaml', 'version: 1\nservices:\n  web: {command: "node -e 0"}\n', 'environment');
    await writeFile(join(repository.folder, 'file'), '');
    await writeFile(join(repository.folder, '.gitconfig'), '[safe]\n\tdirectory = *\n');
    await chmod(repository.folder, 0o755);
  });
  afterAll(() => repository.dispose());

  /** By an account without rights where the test's own has them all. */
  function coppice(words: readonly string[], options: { cwd?: string; home?: string } = {}): Promise<Result> {
    const { cwd = repository.root, home = join(repository.folder, 'home') } = options;
    const env = { ...repository.env, COPPICE_HOME: home, COPPICE_GATEWAY_PORT: '' };
    const account = isRoot ? { uid: nobody, gid: nobody } : {};
    const child = spawn(process.execPath, [cliProgram, ...words], { cwd, env, ...account });
    const said = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, ...said }));
    });
  }

  it('a folder that is gone', async () => {
    // Taken away by the shell that starts the program: nobody can start one in a folder that is not there.
    const gone = join(repository.folder, 'gone');
    await mkdir(gone);
    const script = 'rmdir "$PWD" && exec "$0" "$@"';
    const child = spawn('sh', ['-c', script, process.execPath, cliProgram, 'list'], { cwd: gone, env: repository.env });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect({ code, stderr }).toEqual({
      code: 8,
      stderr: 'The folder that this command runs in does not exist any more: go to another one.\n',
    });
  });

  it.each([
    ['create', 'topic'],
    ['cluster', 'start'],
  ])('a home that cannot be made: %s', async (...words) => {
    const home = join(repository.folder, 'file', 'home');
    const { code, stderr } = await coppice(words, { home });
    expect(code).toBe(1);
    expect(stderr.split('\n').slice(-3)).toEqual([
      expect.stringMatching(
        /^\S+file\/home\S* cannot be made: a part of its path is a file, and not a folder \(ENOTDIR\)\.$/,
      ),
      `  ${home} is where Coppice keeps its state: the variable COPPICE_HOME names another folder.`,
      '',
    ]);
  });

  it('a home that may not be written', async () => {
    const home = join(repository.folder, 'closed');
    await mkdir(home);
    await chmod(home, 0o555);
    const { code, stderr } = await coppice(['cluster', 'start'], { home });
    expect(code).toBe(7);
    expect(stderr).toMatch(
      /^\S+closed\S* cannot be made: this account may not do that \(EACCES\)\.\n {2}\S+closed is where /m,
    );
    expect(stderr).not.toMatch(/^ +at /m);
    await rmdir(home);
  });

  it('a repository that may not be written', async () => {
    const home = join(repository.folder, 'own');
    await mkdir(home);
    if (isRoot) await chown(home, nobody, nobody);
    const git = join(repository.root, '.git');
    await chmod(git, 0o555);
    try {
      const { code, stderr } = await coppice(['create', 'topic', '--yes'], { home });
      expect(code).toBe(7);
      expect(stderr.split('\n').slice(-2)).toEqual([
        `${join(git, 'coppice')} cannot be made: this account may not do that (EACCES).`,
        '',
      ]);
    } finally {
      await chmod(git, 0o755);
    }
  });
});
