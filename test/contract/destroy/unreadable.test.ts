import { chmod, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAppError, lossKinds } from '../../../src/core/errors';
import { asSomebody, trusted } from './asSomebody';
import { DestroyWorld } from './destroyWorld';
import { clone, ignore, type Place, type State } from './state';

/** @returns its path */
const closed = async ({ git, folder }: Place, path: string): Promise<string> => {
  const file = await git.write(path, 'the only one', folder);
  await chmod(file, 0);
  return file;
};

type Closed = Pick<State, 'name' | 'losses' | 'says' | 'origin'> & {
  readonly bring: (place: Place) => Promise<string>;
};

const states: readonly Closed[] = [
  {
    name: 'an untracked file',
    losses: ['untracked'],
    says: { untracked: /^draft$/ },
    bring: (place) => closed(place, 'draft'),
  },
  {
    name: 'a committed file, of which nobody can tell whether it was changed',
    losses: ['uncommitted'],
    says: { uncommitted: /^readme$/ },
    bring: async (place) => {
      await chmod(join(place.folder, 'readme'), 0o600);
      return closed(place, 'readme');
    },
  },
  {
    name: 'an ignored .env, of which the main worktree may have the same',
    losses: ['ignored'],
    says: { ignored: /^\.env$/ },
    bring: async (place) => {
      await ignore(place, '.env');
      await place.git.write('.env', 'the only one');
      return closed(place, '.env');
    },
  },
  {
    name: 'a file beside what a bundler wrote',
    losses: ['ignored'],
    says: { ignored: /^dist\/tls\.pem$/ },
    bring: async (place) => {
      await ignore(place, 'dist');
      await place.git.write('dist/a.js', 'x', place.folder);
      await place.git.write('dist/a.js.map', '{}', place.folder);
      return closed(place, 'dist/tls.pem');
    },
  },
  {
    name: 'a file of a clone in node_modules/',
    origin: true,
    losses: ['nested'],
    says: { nested: /clone \(1 changed file\)/ },
    bring: async (place) => {
      await ignore(place, 'node_modules');
      const folder = await clone(place, 'node_modules/clone');
      return closed({ ...place, folder }, 'readme');
    },
  },
];

/** Rows of the destroy matrix of their own: as root each of these files would be read. */
describe.runIf(process.platform !== 'win32')('a file that nobody may read', { timeout: 240_000 }, () => {
  it.each(states.map((state) => [state.name, state] as const))('%s', (_, { losses, says, origin = false, bring }) =>
    asSomebody(false, async () => {
      const world = await DestroyWorld.create();
      try {
        await trusted(world.git);
        if (origin) await world.git.addOrigin();
        const file = await bring(world.place);
        await expect(readFile(file)).rejects.toMatchObject({ code: 'EACCES' });
        const before = await world.everything();
        for (const accepted of [[], lossKinds.filter((kind) => !losses.includes(kind))]) {
          const error: unknown = await world.delete(accepted).then(
            () => undefined,
            (reason: unknown) => reason,
          );
          if (!isAppError(error, 'conflict')) throw new Error('not refused', { cause: error });
          expect(error.losses.map(({ kind }) => kind)).toEqual(losses);
          for (const { kind, examples } of error.losses)
            expect(examples).toContainEqual(expect.stringMatching(says?.[kind] ?? /./));
          expect(await world.everything()).toEqual(before);
        }
        const kept = { kind: 'kept', protections: [{ kind: 'loss', loss: { kind: losses[0] } }] };
        expect(await world.clean()).toMatchObject(kept);
        expect(await world.everything()).toEqual(before);
        for (const accepted of [losses, lossKinds]) {
          const whole = await world.whole();
          await world.delete(accepted);
          await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
          expect(await world.left()).toEqual([]);
          await world.undo();
          expect(await world.whole()).toEqual(whole);
          await world.createEnvironment({ kind: 'worktree', path: world.folder });
        }
        expect((await stat(file)).mode & 0o777).toBe(0);
        await chmod(file, 0o600);
        expect(await readFile(file, 'utf8')).toBe('the only one');
      } finally {
        await world.dispose();
      }
    }),
  );
});
