import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../support/until';
import { CliWorld, type CliOptions } from './cliWorld';

interface Seen {
  readonly cwd: string;
  readonly argv: readonly string[];
  readonly slug: string;
}

const agentText = `
import { appendFileSync } from 'node:fs';
const told = { cwd: process.cwd(), argv: process.argv.slice(2), slug: process.env.WORKTREE_NAME };
appendFileSync(process.env.SEEN, JSON.stringify(told) + '\\n');
if (process.env.STAYS) {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'])
    process.on(signal, () => { appendFileSync(process.env.SEEN, JSON.stringify(signal) + '\\n'); process.exit(23); });
  setInterval(() => {}, 1000);
} else if (process.env.DIES) process.kill(process.pid, 'SIGKILL');
else process.exitCode = 7;
`;

describe('an agent that is started with what is created', { timeout: 120_000 }, () => {
  let world: CliWorld;
  let log: string;
  let command: string;
  beforeAll(async () => {
    world = await CliWorld.create();
    log = join(world.folder, 'seen.log');
    const agent = join(world.folder, 'agent.mjs');
    await writeFile(agent, agentText);
    command = `"${process.execPath}" "${agent}" "two words" --say=\${prompt}`;
    await world.json(['create', 'approved']);
  }, 120_000);
  afterAll(() => world.dispose());

  const withAgent = (more: Record<string, string> = {}): CliOptions => ({
    env: { COPPICE_AGENT_COMMAND: command, SEEN: log, ...more },
  });
  const seen = async <T = Seen>(): Promise<T[]> => {
    const text = await readFile(log, 'utf8').catch(() => '');
    await writeFile(log, '');
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as T]));
  };

  it('has its prompt as one argument, and its own exit code', async () => {
    const hard = '-x "two"\nlines $(id)';
    await writeFile(join(world.folder, 'prompt.txt'), hard);
    const file = join(world.folder, 'prompt.txt');
    const { code } = await world.cli(['create', 'told', '--go', '--prompt-file', file], withAgent());
    expect(code).toBe(7);
    const folder = world.worktree('told');
    expect(await seen()).toEqual([{ cwd: folder, argv: ['two words', `--say=${hard}`], slug: 'told' }]);
    const again = await world.cli(['create', '--go'], { ...withAgent({ DIES: '1' }), cwd: folder });
    // As a shell says that a signal ended it.
    expect(again.code).toBe(128 + 9);
    expect((await seen()).map(({ argv }) => argv)).toEqual([['two words']]);
  });

  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('gets the %s that coppice is sent', async (signal) => {
    const options = { ...withAgent({ STAYS: '1' }), cwd: world.worktree('approved') };
    const { child, done } = world.start(['create', '--go', '--prompt', 'p'], options);
    await until(async () => (await readFile(log, 'utf8').catch(() => '')) !== '', 60_000);
    child.kill(signal);
    expect((await done).code).toBe(23);
    expect((await seen<unknown>()).at(-1)).toBe(signal);
  });

  it('never starts where the environment is not ready', async () => {
    const folder = world.worktree('told');
    const crashing = 'version: 1\nservices: {one: {command: node -e process.exit(3)}}\n';
    await writeFile(join(folder, 'coppice.yaml'), crashing);
    const { code, stderr } = await world.cli(['create', '--go', '--prompt', 'p'], { ...withAgent(), cwd: folder });
    expect({ code, isTold: stderr.includes('The agent is not started') }).toEqual({ code: 10, isTold: true });
    expect(await seen()).toEqual([]);
  });
});
