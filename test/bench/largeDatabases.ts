import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { mountedFolder, noReflinks } from '../support/reflinkFolder';
import { median, type Bench, type Figure } from './figure';
import { fillStatements, templates } from './filledTemplates';
import { measuredCreate } from './measuredCreate';
import { makeWorkplace, type Workplace } from './workplace';

const run = promisify(execFile);
const fileSystems = ['xfs', 'btrfs'] as const;
const branches = { empty: 'bench/empty', large: 'bench/large' };
type Which = keyof typeof branches;

/** Creates from an empty database and from a large one, in turn, where the server's file system shares blocks. */
export const largeDatabases: Bench = {
  name: 'largeDatabases',
  skipped() {
    const reasons = fileSystems.map(noReflinks).filter((reason) => reason !== undefined);
    return reasons.length > 0 ? reasons.join('; ') : undefined;
  },
  async run({ root, quick }) {
    const figures: Figure[] = [];
    for (const kind of fileSystems) {
      // The server's own log of what the template was filled with takes as much again.
      const mounted = mountedFolder(kind, 6000);
      try {
        const workplace = await makeWorkplace(root, undefined, mounted.path);
        try {
          figures.push(...(await measure(kind, workplace, quick)));
        } finally {
          await workplace.dispose();
        }
      } finally {
        mounted.dispose();
      }
    }
    return figures;
  },
};

async function measure(kind: string, workplace: Workplace, quick: boolean): Promise<Figure[]> {
  const size = await addBranches(workplace, quick);
  const times: Record<Which, number[]> = { empty: [], large: [] };
  const steps: Record<Which, number[]> = { empty: [], large: [] };
  for (let i = -1; i < (quick ? 1 : 9); i++) {
    // Neither is always the first.
    const order: readonly Which[] = i % 2 === 0 ? ['empty', 'large'] : ['large', 'empty'];
    for (const which of order) {
      const { product, repository } = workplace;
      const created = await measuredCreate(product, repository, `bench/${which}-${i + 1}`, branches[which]);
      const accepted = ['uncommitted', 'untracked', 'unpushed', 'database'] as const;
      const { path } = created.result.worktree;
      await product.environments.delete({ folder: repository, path, accepted }, silently());
      // The first of each builds the template.
      if (i < 0) continue;
      times[which].push(created.wall);
      steps[which].push([...created.steps].find(([title]) => title.startsWith('Clone the database'))?.[1] ?? NaN);
    }
  }
  const figure = (name: string, of: Record<Which, number[]>): Figure => ({
    ...{ name, unit: 'ms', value: median(of.large), runs: of.large.length, goals: [] },
    yardstick: { name: 'with an empty one', value: median(of.empty) },
    ratio: median(of.large.map((time, at) => time / (of.empty[at] ?? Number.NaN))),
  });
  return [
    { ...figure(`Create with a database of ${size} on ${kind}`, times), goals: [{ kind: 'ratio', most: 1.1 }] },
    figure('- its step of the database', steps),
  ];
}

/** The same repository twice, but for what fills the template. @returns how large the one is */
async function addBranches({ repository, env }: Workplace, quick: boolean): Promise<string> {
  const size = templates(quick).find(({ isLarge }) => isLarge);
  if (!size) throw new Error('there is no large template');
  const git = (...argv: string[]): Promise<unknown> =>
    run('git', ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.com', ...argv], { cwd: repository, env });
  const filled = { empty: '', large: fillStatements(size).join(';\n') };
  for (const which of ['empty', 'large'] as const) {
    await git('switch', '--quiet', '-c', branches[which], 'main');
    await writeFile(join(repository, 'db', 'fill.sql'), `SELECT 1;\n${filled[which]}`);
    await writeFile(join(repository, 'db', 'fill.js'), fill);
    await writeFile(join(repository, 'coppice.yaml'), environmentFile(which));
    await git('add', '--all');
    await git('commit', '--quiet', '-m', `what fills the template: ${which}`);
  }
  await git('switch', '--quiet', 'main');
  return size.name;
}

const environmentFile = (which: Which): string => `version: 1
services:
  app: {command: node backend/server.js, port: 8000, routes: [/], health: /healthz}
database: {template: bench_${which}, migrate: node db/migrate.js, seed: node db/fill.js, timeout: 600}
`;

const fill = `import { readFile } from 'node:fs/promises';
import pg from 'pg';

const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
await client.query(await readFile(new URL('fill.sql', import.meta.url), 'utf8'));
await client.end();
`;

function silently() {
  return { signal: AbortSignal.timeout(180_000), report: () => undefined };
}
