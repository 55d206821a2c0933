import pg from 'pg';
import { FreePorts } from '../../packages/cluster/src/network/freePort';
import { findMarked } from '../../packages/cluster/src/process/killProcessTree';
import { ensureSample } from '../../scripts/workplace/sample.mjs';
import { findExecutable } from '../../src/adapters/exec/findExecutable';
import { EmbeddedPostgres } from '../../src/adapters/postgres/embeddedPostgres';

/** All that tests of the program see of the machine around it: they import nothing of the sources. */
export const cliMachine = {
  freePort: () => new FreePorts().take(),
  sampleRepository: (place: string) => ensureSample(place),
  findProgram: (name: string, env: NodeJS.ProcessEnv) => findExecutable(name, env),
  /** Processes whose environment has this mark. */
  findMarked: (mark: string) => findMarked(mark),
  /** The database server of a COPPICE_HOME. It is looked at, never started. */
  postgresOf(home: string, env: NodeJS.ProcessEnv): CliPostgres {
    const server = new EmbeddedPostgres({ home, env });
    return {
      folder: server.folder,
      probe: () => server.probe(),
      async sql<T extends Record<string, unknown>>(text: string, database?: string): Promise<T[]> {
        const connection = await server.probe();
        if (!connection) throw new Error('PostgreSQL does not run');
        const url = new URL(connection.url);
        url.password = connection.password ?? '';
        if (database !== undefined) url.pathname = `/${database}`;
        const client = new pg.Client({ connectionString: url.href });
        await client.connect();
        try {
          return (await client.query<T>(text)).rows;
        } finally {
          await client.end();
        }
      },
    };
  },
};

export interface CliPostgres {
  /** Of everything that the server keeps. */
  readonly folder: string;
  /** Where it is, while it runs. */
  probe(): Promise<{ readonly url: string; readonly password?: string | undefined } | undefined>;
  /** @param database without it the one that is administered from */
  sql<T extends Record<string, unknown>>(text: string, database?: string): Promise<T[]>;
}
