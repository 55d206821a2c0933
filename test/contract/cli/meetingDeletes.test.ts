import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../support/until';
import type { CreatedJson, ListJson } from './cliJson';
import { CliWorld, messageLines } from './cliWorld';

/** A command of the repository that waits, and so holds whoever runs it at a moment that is known. */
const holding = `const { existsSync, writeFileSync } = require('node:fs');
const [, , folder, what] = process.argv;
writeFileSync(folder + '/begun-' + what, '');
const look = setInterval(() => {
  if (!existsSync(folder + '/hold-' + what)) clearInterval(look);
}, 20);
`;

describe('a create and a delete of one branch that meet', { timeout: 240_000 }, () => {
  let world: CliWorld;
  beforeAll(async () => {
    world = await CliWorld.create();
    const run = (what: string): string => `${what}: [${JSON.stringify(`node hold.cjs '${world.folder}' ${what}`)}]`;
    const web = `require('node:http').createServer((_, answer) => answer.end('here')).listen(Number(process.env.PORT))`;
    const service = `{command: [node, -e, "${web}"], port: 3000, routes: [/], health: /}`;
    const lines = ['version: 1', 'services:', `  web: ${service}`, run('setup'), run('teardown'), ''];
    await writeFile(join(world.repository, 'coppice.yaml'), lines.join('\n'));
    await writeFile(join(world.repository, 'hold.cjs'), holding);
    await world.git('add', '--all');
    await world.git('commit', '--quiet', '--message', 'what waits');
    await world.json(['create', 'main']);
  }, 120_000);
  afterAll(() => world.dispose());

  /** Runs a command up to where the repository's own waits, lets the other meet it, and lets it go on. */
  async function meeting(what: 'setup' | 'teardown', first: readonly string[], other: readonly string[]) {
    const [hold, begun] = ['hold', 'begun'].map((each) => join(world.folder, `${each}-${what}`)) as [string, string];
    await rm(begun, { force: true });
    await writeFile(hold, '');
    try {
      const running = world.start(first);
      let isOver = false;
      void running.done.then(() => (isOver = true));
      await until(() => isOver || existsSync(begun), 120_000);
      const met = await world.cli(other);
      expect(isOver, running.stderr()).toBe(false);
      await rm(hold);
      return { met, first: await running.done };
    } finally {
      await rm(hold, { force: true });
    }
  }
  const orphans = async (): Promise<unknown> => (await world.json<ListJson>(['list'])).orphans;

  it('where the create is at work first it makes the environment, and the delete says who is at work', async () => {
    const { met, first } = await meeting('setup', ['create', 'meet'], ['delete', 'meet', '--yes']);
    expect({ code: met.code, said: messageLines(met.stderr) }).toEqual({
      code: 9,
      said: [
        expect.stringMatching(
          /^Another process of Coppice \(\d+\) is at work here: an environment for meet is being created\.$/,
        ),
      ],
    });
    expect(first).toMatchObject({ code: 0 });
    expect(await world.json(['create'], { cwd: world.worktree('meet') })).toMatchObject({ ready: true });
    expect(await orphans()).toEqual([]);
  });

  it('where the delete is at work first all goes, and the create says who is at work', async () => {
    const { path } = await world
      .json<CreatedJson>(['create', 'meet'])
      .catch(async () => world.json<CreatedJson>(['create'], { cwd: world.worktree('meet') }));
    const { met, first } = await meeting('teardown', ['delete', 'meet', '--yes'], ['create', 'meet']);
    expect({ code: met.code, said: messageLines(met.stderr) }).toEqual({
      code: 9,
      said: [`The branch meet is checked out at ${path}, where Coppice is at work: meet is being deleted.`],
    });
    expect(first).toMatchObject({ code: 0, stdout: 'meet: environment deleted, worktree deleted, branch deleted\n' });
    expect(existsSync(path)).toBe(false);
    expect(await world.git('branch', '--list', 'meet')).toBe('');
    expect(await orphans()).toEqual([]);
    // The loser's next try has nobody in its way.
    expect(await world.json(['create', 'meet'])).toMatchObject({ ready: true });
    expect(await world.cli(['delete', 'meet', '--yes'])).toMatchObject({ code: 0 });
  });
});
