import type { Run } from '../../src/app/run/run';
import { median, timed, type Bench, type Figure } from './figure';
import { measuredCreate } from './measuredCreate';
import { makeWorkplace } from './workplace';

/** How long a person waits for another state of an environment's database, services paused around it, beside the create of that environment. */
export const databases: Bench = {
  name: 'databases',
  async run({ root, quick }) {
    const workplace = await makeWorkplace(root);
    try {
      const { product, repository } = workplace;
      const { path: from } = (await measuredCreate(product, repository, 'bench/source')).result.worktree;
      const times: Record<'create' | Kind, number[]> = { create: [], reset: [], restore: [], fork: [] };
      for (let i = -1; i < (quick ? 2 : 9); i++) {
        const { wall, result } = await measuredCreate(product, repository, `bench/run-${i + 1}`);
        const { path } = result.worktree;
        const at = { folder: path, path };
        await product.databases.takeSnapshot({ ...at, name: 'one' }, silently());
        const taken = {
          create: wall,
          reset: await timed(() => product.databases.reset(at, silently())),
          restore: await timed(() => product.databases.restoreSnapshot({ ...at, name: 'one' }, silently())),
          fork: await timed(() => product.databases.fork({ ...at, from }, silently())),
        };
        const accepted = ['uncommitted', 'untracked', 'unpushed', 'database'] as const;
        await product.environments.delete({ folder: repository, path, accepted }, silently());
        // What the first run reads from the disk the others find in memory.
        if (i < 0) continue;
        for (const kind of ['create', ...kinds] as const) times[kind].push(taken[kind]);
      }
      return kinds.map((kind): Figure => ({
        name: names[kind],
        unit: 'ms',
        value: median(times[kind]),
        runs: times[kind].length,
        yardstick: { name: 'the create of the same environment', value: median(times.create) },
        ratio: median(times[kind].map((time, run) => time / (times.create[run] ?? Number.NaN))),
        goals: kind === 'reset' ? [{ kind: 'ratio', most: 1 }] : [],
      }));
    } finally {
      await workplace.dispose();
    }
  },
};

const kinds = ['reset', 'restore', 'fork'] as const;
type Kind = (typeof kinds)[number];

const names: Readonly<Record<Kind, string>> = {
  reset: 'Reset a database to its template, until its services are ready again',
  restore: 'Restore a snapshot of it, the same',
  fork: "Make it a copy of another environment's, the same",
};

function silently(): Run {
  return { signal: AbortSignal.timeout(180_000), report: () => undefined };
}
