import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HostAgents } from '../../../src/adapters/exec/hostAgents';

const plan = { hosts: ['feature.localhost:8080'], gitFolder: '/repo/.git' };

describe.skipIf(process.platform !== 'linux')('an agent in a sandbox', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'coppice-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const find = (command = 'claude') =>
    new HostAgents({ PATH: folder }).find(command, folder, { isSandboxed: true }, undefined, plan);
  async function program(name: string, lines = 'exit 0'): Promise<void> {
    await writeFile(join(folder, name), `#!/bin/sh\n${lines}\n`);
    await chmod(join(folder, name), 0o755);
  }

  it('is refused before it is started where the sandbox has not what it needs, with how that is installed', async () => {
    await program('claude');
    await program('apt-get');
    await program('socat');
    await expect(find()).rejects.toMatchObject({
      code: 'missingTool',
      message: 'The sandbox of Claude Code needs bubblewrap, not found on the PATH.',
      remedy: { action: { kind: 'typeCommand', command: 'sudo apt-get install bubblewrap' } },
    });
    await rm(join(folder, 'socat'));
    await expect(find()).rejects.toMatchObject({
      remedy: { action: { command: 'sudo apt-get install bubblewrap socat' } },
    });
  });

  it('is refused where the system forbids the sandbox, with what it says', async () => {
    for (const name of ['claude', 'socat']) await program(name);
    await program('bwrap', 'echo "bwrap: setting up uid map: Permission denied" >&2; exit 1');
    await expect(find()).rejects.toMatchObject({
      code: 'notConfigured',
      message: expect.stringContaining(
        'does not come up here: bwrap: setting up uid map: Permission denied',
      ) as unknown,
    });
  });

  it('is found with what it is told of its sandbox where that comes up', async () => {
    for (const name of ['claude', 'socat', 'bwrap']) await program(name);
    const { file, argv } = await find('claude --model x');
    expect(file).toBe(join(folder, 'claude'));
    expect([argv[0], ...argv.slice(2)]).toEqual(['--settings', '--model', 'x']);
    expect(JSON.parse(argv[1] ?? '')).toMatchObject({ sandbox: { network: { allowedDomains: plan.hosts } } });
  });

  it('says how the agent itself is installed where that is missing', async () => {
    await expect(find()).rejects.toMatchObject({
      code: 'missingTool',
      explanation: expect.stringContaining('https://code.claude.com/docs/en/setup') as unknown,
    });
  });
});
