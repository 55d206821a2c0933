import { chmod, mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { demoEnvironment } from '../../scripts/workplace/demo.mjs';
import { ensureSample } from '../../scripts/workplace/sample.mjs';
import { EmbeddedPostgres } from '../../src/adapters/postgres/embeddedPostgres';
import type { Product } from '../../src/app/product';
import { wireProduct } from '../../src/wiring/wireProduct';
import { defaultSettings, type Settings } from '../../src/core/settings';
import { silentLog } from './silentLog';

/** Its servers would outlive this process. */
const signals = ['SIGINT', 'SIGTERM'] as const;

/** The sample repository with a cluster and a database server of its own. */
export interface Workplace {
  readonly product: Product;
  readonly repository: string;
  /** What services get from the machine. */
  readonly env: NodeJS.ProcessEnv;
  /** Stops what runs and removes everything. */
  dispose(): Promise<void>;
}

/** @param change asked each time: what is not as it comes @param databases the folder where its databases are to be, if not the usual one */
export async function makeWorkplace(
  root: string,
  change: () => Partial<Settings> = () => ({}),
  databases?: string,
): Promise<Workplace> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'coppice-bench-')));
  const home = join(folder, 'home');
  const env = { ...demoEnvironment(), COPPICE_HOME: home };
  const place = new EmbeddedPostgres({ home, env }).folder;
  if (databases !== undefined) {
    // The server's account has to reach it.
    await chmod(dirname(databases), 0o755);
    await mkdir(dirname(place), { recursive: true });
    await mkdir(join(databases, 'databases'), { mode: 0o755 });
    await symlink(join(databases, 'databases'), place);
  }
  const repository = await ensureSample(join(folder, 'sample'));
  const product = wireProduct({
    root,
    env,
    execPath: process.execPath,
    settings: () => ({ ...defaultSettings, ...change() }),
    postgresPassword: async () => undefined,
    log: silentLog,
  });
  const dispose = async (): Promise<void> => {
    for (const signal of signals) process.off(signal, onSignal);
    await product.clusters.stop(
      { name: 'embedded' },
      { signal: AbortSignal.timeout(120_000), report: () => undefined },
    );
    await rm(place, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  const onSignal = (): void => void dispose().finally(() => process.exit(130));
  for (const signal of signals) process.on(signal, onSignal);
  return { product, repository, env, dispose };
}
