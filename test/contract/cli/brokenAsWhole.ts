import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { until } from '../../support/until';
import type { CliWorld } from './cliWorld';

export interface BrokenAsWhole {
  readonly kind: string;
  readonly what: RegExp;
  /** @returns what it is asked by; undefined: the main worktree's, which had an environment that was well, of what is committed */
  readonly make: (world: CliWorld) => Promise<string | undefined>;
}

/** In this order: of the ones below nothing is left that those above need. */
export const brokenAsWhole: Readonly<Record<string, BrokenAsWhole>> = {
  'no environment': {
    ...{ kind: 'noEnvironment', what: /has no environment/ },
    make: async (world) => {
      await world.git('worktree', 'add', '-q', '-b', 'plain', world.worktree('plain'));
      return 'plain';
    },
  },
  'a create that was cut off': {
    ...{ kind: 'createCutOff', what: /ended before it was done/ },
    make: async (world) => {
      const cut = world.start(['create', 'cut']);
      await until(() => existsSync(join(world.worktree('cut'), 'coppice.yaml')), 30_000);
      cut.child.kill('SIGKILL');
      await cut.done;
      return 'cut';
    },
  },
  'a folder that is gone': {
    ...{ kind: 'folderGone', what: /prune/ },
    make: async (world) => {
      await world.json(['create', 'lost']);
      await rm(world.worktree('lost'), { recursive: true });
      return 'lost';
    },
  },
  'a record that cannot be read': {
    ...{ kind: 'recordDamaged', what: /coppice\.json/ },
    make: async (world) => {
      await writeFile(join(world.repository, '.git', 'worktrees', 'cut', 'coppice.json'), 'no record');
      return 'cut';
    },
  },
  'a cluster that is away': {
    ...{ kind: 'clusterAway', what: /cluster/ },
    make: async (world) => {
      expect((await world.cli(['cluster', 'stop'])).code).toBe(0);
      return undefined;
    },
  },
};
