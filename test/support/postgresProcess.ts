import { build } from 'esbuild';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export interface OtherProcess {
  /** Runs the text as the body of an async function with `server`, `databases` and `say(value)`; resolves to what it said. */
  run(body: string, home: string, binDirectory: string): Promise<unknown[]>;
  dispose(): Promise<void>;
}

/** The adapters bundled for processes of their own: what must hold between processes is tested between processes. */
export async function postgresProcess(): Promise<OtherProcess> {
  const folder = await mkdtemp(path.join(tmpdir(), 'coppice-pg-process-'));
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const require = createRequire(import.meta.url);
  await build({
    stdin: {
      contents: `
        import { EmbeddedPostgres } from './src/adapters/postgres/embeddedPostgres';
        import { PostgresDatabases } from './src/adapters/postgres/postgresDatabases';
        const { body, home, binDirectory } = JSON.parse(process.argv[2]);
        const server = new EmbeddedPostgres({ home, binDirectory: () => binDirectory, env: process.env });
        const databases = new PostgresDatabases({ server });
        const run = Object.getPrototypeOf(async function () {}).constructor;
        const say = (value) => process.stdout.write(JSON.stringify(value) + '\\n');
        await new run('server', 'databases', 'say', body)(server, databases, say);
      `,
      resolveDir: root,
      loader: 'ts',
    },
    outfile: path.join(folder, 'main.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    alias: { pg: require.resolve('pg') },
    external: ['pg-native'],
    banner: { js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);` },
    logLevel: 'error',
  });
  return {
    run: (body, home, binDirectory) =>
      new Promise((resolve, reject) => {
        const child = spawn(process.execPath, [
          path.join(folder, 'main.mjs'),
          JSON.stringify({ body, home, binDirectory }),
        ]);
        let output = '';
        let errors = '';
        child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
        child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
        child.once('error', reject);
        child.once('close', (exitCode) => {
          if (exitCode !== 0) reject(new Error(`exit code ${exitCode}: ${errors}`));
          else
            resolve(
              output
                .split('\n')
                .filter(Boolean)
                .map((line): unknown => JSON.parse(line)),
            );
        });
      }),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}
