import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ToldWaitFiles } from '../../../src/adapters/git/agents/toldWaits';

describe('a wait of an agent', () => {
  const waits = new ToldWaitFiles();
  let gitDir: string;
  beforeEach(async () => {
    gitDir = await mkdtemp(join(tmpdir(), 'coppice-told-'));
    await mkdir(join(gitDir, 'coppice-agents'));
  });
  afterEach(() => rm(gitDir, { recursive: true }));
  const claim = (since: number, session = 's'): Promise<boolean> => waits.claim({ gitDir }, { session, since });

  it('is told by one of those that ask at once, and by nobody later', async () => {
    const claimed = await Promise.all(Array.from({ length: 20 }, () => claim(1)));
    expect(claimed.filter(Boolean)).toHaveLength(1);
    expect(await claim(1)).toBe(false);
  });

  it('is another one when the session waits anew, and when another session waits', async () => {
    await writeFile(join(gitDir, 'coppice-agents', 's.jsonl'), '');
    expect([await claim(1), await claim(2), await claim(1, 't'), await claim(2)]).toEqual([true, true, true, false]);
    expect((await readdir(join(gitDir, 'coppice-agents'))).sort()).toEqual(['s.2.told', 's.jsonl', 't.1.told']);
  });

  it('is told by nobody where the worktree is gone', async () => {
    await rm(join(gitDir, 'coppice-agents'), { recursive: true });
    expect(await claim(1)).toBe(false);
  });
});
