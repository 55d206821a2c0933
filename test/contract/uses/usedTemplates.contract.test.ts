import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processStart } from '@coppice/host/processStart';
import { describe, expect, it } from 'vitest';
import { HostUsedTemplates } from '../../../src/adapters/uses/hostUsedTemplates';
import type { TemplateServer } from '../../../src/core/ports/usedTemplates';
import { FakeUsedTemplates } from '../../support/fakes/fakeUsedTemplates';
import { isAlive, until } from '../../support/until';
import { usedTemplatesContract } from './usedTemplatesContract';

/** Has a port, a socket beneath its data, and an end in which it writes down what it has. */
const script = `
const { writeFileSync } = require('node:fs');
const [port, data, how] = process.argv.slice(1);
if (how === 'refuses') {
  console.error('the folder is of another version');
  process.exit(7);
}
const server = require('node:net').createServer().listen(Number(port), '127.0.0.1');
require('node:net').createServer().listen(data + '/socket');
if (how === 'leaves one behind') {
  // It holds what this one prints to, in a session of its own.
  const left = require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 20_000)'], {
    detached: true,
    stdio: 'inherit',
  });
  left.unref();
  writeFileSync(data + '/left', String(left.pid));
}
if (how === 'links') require('node:fs').symlinkSync('/elsewhere', data + '/space');
process.on('SIGTERM', () => {
  if (how === 'fails') process.exit(1);
  writeFileSync(data + '/written-at-the-end', '');
  process.exit(0);
});
`;

const serverThat = (how: 'ends' | 'fails' | 'refuses' | 'links' | 'leaves one behind'): TemplateServer => ({
  prepare: ({ data }) => [
    process.execPath,
    '-e',
    `require('node:fs').writeFileSync(process.argv[1] + '/prepared', '')`,
    data,
  ],
  files: { 'conf/a.conf': 'x' },
  ports: ['main'],
  start: ({ data }, ports) => ({ argv: [process.execPath, '-e', script, String(ports['main']), data, how], env: {} }),
  template: { version: ['--version'], own: ['server-id'] },
  patienceMs: 30_000,
});

usedTemplatesContract('the fake', async () => {
  const templates = new FakeUsedTemplates({ now: () => 1 });
  let folders = 0;
  return {
    templates,
    server: { ...serverThat('ends'), prepare: undefined },
    write: async (id, file) => templates.write(id, file),
    folder: async () => `/data/${folders++}`,
    files: async (folder) => templates.copies.get(folder)?.files ?? [],
    dispose: async () => undefined,
  };
});

const hostWorld = async () => {
  const home = await mkdtemp(join(tmpdir(), 'coppice-templates-'));
  const templates = new HostUsedTemplates(join(home, 'templates'), process.env);
  return { home, templates, data: (id: string) => join(home, 'templates', `${id}.begun`, 'data') };
};

