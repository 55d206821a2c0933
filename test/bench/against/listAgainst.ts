import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { timed, type Bench } from '../figure';
import { makeWorktrees } from '../manyWorktrees';
import { CommandLine } from './commandLine';
import { inPairs, pairFigure, type OtherCommit } from './pairs';

/** The list of a repository of many worktrees, of which none has an environment and no cluster runs: what git is asked for. */
export function listAgainst(other: OtherCommit): Bench {
  return {
    name: 'list',
    async run({ root, quick, env }) {
      const folder = await realpath(await mkdtemp(join(tmpdir(), 'coppice-bench-')));
      try {
        const count = quick ? 10 : 50;
        const files = quick ? 200 : 2000;
        const paths = await makeWorktrees(folder, { worktrees: count, files, env });
        const side = (from: string, home: string): CommandLine =>
          new CommandLine(from, paths[0] ?? folder, { ...env, COPPICE_HOME: join(folder, home) });
        const sides = { own: side(root, 'home-a'), theirs: side(other.root, 'home-b') };
        const pairs = await inPairs(sides, quick ? 2 : 30, (cli) => timed(() => cli.run(['list', '--json'])));
        return [pairFigure({ name: `coppice list of ${count} worktrees`, unit: 'ms' }, other, pairs)];
      } finally {
        await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
      }
    },
  };
}
