import { join } from 'node:path';
import type { Bench } from '../figure';
import { loadInProcess } from '../loadInProcess';
import { inPairs, pairFigure, type OtherCommit } from './pairs';

export function activationAgainst(other: OtherCommit): Bench {
  return {
    name: 'activation',
    async run({ root, quick, env }) {
      const load = (side: string): Promise<number> =>
        loadInProcess(join(side, 'dist', 'extension.js'), { root: side, env });
      const pairs = await inPairs({ own: root, theirs: other.root }, quick ? 4 : 60, load);
      const name = 'Activation: import and activate()';
      return [pairFigure({ name, unit: 'ms', goals: [{ kind: 'value', most: 30 }] }, other, pairs)];
    },
  };
}
