import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CliWorld } from './cliWorld';

let world: CliWorld;
beforeAll(async () => void (world = await CliWorld.create()));
afterAll(() => world.dispose());

const nobody = { isApproved: false };

interface Refusal {
  readonly error: { readonly code: string; readonly commands: readonly { place: string; command: string }[] };
}

/** Exit code 11, in words and in JSON, and nothing has changed. @returns the commands that were told */
async function refused(args: readonly string[]): Promise<Refusal['error']['commands']> {
  const before = await world.everything();
  const told = await world.cli(args, nobody);
  expect({ code: told.code, stdout: told.stdout }).toEqual({ code: 11, stdout: '' });
  const json = await world.cli([...args, '--json'], nobody);
  const { error }: Refusal = JSON.parse(json.stdout);
  expect({ code: json.code, error: error.code, stderr: json.stderr }).toEqual({
    code: 11,
    error: 'unapproved',
    stderr: '',
  });
  for (const { place, command } of error.commands) expect(told.stderr).toContain(`${place}: ${command}`);
  expect(told.stderr).toContain('--yes');
  expect(await world.everything()).toEqual(before);
  expect(existsSync(world.home) && existsSync(join(world.home, 'approvals'))).toBe(false);
  return error.commands;
}

it('where nobody can be asked, what the repository runs is refused, and nothing is changed', async () => {
  const commands = await refused(['create', 'topic']);
  expect(commands.map(({ place }) => place)).toEqual([
    'database.migrate',
    'database.seed',
    'services.frontend.command',
    'services.backend.command',
    'services.worker.command',
    'services.worker.ready',
  ]);
  expect(commands[0]?.command).toBe('node db/migrate.js');
  await refused(['database', 'refresh']);
  // Known before anybody asks for it: what a create would do says it, too.
  const planned = await world.cli(['create', 'topic', '--dry-run'], nobody);
  for (const { place, command } of commands) expect(planned.stdout).toContain(`\n  ${place}: ${command}`);
  const { commandsToApprove } = await world.json<{ commandsToApprove: unknown }>(
    ['create', 'topic', '--dry-run'],
    nobody,
  );
  expect(commandsToApprove).toEqual(commands);
});

it('a branch of the remote runs nothing that was not approved', async () => {
  const file = join(world.repository, 'coppice.yaml');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('node db/migrate.js', 'node -e theirs'));
  await world.git('stash', 'create').then((commit) => world.git('update-ref', 'refs/remotes/origin/theirs', commit));
  await writeFile(file, text);
  const commands = await refused(['create', 'origin/theirs']);
  expect(commands[0]).toEqual({ place: 'database.migrate', command: 'node -e theirs' });
});
