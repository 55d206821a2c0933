import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as SampleModule from '../../../scripts/workplace/sample.mjs';
import { demoEnvironment } from '../../../scripts/workplace/demo.mjs';
import { EmbeddedPostgres } from '../../../src/adapters/postgres/embeddedPostgres';
import { CommandLine } from './commandLine';

/** Its servers would outlive this process. */
const signals = ['SIGINT', 'SIGTERM'] as const;
const removal = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 } as const;

export interface Side {
  readonly cli: CommandLine;
  /** What a create of this commit is given so that it asks nothing. */
  readonly approves: readonly string[];
}

/** Two sample repositories, each with a cluster and a database server of its own, and with one commit's command. */
export interface Sides {
  readonly own: Side;
  readonly theirs: Side;
  /** Stops what runs and removes everything. */
  dispose(): Promise<void>;
}

export async function makeSides(own: string, theirs: string): Promise<Sides> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'coppice-bench-')));
  const all: { readonly cli: CommandLine; readonly env: NodeJS.ProcessEnv; readonly home: string }[] = [];
  const dispose = async (): Promise<void> => {
    for (const signal of signals) process.off(signal, onSignal);
    // Nothing of one is left because the other one could not be stopped; what could not is said, and its folder stays.
    const stopped = await Promise.allSettled(
      all.map(async ({ cli, env, home }) => {
        await cli.run(['cluster', 'stop']);
        await rm(new EmbeddedPostgres({ home, env }).folder, removal);
      }),
    );
    for (const one of stopped) if (one.status === 'rejected') throw one.reason;
    await rm(folder, removal);
  };
  const onSignal = (): void => void dispose().finally(() => process.exit(130));
  for (const signal of signals) process.on(signal, onSignal);
  const side = async (root: string, name: string): Promise<Side> => {
    const home = join(folder, name, 'home');
    const env = { ...demoEnvironment(), COPPICE_HOME: home };
    // Each commit its own sample: an older one refuses what it does not know.
    const { ensureSample }: typeof SampleModule = await import(
      pathToFileURL(join(root, 'scripts', 'workplace', 'sample.mjs')).href
    );
    const cli = new CommandLine(root, await ensureSample(join(folder, name, 'sample')), env);
    all.push({ cli, env, home });
    return { cli, approves: (await cli.takes('create', '--yes')) ? ['--yes'] : [] };
  };
  try {
    return { own: await side(own, 'a'), theirs: await side(theirs, 'b'), dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
