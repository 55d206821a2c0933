import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorJson, createdJson } from '../../../src/cli/toJson';
import { entryJson, serviceJson, snapshotJson, statusJson } from '../../../src/app/view/snapshotJson';
import { AppError } from '../../../src/core/errors';
import schema from '../../../media/schemas/coppice.schema.json';
import { referenceFiles } from '../../../scripts/reference.mjs';
import { jsonFields } from '../../../scripts/reference/llmsText.mjs';
import { schemaKeys } from '../../../scripts/reference/schemaKeys.mjs';
import { root } from '../../../scripts/workplace/run.mjs';
import { aSnapshot, anEntry } from '../ui/builders';

const keys = schemaKeys(schema);

/** The keys of all `properties` in it, wherever they are. */
function namesIn(part: unknown): Set<string> {
  if (typeof part !== 'object' || part === null) return new Set();
  const own = 'properties' in part ? Object.entries(part.properties ?? {}) : [];
  const named = own.flatMap(([name, value]) => (typeof value === 'object' ? [name] : []));
  return new Set([...named, ...Object.values(part).flatMap((each) => [...namesIn(each)])]);
}

describe('the reference', () => {
  it('is what would be written now: if this fails, run npm run reference', async () => {
    const files = Object.entries(await referenceFiles());
    expect(files.map(([path]) => path)).toEqual(['docs/coppice-yaml.md', 'docs/llms.txt']);
    for (const [path, text] of files)
      expect(readFileSync(join(root, path), 'utf8') === text, `${path} is old: run npm run reference`).toBe(true);
  });

  it('has every key of the schema', () => {
    const page = readFileSync(join(root, 'docs', 'coppice-yaml.md'), 'utf8');
    for (const { path } of keys) expect(page).toMatch(new RegExp(`^###? \`${path.replace(/[[\].]/g, '\\$&')}\`$`, 'm'));
    const named = namesIn(schema);
    expect(named.size).toBeGreaterThan(30);
    expect(new Set(keys.map(({ name }) => name))).toEqual(named);
  });

  it('is short where a program reads it whole', () => {
    expect(readFileSync(join(root, 'docs', 'llms.txt'), 'utf8').length).toBeLessThan(16_000);
  });
});

describe('the schema', () => {
  it('says of every key what it is for, which a completion shows', () => {
    for (const { path, schema: key } of keys) {
      expect(key.description, path).toMatch(/^[A-Z][^]{20,}\.$/);
      expect(key.title, path).toMatch(/^[A-Z]/);
    }
  });

  it('has an example, a default or the values of every key that is not a mapping of its own', () => {
    const silent = keys.filter(({ schema: { examples, enum: choices, properties, type, ...key } }) => {
      const isTold = examples ?? choices ?? properties ?? key.default ?? key.const;
      return isTold === undefined && type !== 'boolean';
    });
    expect(silent.map(({ path }) => path)).toEqual([]);
  });
});

describe('llms.txt', () => {
  it('tells fields that are printed', () => {
    const entry = anEntry();
    const snapshot = aSnapshot({ entries: [entry] });
    const service = entry.environment?.services[0];
    const { worktree, identity } = entry;
    if (!service || !identity) throw new Error('the entry has no service');
    const { error } = errorJson(new AppError('failed', 'x')) as { error: object };
    const printed = {
      create: createdJson({ worktree, identity, services: [], ready: true } as unknown as Parameters<
        typeof createdJson
      >[0]),
      list: snapshotJson(snapshot),
      status: { ...entryJson(entry, snapshot), ...statusJson(entry, snapshot) },
      service: serviceJson(service),
      error,
    };
    for (const [name, fields] of Object.entries(jsonFields))
      expect(Object.keys(printed[name as keyof typeof printed]), name).toEqual(expect.arrayContaining([...fields]));
  });
});
