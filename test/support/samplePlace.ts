import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoEnvironment } from '../../scripts/workplace/demo.mjs';
import { mustRun, root } from '../../scripts/workplace/run.mjs';
import { ensureSample } from '../../scripts/workplace/sample.mjs';
import { EmbeddedPostgres } from '../../src/adapters/postgres/embeddedPostgres';

const patiently = { recursive: true, force: true, maxRetries: 10, retryDelay: 200 };

/** The sample repository in a folder of its own, with a cluster and a database server that nobody else uses. */
export class SamplePlace {
  readonly env: NodeJS.ProcessEnv;

  private constructor(
    readonly folder: string,
    readonly repository: string,
  ) {
    this.env = { ...demoEnvironment(), COPPICE_HOME: join(folder, 'home') };
  }

  static async create(): Promise<SamplePlace> {
    const folder = await mkdtemp(join(tmpdir(), 'coppice-e2e-'));
    return new SamplePlace(folder, await ensureSample(folder));
  }

  /** With the small sample that the extension has with it, which needs no database: for many environments at once. */
  static async small(): Promise<SamplePlace> {
    const folder = await mkdtemp(join(tmpdir(), 'coppice-e2e-'));
    await new SamplePlace(folder, folder).coppice('sample');
    return new SamplePlace(folder, join(folder, 'coppice-sample'));
  }

  /** Runs the built command line in the repository. @returns what it prints */
  coppice(...args: string[]): Promise<string> {
    return mustRun(process.execPath, [join(root, 'dist', 'cli.js'), ...args], { cwd: this.repository, env: this.env });
  }

  /** Stops all that runs, and removes everything. */
  async dispose(): Promise<void> {
    const postgres = new EmbeddedPostgres({ home: join(this.folder, 'home'), env: this.env });
    try {
      await this.coppice('cluster', 'stop');
    } finally {
      // The server is not the cluster's, and as root its files are not in the home.
      await postgres.stop();
      await rm(postgres.folder, patiently);
    }
    await rm(this.folder, patiently);
  }
}
