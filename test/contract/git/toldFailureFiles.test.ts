import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ToldFailureFiles } from '../../../src/adapters/git/records/toldFailureFiles';

describe('a failure of an environment', () => {
  const failures = new ToldFailureFiles();
  let gitDir: string;
  beforeEach(async () => {
    gitDir = await mkdtemp(join(tmpdir(), 'coppice-told-'));
  });
  afterEach(() => rm(gitDir, { recursive: true, force: true }));

  it('is told by one of those that ask at once, and by nobody later', async () => {
    const claimed = await Promise.all(Array.from({ length: 20 }, () => failures.claim({ gitDir })));
    expect(claimed.filter(Boolean)).toHaveLength(1);
    expect(await failures.claim({ gitDir })).toBe(false);
  });

  it('is another one once the one before is forgotten, by anybody and more than once', async () => {
    await failures.claim({ gitDir });
    await Promise.all([failures.forget({ gitDir }), failures.forget({ gitDir })]);
    expect(await failures.claim({ gitDir })).toBe(true);
  });

  it('is told by nobody where the worktree is gone', async () => {
    await rm(gitDir, { recursive: true });
    expect(await failures.claim({ gitDir })).toBe(false);
    await failures.forget({ gitDir });
  });
});
