import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claudeVersion } from '../../../src/adapters/exec/claudeVersion';

let home: string;
beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'coppice-claude-')));
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function program(folder: string, script: string, batch: string): Promise<string> {
  await mkdir(join(home, folder), { recursive: true });
  await writeFile(join(home, folder, 'claude'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  if (process.platform === 'win32') await writeFile(join(home, folder, 'claude.cmd'), `@echo off\r\n${batch}\r\n`);
  return join(home, folder);
}

const says = (folder: string, text: string): Promise<string> =>
  program(folder, `[ "$1" = --version ] && echo '${text}'`, `echo ${text}`);

it('is what the claude on the PATH says, or the one that its installer has put into the home folder', async () => {
  expect(await claudeVersion({ PATH: '' }, home)).toBeUndefined();
  await says('.local/bin', '2.1.50 (Claude Code)');
  expect(await claudeVersion({ PATH: '' }, home)).toBe('2.1.50');
  expect(await claudeVersion({ PATH: await says('bin', '2.1.332 (Claude Code)') }, home)).toBe('2.1.332');
});

it.skipIf(process.platform === 'win32')(
  'is unknown where it fails, says something else, or does not answer',
  async () => {
    const scripts = {
      fails: 'echo 2.1.332; exit 1',
      other: 'echo hello',
      odd: 'echo 2.1.332.4',
      silent: 'exec sleep 60',
    };
    for (const [folder, script] of Object.entries(scripts)) {
      const PATH = await program(folder, script, '');
      expect([folder, await claudeVersion({ PATH: `${PATH}:/usr/bin:/bin` }, home, 500)]).toEqual([folder, undefined]);
    }
  },
);
