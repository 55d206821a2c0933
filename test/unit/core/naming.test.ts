import { createHash } from 'node:crypto';
import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32, metricsPort, namesFromSlug, slugCandidates } from '../../../src/core/naming';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const first = (ref: string, repository = '0123456789ab'): string =>
  slugCandidates(repository, ref, sha256).next().value;
const take = (count: number, ref: string, hash = sha256): string[] => {
  const candidates = slugCandidates('0123456789ab', ref, hash);
  return Array.from({ length: count }, () => candidates.next().value);
};

describe('names', () => {
  it("of the seed's branch are the seed's", () => {
    const slug = first('refs/heads/earl/FIB-123-new-feature');
    expect(namesFromSlug(slug)).toEqual({
      slug: 'earl-fib-123-new-feature',
      namespace: 'worktree-earl-fib-123-new-feature',
      temporalNamespace: 'worktree-earl-fib-123-new-feature',
      database: 'wt_earl_fib_123_new_feature',
      databaseRole: 'wt_earl_fib_123_new_feature',
      host: 'earl-fib-123-new-feature.localhost',
      release: 'earl-fib-123-new-feature',
    });
  });

  it.each([
    ['main', 'main'],
    ['feat/A', 'feat-a'],
    ['v1.2_3', 'v1-2-3'],
    ['a'.repeat(53), 'a'.repeat(53)],
    ['0', '0'],
  ])('%s gives the plain slug', (branch, slug) => {
    expect(first(`refs/heads/${branch}`)).toBe(slug);
  });

  it.each([
    ['a separator twice', 'feat//a', 'feat-a'],
    ['a separator that a slug cannot show', 'feat+a', 'feat-a'],
    ['a dash at its end', 'feat-', 'feat'],
    ['letters of another script', 'größe', 'gr-e'],
    ['nothing that a slug can have', '機能', 'worktree'],
    ['a name of the shared services', 'grafana', 'grafana'],
    ['a name that Windows refuses', 'Aux', 'aux'],
    ['one character too many', 'a'.repeat(54), 'a'.repeat(46)],
    ['a cut right behind a separator', `${'a'.repeat(45)}/${'b'.repeat(20)}`, 'a'.repeat(45)],
  ])('%s gets a hash of repository and ref', (_what, branch, stem) => {
    const ref = `refs/heads/${branch}`;
    const hash = sha256(`0123456789ab\0${ref}`).slice(0, 6);
    expect(first(ref)).toBe(`${stem}-${hash}`);
    expect(first(ref, 'ba9876543210')).not.toBe(first(ref));
  });

  it('go on without end when names are taken', () => {
    const some = take(50, 'refs/heads/feat/a');
    expect(some[0]).toBe('feat-a');
    expect(new Set(some).size).toBe(50);
    expect(some.slice(1).every((slug) => /^feat-a-[0-9a-f]{6}$/.test(slug))).toBe(true);
  });
});

describe('crc32', () => {
  it.each([
    ['', 0],
    ['123456789', 0xcbf43926],
    ['The quick brown fox jumps over the lazy dog', 0x414fa339],
  ])('of %j is the known one', (text, value) => {
    expect(crc32(text)).toBe(value);
  });

  it('is what zlib says, of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(crc32(text)).toBe(zlibCrc32(text));
      }),
    );
  });
});

describe('metricsPort', () => {
  const start = 9100 + (zlibCrc32('worktree-main') % 100);

  it('starts from the checksum of the namespace', () => {
    expect(metricsPort('worktree-main', () => false)).toBe(start);
  });

  it('moves on to the next free port', () => {
    const taken = new Set([start, start + 1, start + 3]);
    expect(metricsPort('worktree-main', (port) => taken.has(port))).toBe(start + 2);
  });

  it('begins again below when there is none above', () => {
    expect(metricsPort('worktree-main', (port) => port >= start)).toBe(9100);
  });
});
