import { execFileSync } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { build as bundle } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contentHash } from '../../../../src/adapters/docker/contentHash';
import type { BuildSpec } from '../../../../src/core/environmentFile';

const source = join(import.meta.dirname, '../../../../src/adapters/docker/contentHash.ts');
const isWindows = process.platform === 'win32';
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-hash-'));
  await write('Dockerfile', 'FROM scratch\nCOPY . .\n');
  await write('src/main.js', 'one');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(path: string, text: string, root = folder): Promise<void> {
  await mkdir(join(root, path, '..'), { recursive: true });
  await writeFile(join(root, path), text);
}

const build: BuildSpec = { context: '.', dockerfile: 'Dockerfile', target: undefined, args: {} };

async function hash(
  change: Partial<BuildSpec> = {},
  root = folder,
  platform = 'linux/amd64',
  withheld: readonly string[] = [],
): Promise<string> {
  const readsOwnIgnoreFile = async (): Promise<boolean> => true;
  return (await contentHash({ folder: root, build: { ...build, ...change }, withheld, platform, readsOwnIgnoreFile }))
    .hash;
}

/** Whether the hash is another one after the change. */
async function differs(change: () => Promise<unknown>): Promise<boolean> {
  const before = await hash();
  await change();
  return (await hash()) !== before;
}

/** The hash, or how it failed, for a user who is not root: root reads everything. */
async function asNobody(context: string): Promise<string> {
  const program = join(context, '..', `coppice-hash-${basename(context)}.mjs`);
  const call = `import { contentHash } from ${JSON.stringify(source)};
    contentHash({ folder: ${JSON.stringify(context)}, build: ${JSON.stringify(build)}, withheld: [], platform: '', readsOwnIgnoreFile: async () => true })
      .then(({ hash }) => console.log(hash), ({ code, message }) => console.log(code + ': ' + message));`;
  try {
    const stdin = { contents: call, resolveDir: import.meta.dirname };
    await bundle({ stdin, bundle: true, platform: 'node', format: 'esm', outfile: program, logLevel: 'silent' });
    await chmod(program, 0o644);
    const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    return execFileSync(process.execPath, [program], { encoding: 'utf8', cwd: tmpdir(), ...nobody }).trim();
  } finally {
    await rm(program, { force: true });
  }
}

