import { execFileSync } from 'node:child_process';
import { chmodSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { postgresBinaries } from '../../scripts/workplace/demo.mjs';
import { readServer } from '../../src/adapters/postgres/catalog';
import { copying, copyStrategy } from '../../src/adapters/postgres/copyStrategy';
import { EmbeddedPostgres } from '../../src/adapters/postgres/embeddedPostgres';
import type { AdminConnection } from '../../src/adapters/postgres/postgresServer';
import { withSession, type Session } from '../../src/adapters/postgres/session';
import { mountedFolder, noReflinks } from '../support/reflinkFolder';
import { median, timed, type Bench, type Figure } from './figure';
import { fillDatabase, templates, type TemplateSize } from './filledTemplates';

const fileSystems = ['xfs', 'btrfs', 'ext4'] as const;
type FileSystem = (typeof fileSystems)[number];

/** The ways that PostgreSQL 18 has to copy a template, as clauses of CREATE DATABASE and what is set before it. */
const ways = {
  log: { name: 'WAL_LOG', method: 'copy', clause: '' },
  copy: { name: 'FILE_COPY', method: 'copy', clause: ' STRATEGY FILE_COPY' },
  clone: { name: 'FILE_COPY with clone', method: 'clone', clause: ' STRATEGY FILE_COPY' },
} as const;
type Way = keyof typeof ways;
const allWays = Object.keys(ways) as readonly Way[];
const databaseNames = { template: 'bench_template', clone: 'bench_clone' };

/** How a template's copy is made: the way that is chosen, beside all that there are, by file system, size and fsync. */
export const clones: Bench = {
  name: 'clones',
  skipped() {
    const reasons = (['xfs', 'btrfs'] as const).map(noReflinks).filter((reason) => reason !== undefined);
    return reasons.length > 0 ? reasons.join('; ') : undefined;
  },
  async run({ quick, env }) {
    const figures: Figure[] = [];
    for (const kind of fileSystems) {
      const mounted = mountedFolder(kind, 9000);
      // The server's account has to reach it.
      chmodSync(dirname(mounted.path), 0o755);
      const server = new EmbeddedPostgres({
        home: join(mounted.path, 'home'),
        env,
        systemFolder: mounted.path,
        binDirectory: postgresBinaries,
      });
      try {
        const connection = await server.start();
        for (const size of templates(quick))
          figures.push(...(await measure(kind, size, connection, mounted.path, quick)));
      } finally {
        await server.stop();
        mounted.dispose();
      }
    }
    return figures;
  },
};

interface Copies {
  readonly times: Readonly<Record<Way, number[]>>;
  /** What the file system had less room for afterwards. Bytes. */
  readonly written: Readonly<Record<Way, number[]>>;
}

async function measure(
  kind: FileSystem,
  size: TemplateSize,
  connection: AdminConnection,
  path: string,
  quick: boolean,
): Promise<Figure[]> {
  return withSession(connection, undefined, undefined, async (session) => {
    await session.query(`CREATE DATABASE ${databaseNames.template}`);
    await withSession(connection, databaseNames.template, undefined, (inside) => fillDatabase(inside, size));
    const figures: Figure[] = [];
    for (const fsync of ['on', 'off'] as const) {
      await session.query(`ALTER SYSTEM SET fsync = ${fsync}`);
      await session.query('SELECT pg_reload_conf()');
      await untilFsyncIs(session, fsync);
      const copies = await copyOften(session, path, quick ? 1 : 5);
      figures.push(
        ...figuresOf(`${size.name} on ${kind}, fsync ${fsync}`, kind, size, copies, await chosenWay(session)),
      );
    }
    await session.query(`DROP DATABASE ${databaseNames.template}`);
    return figures;
  });
}

async function copyOften(session: Session, path: string, runs: number): Promise<Copies> {
  const copies = { times: { log: [], copy: [], clone: [] }, written: { log: [], copy: [], clone: [] } } as {
    times: Record<Way, number[]>;
    written: Record<Way, number[]>;
  };
  for (let run = -1; run < runs; run++) {
    for (const [i] of allWays.entries()) {
      // None is always the one after another.
      const way = allWays[(i + run + allWays.length) % allWays.length] ?? 'log';
      const { method, clause } = ways[way];
      // What others have left to be written is not this one's.
      await session.query('CHECKPOINT');
      const before = usedBytes(path);
      await session.query(`SET file_copy_method = ${method}`);
      const { clone, template } = databaseNames;
      const create = `CREATE DATABASE ${clone} TEMPLATE ${template}${clause}`;
      const time = await timed(() => copying(session, clause, () => session.query(create)));
      const written = usedBytes(path) - before;
      await session.query(`DROP DATABASE ${clone}`);
      if (run < 0) continue;
      copies.times[way].push(time);
      copies.written[way].push(written);
    }
  }
  return copies;
}

/** As the product chooses. */
async function chosenWay(session: Session): Promise<Way> {
  await session.query('RESET file_copy_method');
  const clause = await copyStrategy(session, databaseNames.template, await readServer(session));
  const [row] = await session.query<{ method: string }>("SELECT current_setting('file_copy_method') AS method");
  const chosen = allWays.find(
    (way) => ways[way].clause === clause && (clause === '' || ways[way].method === row?.method),
  );
  if (!chosen) throw new Error(`"${clause}" with ${row?.method ?? 'nothing'} is no way of this bench`);
  return chosen;
}

function figuresOf(
  what: string,
  kind: FileSystem,
  size: TemplateSize,
  { times, written }: Copies,
  chosen: Way,
): Figure[] {
  const runs = times.log.length;
  const medians = allWays.map((way) => ({ way, value: median(times[way]) }));
  const [best = { way: chosen, value: Number.NaN }] = medians.toSorted((a, b) => a.value - b.value);
  const figure = (name: string, value: number): Figure => ({ name, unit: 'ms', value, runs, goals: [] });
  const figures: Figure[] = [
    {
      ...figure(`Clone of ${what}, as chosen: ${ways[chosen].name}`, median(times[chosen])),
      yardstick: { name: `the best of the three: ${ways[best.way].name}`, value: best.value },
      goals: [{ kind: 'ratio', most: 1.1 }],
    },
    ...medians.map(({ way, value }) => figure(`- ${ways[way].name}`, value)),
  ];
  if (kind === 'ext4' || !size.isLarge) return figures;
  return [
    ...figures,
    {
      ...figure(`- ${ways.clone.name}, beside the log`, median(times.clone)),
      yardstick: { name: ways.log.name, value: median(times.log) },
      ratio: median(times.clone.map((time, run) => time / (times.log[run] ?? Number.NaN))),
      goals: [{ kind: 'ratio', most: 1 / 20 }],
    },
    {
      ...figure('- what it takes of the disk', median(written.clone) / 1024),
      unit: 'KB',
      yardstick: { name: ways.log.name, value: median(written.log) / 1024 },
      goals: [{ kind: 'value', most: 2 * 1024 }],
    },
  ];
}

async function untilFsyncIs(session: Session, wanted: string): Promise<void> {
  for (let i = 0; i < 200; i++) {
    const [row] = await session.query<{ fsync: string }>("SELECT current_setting('fsync') AS fsync, pg_sleep(0.05)");
    if (row?.fsync === wanted) return;
  }
  throw new Error(`fsync does not become ${wanted}`);
}

/** After all that waits to be written is. */
function usedBytes(path: string): number {
  execFileSync('sync', ['-f', path]);
  const { blocks, bfree, bsize } = statfsSync(path);
  return (blocks - bfree) * bsize;
}
