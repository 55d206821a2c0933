import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentProgram, agentShell } from '../../../src/adapters/exec/agentProgram';
import { wireProduct } from '../../../src/wiring/wireProduct';
import { defaultSettings } from '../../../src/core/settings';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

describe.skipIf(process.platform === 'win32')("the agent's program", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coppice-agent-'));
    const file = join(folder, 'an agent');
    await writeFile(file, '#!/bin/sh\nfor one; do echo "[$one]"; done\n');
    await chmod(file, 0o755);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is a name on the PATH, a path, or one from the worktree or the home folder', async () => {
    const env = { PATH: folder };
    const file = join(folder, 'an agent');
    expect(await agentProgram(['an agent', '-c'], '/w', env)).toEqual({ file, argv: ['-c'], isVerbatim: false });
    expect((await agentProgram([file], '/w', {})).file).toBe(file);
    expect((await agentProgram(['./bin/x'], '/w', {})).file).toBe('/w/bin/x');
    expect((await agentProgram(['~/bin/x'], '/w', {})).file).toBe(join(homedir(), 'bin/x'));
    await expect(agentProgram(['none'], '/w', env)).rejects.toMatchObject({ code: 'missingTool' });
  });

  it.each([
    [`'an agent' --say "two words" '$(id)' "it's"`, "[--say]\n[two words]\n[$(id)]\n[it's]\n"],
    ['echo one && echo two', 'one\ntwo\n'],
    ['X=1 sh -c \'echo "x$X"\'', 'x1\n'],
    ['echo a | cat', 'a\n'],
  ])('%s, as it is started', async (command, output) => {
    const env = { PATH: `${folder}:/usr/bin:/bin` };
    const product = wireProduct({
      ...{ root: folder, env, execPath: process.execPath, log: silent },
      settings: () => defaultSettings,
      postgresPassword: () => Promise.resolve(undefined),
    });
    const { file, argv } = await product.agents.find(command, folder);
    expect(spawnSync(file, [...argv], { env, encoding: 'utf8' }).stdout).toBe(output);
    expect(file === '/bin/sh').toBe(!command.startsWith("'an agent'"));
    await expect(product.agents.find('"claude', folder)).rejects.toMatchObject({ code: 'notConfigured' });
    await expect(product.agents.find(' ', folder)).rejects.toMatchObject({ code: 'notConfigured' });
  });

  it('is read by a shell that is found without the repository', () => {
    expect(agentShell('a && b', {})).toEqual({ file: '/bin/sh', argv: ['-c', 'a && b'], isVerbatim: false });
  });
});
