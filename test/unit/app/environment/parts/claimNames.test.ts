import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  chooseMetricsPorts,
  chooseNames,
  claim,
  type NamesInUse,
} from '../../../../../src/app/environment/parts/claimNames';
import { AppError } from '../../../../../src/core/errors';
import type { Owner } from '../../../../../src/core/model';
import { namesFromSlug, slugCandidates, type CandidateNames } from '../../../../../src/core/naming';
import type { NamespaceRecord } from '../../../../../src/core/ports/cluster';
import type { Databases } from '../../../../../src/core/ports/databases';
import { FakeCluster } from '../../../../support/fakes/fakeCluster';
import { FakeDatabases } from '../../../../support/fakes/fakeDatabases';
import { FakePorts } from '../../../../support/fakes/fakePorts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const { signal } = new AbortController();

function record(name: string, owner: Owner, annotations: Record<string, string> = {}): NamespaceRecord {
  return { name, uid: name, owner, terminating: false, annotations };
}

const anna: Owner = { repositoryId: 'aaaaaaaaaaaa', worktreeId: '000000000001' };
const ben: Owner = { repositoryId: 'bbbbbbbbbbbb', worktreeId: '000000000002' };

/** Numbers that look random and are the same in every run (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const parts = [
  ...['feat', 'FEAT', 'Feat', 'fix', 'earl', 'a', 'A', 'b', '1', '123', 'FIB-123', 'new_feature', 'new-feature'],
  ...['infra', 'grafana', 'con', 'NUL', 'com1', 'worktree', 'main', 'HEAD', 'x'.repeat(20), 'y'.repeat(53)],
  ...['größe', '機能', '🌲', 'e\u0301', 'é', 'ß', 'SS', 'İ', 'ı', 'Ａ', '\u202e', '\u200d', '\ufeff', '\ud800'],
  ...['$(id)', '`id`', 'a;b', '--output=x', `x"y'z`, '{{.Values}}', "'; DROP DATABASE x; --", '%00', '\0', '\n', ' '],
  ...['-', '--', '.', '..', '_', '@', '~', '', '0', '00', 'deadbe', 'refs', 'heads', 'z'.repeat(300)],
];
const separators = ['/', '-', '_', '.', '', '+', '--', '//', ' '];

/** (repository, branch) pairs; many differ in case, in a separator or in one character only. */
function hostilePairs(count: number): [string, string][] {
  const random = generator(20261122);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const repositories = Array.from({ length: 40 }, (_, index) => sha256(`repository ${index}`).slice(0, 12));
  const seen = new Set<string>();
  const pairs: [string, string][] = [];
  while (pairs.length < count) {
    let branch = pick(parts);
    for (let more = Math.floor(random() * 4); more > 0; more--) branch += pick(separators) + pick(parts);
    if (random() < 0.3) branch += String.fromCodePoint(Math.floor(random() * 0xd7ff));
    if (random() < 0.3) branch += `${pick(separators)}${Math.floor(random() * 5000)}`;
    const repository = pick(repositories);
    const key = `${repository}\0${branch}`;
    if (seen.has(key)) continue;
    seen.add(key);
    pairs.push([repository, branch]);
  }
  return pairs;
}

/** The only part whose names others may hold. */
const among = (databases: Databases): NamesInUse['ofParts'] => [
  { id: 'database', holder: ({ database }) => databases.owner(database) },
];

/** A cluster's namespaces and a server's databases, quick enough for 100,000. */
class Registry {
  readonly namespaces = new Map<string, NamespaceRecord>();
  readonly #byOwner = new Map<string, NamespaceRecord>();
  readonly #databases = new Map<string, Owner>();
  readonly databases: Databases;

