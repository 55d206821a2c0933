import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unpackFirstRecords } from '../../support/firstRecords/unpack';
import { until } from '../../support/until';
import type { CreatedJson, ListJson } from './cliJson';
import { CliWorld } from './cliWorld';

/** What a worktree's record holds since its version 2, as far as version 1 had it elsewhere. */
interface WorktreeRecord {
  readonly version: number;
  readonly owner: object;
  readonly names: object;
  readonly parts: {
    readonly database?: { readonly database: string; readonly role: string };
    readonly temporal?: { readonly namespace: string };
    readonly services?: object;
  };
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T;
}

describe('what a Coppice with records of version 1 left', () => {
  // Paths in the stored files are those of a POSIX system.
  it.skipIf(process.platform === 'win32')(
    'is listed, comes up again, is brought up to date and is deleted, and nothing is made twice',
    async () => {
      const world = await CliWorld.create();
      try {
        await unpackFirstRecords(world.folder, world.env['PATH'] ?? '');
        const cwd = join(world.folder, 'repository');
        const recordOf = (slug: string): string => join(cwd, '.git', 'worktrees', slug, 'coppice.json');
        const before = { one: await readFile(recordOf('one'), 'utf8'), two: await readFile(recordOf('two'), 'utf8') };
        const list = async () => (await world.json<ListJson>(['list'], { cwd })).worktrees;
        const slugs = async () => (await list()).map(({ environment }) => environment?.slug);
        expect(await slugs()).toEqual([undefined, 'one', 'two']);

        await world.json(['cluster', 'start'], { cwd });
        const namespaces = async () =>
          (await world.objects('/api/v1/namespaces')).filter((name) => name.startsWith('worktree-'));
        expect(await namespaces()).toEqual(['worktree-one', 'worktree-two']);
        const areWell = async () =>
          (await list()).every(({ environment }) => environment === null || environment.health === 'healthy');
        await until(areWell, 60_000);
        expect(await readFile(recordOf('one'), 'utf8')).toBe(before.one);

        const first = JSON.parse(before.two) as { worktreeId: string; metricsPorts: object; createdAt: string };
        const again = await world.json<CreatedJson>(['create', 'two'], {
          cwd: join(world.folder, 'repository.worktrees', 'two'),
        });
        expect(again).toMatchObject({ slug: 'two', namespace: 'worktree-two', ready: true, database: null });
        expect(await readJson<WorktreeRecord>(recordOf('two'))).toMatchObject({
          version: 2,
          owner: { worktreeId: first.worktreeId },
          names: { slug: 'two', namespace: 'worktree-two', host: 'two.localhost', release: 'two' },
          parts: { services: { metricsPorts: first.metricsPorts } },
          createdAt: first.createdAt,
        });
        expect(await readFile(recordOf('one'), 'utf8')).toBe(before.one);
        expect(await slugs()).toEqual([undefined, 'one', 'two']);
        expect(await namespaces()).toEqual(['worktree-one', 'worktree-two']);
        expect(await world.objects('/apis/apps/v1/deployments')).toEqual(
          ['one', 'two'].flatMap((slug) => [`worktree-${slug}/web`, `worktree-${slug}/worker`]),
        );

        for (const slug of ['one', 'two']) await world.json(['delete', slug], { cwd });
        expect(await slugs()).toEqual([undefined]);
        expect(await namespaces()).toEqual([]);
        expect(await world.gitIn(cwd, 'branch', '--format=%(refname:short)')).toBe('main');
      } finally {
        await world.dispose();
      }
    },
    180_000,
  );

  it('has its database kept by an update, and dropped by a delete', async () => {
    const world = await CliWorld.create();
    try {
      const created = await world.json<CreatedJson>(['create', 'topic']);
      const record = join(world.repository, '.git', 'worktrees', 'topic', 'coppice.json');
      await writeFile(record, JSON.stringify(asFirst(await readJson<WorktreeRecord>(record))));
      await world.sql(`COMMENT ON DATABASE ${created.database ?? ''} IS 'the same'`);
      const again = await world.json<CreatedJson>(['create', 'topic'], { cwd: created.path });
      expect(again).toMatchObject({ database: 'wt_topic', ready: true });
      expect(
        await world.sql(
          "SELECT shobj_description(oid, 'pg_database') AS said FROM pg_database WHERE datname = 'wt_topic'",
        ),
      ).toEqual([{ said: 'the same' }]);
      const now = await readJson<WorktreeRecord>(record);
      expect(now).toMatchObject({ version: 2, parts: { database: { database: 'wt_topic', role: 'wt_topic' } } });
      await writeFile(record, JSON.stringify(asFirst(now)));
      await world.json(['delete', 'topic', '--discard', 'database']);
      const { databases, roles } = await world.databases();
      expect([...databases, ...roles]).not.toContain('wt_topic');
    } finally {
      await world.dispose();
    }
  }, 180_000);
});

/** The record as its first version had it. */
function asFirst({ owner, names, parts, version: _, ...rest }: WorktreeRecord): object {
  const { database, role: databaseRole } = parts.database ?? {};
  const { namespace: temporalNamespace } = parts.temporal ?? {};
  return { version: 1, ...owner, ...names, database, databaseRole, temporalNamespace, ...parts.services, ...rest };
}