// Windows ends programs without a word: there are none there.
describe.skipIf(process.platform === 'win32')('on a system that tells programs to end', () => {
  usedTemplatesContract('folders', async () => {
    const { home, templates, data } = await hostWorld();
    return {
      templates,
      server: serverThat('ends'),
      write: (id, file) => writeFile(join(data(id), file), 'x'),
      folder: () => mkdtemp(join(home, 'to-')),
      // What the stand-in itself writes is a matter of the tests below.
      files: async (folder) =>
        (await readdir(folder)).filter((name) => name !== 'prepared' && name !== 'written-at-the-end'),
      dispose: () => rm(home, { recursive: true, force: true }),
    };
  });

  const { signal } = new AbortController();
  const id = 'aaaaaaaaaaaa-db.mysql-0123456789abcdef';

  it('a template is what its server has written until its end, and no socket', async () => {
    const { home, templates } = await hostWorld();
    try {
      await templates.make(id, serverThat('ends'), async () => undefined, signal);
      const to = await mkdtemp(join(home, 'to-'));
      await templates.copy(id, to, signal);
      expect((await readdir(to)).sort()).toEqual(['prepared', 'written-at-the-end']);
      expect(await readdir(join(home, 'templates'))).toEqual([id]);
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });

  it.each([
    ['fails', /did not end in order \(1\)/, ''],
    ['refuses', /ended \(7\) before it was ready/, 'the folder is of another version'],
    ['links', /^space, in the data that migrate and seed made, leads elsewhere/, undefined],
  ] as const)('a server that %s makes no template', async (how, message, explanation) => {
    const { home, templates } = await hostWorld();
    try {
      const making = templates.make(id, serverThat(how), async () => undefined, signal);
      await expect(making).rejects.toMatchObject({ message: expect.stringMatching(message) as unknown, explanation });
      expect(await readdir(join(home, 'templates'))).toEqual([]);
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });

  it('what has left the server behind keeps nobody waiting', async () => {
    const { home, templates } = await hostWorld();
    let left = 0;
    try {
      await templates.make(id, serverThat('leaves one behind'), async () => undefined, signal);
      left = Number(await readFile(join(home, 'templates', id, 'data', 'left'), 'utf8'));
      expect(isAlive(left)).toBe(true);
    } finally {
      if (left > 0) process.kill(left, 'SIGKILL');
      await rm(home, { recursive: true, force: true });
    }
  });

  it('a folder that says nothing of itself is none', async () => {
    const { home, templates } = await hostWorld();
    try {
      await mkdir(join(home, 'templates', id, 'data'), { recursive: true });
      expect(await templates.has(id)).toBe(false);
      await templates.make(id, serverThat('ends'), async () => undefined, signal);
      expect(await templates.has(id)).toBe(true);
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });

  it('what a make that was killed has left running is ended by the next one, whose data are its own', async () => {
    const { home, templates, data } = await hostWorld();
    const begun = join(home, 'templates', `${id}.begun`);
    await mkdir(data(id), { recursive: true });
    await writeFile(join(data(id), 'half'), 'x');
    // As it is started, and nobody is left who would end it.
    const left = spawn(process.execPath, ['-e', `setInterval(() => undefined, 1000)`], {
      detached: true,
      stdio: 'ignore',
    });
    try {
      const pid = left.pid ?? 0;
      await until(async () => (await processStart(pid)) !== undefined);
      await writeFile(join(begun, 'process.json'), JSON.stringify({ pid, start: await processStart(pid) }));
      const ended = once(left, 'exit');
      await templates.make(id, serverThat('ends'), async () => undefined, signal);
      expect(await ended).toEqual([null, 'SIGKILL']);
      const to = await mkdtemp(join(home, 'to-'));
      await templates.copy(id, to, signal);
      expect(await readdir(to)).not.toContain('half');
    } finally {
      left.kill('SIGKILL');
      await rm(home, { recursive: true, force: true });
    }
  });

  it('ends nothing that has only the number of what was left', async () => {
    const { home, templates } = await hostWorld();
    const begun = join(home, 'templates', `${id}.begun`);
    try {
      await mkdir(begun, { recursive: true });
      await writeFile(join(begun, 'process.json'), JSON.stringify({ pid: process.pid, start: 'another time' }));
      await templates.remove(id);
      expect(existsSync(begun)).toBe(false);
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });

  it('an abort ends the server, and leaves nothing', async () => {
    const { home, templates } = await hostWorld();
    const aborting = new AbortController();
    let pid = 0;
    try {
      const making = templates.make(
        id,
        serverThat('ends'),
        async () => {
          const said: unknown = JSON.parse(
            await readFile(join(home, 'templates', `${id}.begun`, 'process.json'), 'utf8'),
          );
          pid = Number(Reflect.get(Object(said), 'pid'));
          aborting.abort();
          aborting.signal.throwIfAborted();
        },
        aborting.signal,
      );
      await expect(making).rejects.toMatchObject({ name: 'AbortError' });
      expect(pid).toBeGreaterThan(1);
      expect(await processStart(pid)).toBeUndefined();
      expect(await readdir(join(home, 'templates'))).toEqual([]);
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });
});