  constructor() {
    const owner = (database: string): Promise<Owner | undefined> => Promise.resolve(this.#databases.get(database));
    this.databases = Object.assign(new FakeDatabases(), { owner });
  }

  /** Of all namespaces those that matter to this owner's choice: its own, and the ones that have names which it may want. */
  near(owner: Owner, slugs: readonly string[]): NamespaceRecord[] {
    const own = this.#byOwner.get(`${owner.repositoryId} ${owner.worktreeId}`);
    const held = slugs.flatMap((slug) => this.namespaces.get(namesFromSlug(slug).namespace) ?? []);
    return [...new Set([...(own ? [own] : []), ...held])];
  }

  take(names: CandidateNames, owner: Owner): void {
    const made = record(names.namespace, owner, { slug: names.slug });
    this.namespaces.set(names.namespace, made);
    this.#byOwner.set(`${owner.repositoryId} ${owner.worktreeId}`, made);
    this.#databases.set(names.database, owner);
  }
}

const label = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

function problemOf(names: CandidateNames): string | undefined {
  const { slug, namespace, temporalNamespace, database, databaseRole, host, release } = names;
  if (!label.test(slug) || slug.length > 53) return 'slug';
  if (!label.test(namespace) || namespace.length > 63) return 'namespace';
  if (temporalNamespace !== namespace) return 'temporalNamespace';
  if (!/^[a-z_][a-z0-9_]*[a-z0-9]$/.test(database) || Buffer.byteLength(database) > 63) return 'database';
  if (databaseRole !== database) return 'databaseRole';
  if (host !== `${slug}.localhost` || (host.split('.')[0] ?? '').length > 63) return 'host';
  if (!label.test(release) || release.length > 53) return 'release';
  return undefined;
}

async function chooseForAll(count: number, hash: (text: string) => string): Promise<void> {
  const registry = new Registry();
  const chosen = new Map<string, { owner: Owner; ref: string; slugs: string[] }>();
  const hosts = new Set<string>();
  for (const [repositoryId, branch] of hostilePairs(count)) {
    const ref = `refs/heads/${branch}`;
    // Owners are told apart by the real hash: what is forced to collide are the names.
    const owner: Owner = { repositoryId, worktreeId: sha256(`${repositoryId}\0${ref}`).slice(0, 12) };
    const slugs: string[] = [];
    for (const slug of slugCandidates(repositoryId, ref, hash)) {
      slugs.push(slug);
      if (!registry.namespaces.has(namesFromSlug(slug).namespace)) break;
    }
    const choose = (): Promise<CandidateNames> =>
      chooseNames(
        owner,
        ref,
        { namespaces: registry.near(owner, slugs), ofParts: among(registry.databases) },
        hash,
        signal,
      );
    const names = await choose();
    const problem = problemOf(names);
    if (problem) throw new Error(`${JSON.stringify(branch)} gives an invalid ${problem}: ${JSON.stringify(names)}`);
    if (hosts.has(names.host) || registry.namespaces.has(names.namespace))
      throw new Error(`${JSON.stringify(branch)} gets ${names.slug}, which is somebody else's`);
    if ((await choose()).slug !== names.slug) throw new Error(`${JSON.stringify(branch)} is named in two ways`);
    hosts.add(names.host);
    registry.take(names, owner);
    chosen.set(names.slug, { owner, ref, slugs });
  }
  expect(chosen.size).toBe(count);
  // Asked again when all the others are there as well.
  for (const [slug, { owner, ref, slugs }] of chosen) {
    const inUse = { namespaces: registry.near(owner, slugs), ofParts: among(registry.databases) };
    const again = await chooseNames(owner, ref, inUse, hash, signal);
    if (again.slug !== slug) throw new Error(`${JSON.stringify(ref)} was ${slug} and is ${again.slug} now`);
  }
}

describe('chooseNames', () => {
  it(
    'gives 100,000 hostile pairs valid names of their own, twice the same',
    () => chooseForAll(100_000, sha256),
    180_000,
  );

  it('keeps them apart when hashes are short of values', async () => {
    // 6 digits of which only two differ: 256 values for each stem.
    await chooseForAll(2_000, (text) => `0000${sha256(text)}`);
  });

  it('says so when all are taken', async () => {
    const databases = new FakeDatabases();
    const inUse = {
      namespaces: [record('worktree-a', ben), record('worktree-a-000000', ben)],
      ofParts: among(databases),
    };
    await expect(chooseNames(anna, 'refs/heads/a', inUse, () => '0'.repeat(64), signal)).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it('keeps the name that was given, also when a better one is free by now', async () => {
    const inUse = { namespaces: [record('worktree-a-123456', anna)], ofParts: [] };
    expect((await chooseNames(anna, 'refs/heads/a', inUse, sha256, signal)).slug).toBe('a-123456');
  });

  it('passes over a name whose database is of somebody else, or of nobody known', async () => {
    const databases = new FakeDatabases();
    databases.held.set('wt_a', { kind: 'foreign' });
    expect(
      (await chooseNames(anna, 'refs/heads/a', { namespaces: [], ofParts: among(databases) }, sha256, signal)).slug,
    ).toMatch(/^a-/);
    databases.held.set('wt_a', { kind: 'environment', owner: ben, role: 'wt_a', password: 1 });
    expect(
      (await chooseNames(anna, 'refs/heads/a', { namespaces: [], ofParts: among(databases) }, sha256, signal)).slug,
    ).toMatch(/^a-/);
    databases.held.set('wt_a', { kind: 'environment', owner: anna, role: 'wt_a', password: 1 });
    expect(
      (await chooseNames(anna, 'refs/heads/a', { namespaces: [], ofParts: among(databases) }, sha256, signal)).slug,
    ).toBe('a');
  });
});

describe('claim', () => {
  const choice = (slug: string) => ({ names: namesFromSlug(slug), annotations: { slug } });

  it('moves on to the next name when another was quicker', async () => {
    const cluster = new FakeCluster();
    cluster.addForeignNamespace('worktree-a', ben);
    const slugs = ['a', 'a-1'];
    const { chosen, claimed } = await claim(cluster, async () => choice(slugs.shift() ?? ''), anna, signal);
    expect([chosen.names.slug, claimed]).toEqual(['a-1', 'created']);
  });

  it('gives up when nothing else is chosen', async () => {
    const cluster = new FakeCluster();
    cluster.addForeignNamespace('worktree-a', ben);
    let asked = 0;
    const choose = async () => (asked++, choice('a'));
    await expect(claim(cluster, choose, anna, signal)).rejects.toMatchObject({ code: 'conflict' });
    expect(asked).toBe(2);
  });

  it('does not take a failure for a lost race', async () => {
    const cluster = new FakeCluster();
    cluster.before = (method) => {
      if (method === 'claimNamespace') throw new AppError('denied', 'You may not.');
    };
    await expect(claim(cluster, async () => choice('a'), anna, signal)).rejects.toMatchObject({ code: 'denied' });
  });
});

describe('chooseMetricsPorts', () => {
  const names = namesFromSlug('a');
  const choose = (namespaces: NamespaceRecord[], ports = new FakePorts(), services = ['one', 'two']) =>
    chooseMetricsPorts(names, anna, services, namespaces, ports);

  it('gives each service a port of its own, which nobody else has or listens on', async () => {
    const { one: start = 0 } = await choose([]);
    const ports = new FakePorts();
    ports.taken.add(start + 1);
    const others = [record('worktree-b', ben, { 'metrics-ports': JSON.stringify({ x: start, y: start + 2 }) })];
    expect(await choose(others, ports)).toEqual({ one: start + 3, two: start + 4 });
  });

  it('keeps the ports that are recorded, although their own services listen there, and adds one for a new service', async () => {
    const own = [record('worktree-a', anna, { 'metrics-ports': '{"one":9500,"gone":9501}' })];
    const ports = new FakePorts();
    ports.taken.add(9500);
    const chosen = await choose(own, ports);
    expect(chosen['one']).toBe(9500);
    expect(Object.keys(chosen)).toEqual(['one', 'two']);
    expect(chosen['two']).not.toBe(9500);
  });

  it.each(['', 'null', '[]', '{', '7', '{"one":"x"}'])('takes the damaged record %j for none', async (text) => {
    expect(await choose([record('worktree-a', anna, { 'metrics-ports': text })])).toEqual(await choose([]));
  });
});