describe('contentHash', () => {
  it('does not see what is withheld, whatever .dockerignore brings back', async () => {
    await write('.dockerignore', '*.local\n!.env.local\n');
    const secrets = ['.env', '.env.local', 'src/.env', ...(isWindows ? [] : ['!a', '# b', 'src/c*[d]?\\'])];
    const before = await hash();
    for (const path of secrets) await write(path, 'PASSWORD=canary');
    expect(await hash()).not.toBe(before);
    expect(await hash({}, folder, undefined, secrets)).toBe(before);
    await write('src/Dockerfile', 'FROM scratch\n');
    const ofSource = { context: 'src' };
    const seen = await hash(ofSource, folder, undefined, secrets);
    await write('src/.env', 'PASSWORD=another');
    expect(await hash(ofSource, folder, undefined, secrets)).toBe(seen);
    // Only what is named: what lies beside it counts.
    await write('src/env', 'one');
    expect(await hash(ofSource, folder, undefined, secrets)).not.toBe(seen);
  });

  it('is the same in another folder with the same content, whenever it was written and whatever git keeps there', async () => {
    const other = `${folder}-copy`;
    try {
      await cp(folder, other, { recursive: true });
      await utimes(join(other, 'src/main.js'), 1, 1);
      await write('.git', `gitdir: ${folder}`);
      await write('.git', 'gitdir: elsewhere', other);
      expect(await hash({}, other)).toBe(await hash());
    } finally {
      await rm(other, { recursive: true });
    }
  });

  it('is another one for any change that a build sees', async () => {
    const hashes = [await hash()];
    const add = async (): Promise<void> => void hashes.push(await hash());
    await write('src/main.js', 'two');
    await add();
    await rename(join(folder, 'src/main.js'), join(folder, 'src/other.js'));
    await add();
    await mkdir(join(folder, 'empty'));
    await add();
    await write('Dockerfile', 'FROM scratch\n');
    await add();
    await symlink('src/other.js', join(folder, 'link'));
    await add();
    await rm(join(folder, 'link'));
    await symlink('src/gone.js', join(folder, 'link'));
    await add();
    // What moves from one file's end to the next one's beginning.
    await write('x', 'ab');
    await write('y', 'c');
    await add();
    await write('x', 'a');
    await write('y', 'bc');
    await add();
    hashes.push(await hash({ target: 'dev' }), await hash({ args: { A: '1' } }), await hash({ args: { A: '2' } }));
    hashes.push(await hash({}, folder, 'linux/arm64'));
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(hashes[0]).toMatch(/^[0-9a-f]{40}$/);
  });

  it('does not mind the order of arguments', async () => {
    expect(await hash({ args: { A: '1', B: '2' } })).toBe(await hash({ args: { B: '2', A: '1' } }));
  });

  it.skipIf(isWindows)('minds permissions, of folders too', async () => {
    expect(await differs(() => chmod(join(folder, 'src/main.js'), 0o755))).toBe(true);
    expect(await differs(() => chmod(join(folder, 'src'), 0o700))).toBe(true);
  });

  it('passes over what .dockerignore leaves out, and the Dockerfile never', async () => {
    await write('.dockerignore', 'node_modules\n*.md\nDockerfile\n!node_modules/keep\n');
    expect(await differs(() => write('node_modules/a.js', 'x'))).toBe(false);
    expect(await differs(() => write('a.md', 'x'))).toBe(false);
    expect(await differs(() => write('node_modules/keep/b.js', 'x'))).toBe(true);
    expect(await differs(() => write('Dockerfile', 'FROM scratch\nCOPY src /\n'))).toBe(true);
    // Docker itself takes only the one of the context's root.
    await write('src/.dockerignore', '*');
    expect(await differs(() => write('src/main.js', 'two'))).toBe(true);
  });

  it("takes a Dockerfile's own ignore file where the builder does", async () => {
    await write('.dockerignore', 'a');
    await write('Dockerfile.dockerignore', 'b');
    const of = async (own: boolean): Promise<string> => {
      const readsOwnIgnoreFile = async (): Promise<boolean> => own;
      return (await contentHash({ folder, build, withheld: [], platform: 'linux/amd64', readsOwnIgnoreFile })).hash;
    };
    const before = [await of(true), await of(false)];
    await write('a', 'x');
    const withA = [await of(true), await of(false)];
    expect([withA[0] === before[0], withA[1] === before[1]]).toEqual([false, true]);
    await write('b', 'x');
    expect([(await of(true)) === withA[0], (await of(false)) === withA[1]]).toEqual([true, false]);
  });

  it('follows no link: neither into a circle nor out of the context', async () => {
    await symlink('.', join(folder, 'circle'), 'dir');
    await symlink(tmpdir(), join(folder, 'outside'), 'dir');
    expect(await hash()).toMatch(/^[0-9a-f]{40}$/);
  });

  it.skipIf(isWindows)('does not wait for a pipe', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(await hash()).toMatch(/^[0-9a-f]{40}$/);
  });

  it('refuses what is not there, and links that lead out of the worktree', async () => {
    await expect(hash({ context: 'gone' })).rejects.toMatchObject({
      code: 'notFound',
      message: 'The folder "gone" does not exist: an image needs it.',
    });
    await expect(hash({ context: 'src' })).rejects.toMatchObject({
      code: 'notFound',
      message: 'src/Dockerfile does not exist: an image needs it.',
    });
    await symlink(tmpdir(), join(folder, 'outside'), 'dir');
    await expect(hash({ context: 'outside' })).rejects.toMatchObject({ code: 'invalidInput' });
    await symlink(process.execPath, join(folder, 'Linked'));
    await expect(hash({ dockerfile: 'Linked' })).rejects.toMatchObject({
      code: 'invalidInput',
      message: 'Linked is a link that leads out of the worktree.',
    });
  });

  it.skipIf(isWindows)('names what it may not read, and the way out', async () => {
    await write('secret/key', 'x');
    const denied = async (path: string): Promise<string> => {
      await chmod(join(folder, path), 0);
      const message = await asNobody(folder);
      await chmod(join(folder, path), 0o755);
      return message;
    };
    await chmod(folder, 0o755);
    expect(await denied('secret/key')).toBe(
      'denied: "secret/key" cannot be read: let this user read it, or name it in .dockerignore.',
    );
    expect(await denied('secret')).toBe(
      'denied: "secret" cannot be read: let this user read it, or name it in .dockerignore.',
    );
    await write('.dockerignore', 'secret\n');
    expect(await denied('secret')).toMatch(/^[0-9a-f]{40}$/);
  });

  it('ends when it is cancelled', async () => {
    const cancel = new AbortController();
    cancel.abort();
    const readsOwnIgnoreFile = async (): Promise<boolean> => true;
    const running = contentHash({ folder, build, withheld: [], platform: '', readsOwnIgnoreFile }, cancel.signal);
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('reads a file of any size in pieces', async () => {
    const big = join(folder, 'big');
    await writeFile(big, '');
    await truncate(big, 256 * 1024 * 1024);
    const before = process.memoryUsage().rss;
    const readsOwnIgnoreFile = async (): Promise<boolean> => true;
    const found = await contentHash({ folder, build, withheld: [], platform: '', readsOwnIgnoreFile });
    expect(found.bytes).toBeGreaterThan(256 * 1024 * 1024);
    expect(process.memoryUsage().rss - before).toBeLessThan(128 * 1024 * 1024);
  });
});
