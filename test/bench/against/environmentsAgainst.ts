import { timed, type Bench, type Figure } from '../figure';
import type { CommandLine } from './commandLine';
import { makeSides } from './sides';
import { inPairs, pairFigure, type OtherCommit, type Pair } from './pairs';

interface Measured {
  readonly create: number;
  readonly list: number;
  readonly delete: number;
}

/**
 * An environment's life by command: created until it is ready, listed, deleted. Each commit does all of it while nothing runs
 * in the other one's cluster.
 */
export function environmentsAgainst(other: OtherCommit): Bench {
  return {
    name: 'environments',
    async run({ root, quick }) {
      const sides = await makeSides(root, other.root);
      try {
        const pairs = await inPairs(sides, quick ? 2 : 20, ({ cli, approves }, round) => life(cli, approves, round));
        const figure = (name: string, key: keyof Measured): Figure => {
          const measured = pairs.map(({ own, theirs }): Pair => ({ own: own[key], theirs: theirs[key] }));
          return pairFigure({ name, unit: 'ms' }, other, measured);
        };
        return [
          figure('coppice create, until it is ready', 'create'),
          figure('coppice list, with an environment', 'list'),
          figure('coppice delete', 'delete'),
        ];
      } finally {
        await sides.dispose();
      }
    },
  };
}

async function life(cli: CommandLine, approves: readonly string[], round: number): Promise<Measured> {
  const branch = `bench/run-${round}`;
  // A service that is not ready is a failure of the command.
  const create = await timed(() => cli.run(['create', branch, '--json', ...approves]));
  const list = await timed(() => cli.run(['list', '--json']));
  // Its worker has written into the database meanwhile.
  const losses = ['--discard', 'uncommitted,untracked,unpushed,database'];
  return { create, list, delete: await timed(() => cli.run(['delete', branch, '--json', ...losses])) };
}
