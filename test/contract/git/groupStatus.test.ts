import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Git } from '../../../src/adapters/git/program/git';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import { groupsOf, groupStatus } from '../../../src/adapters/git/work/groupStatus';
import { parseStatus } from '../../../src/adapters/git/program/parseStatus';
import { statusConcurrency } from '../../../src/adapters/git/program/statusConcurrency';
import type { Worktree, WorktreeStatus } from '../../../src/core/model';
import type { AppError } from '../../../src/core/errors';
import { GitRepository } from '../../support/gitRepository';

const argv = ['status', '--porcelain=v2', '--branch', '-z'];
const count = statusConcurrency * 3;

let git: GitRepository;
let worktrees: GitWorktrees;
let all: Worktree[];
beforeEach(async () => {
  git = await GitRepository.create();
  worktrees = new GitWorktrees(git.env);
  for (let index = 1; index < count; index++) {
    await git.git('worktree', 'add', '--quiet', '-b', `b${index}`, join(git.folder, `w ${index}`));
  }
  all = await worktrees.list(await worktrees.repository(git.root));
});
afterEach(() => git.dispose());

async function outputsOf(group: readonly Worktree[]): Promise<string[]> {
  const outputs: string[] = [];
  const told = await groupStatus(new Git(git.env), group, argv, [], (worktree, output) => {
    expect(worktree).toBe(group[outputs.length]);
    outputs.push(output);
  });
  expect(told).toBe(outputs.length);
  return outputs;
}

describe('groupStatus', () => {
  it('asks several worktrees at once, and gives the answers in their order', async () => {
    const [group] = groupsOf(all);
    expect(group).toHaveLength(3);
    await git.in(group?.[1]?.path ?? '', 'mv', 'readme', '# branch.oid');
    await git.write('# branch.oid', '', group?.[2]?.path);
    const outputs = await outputsOf(group ?? []);
    expect(outputs.map((output) => parseStatus(output).branch)).toEqual(group?.map(({ branch }) => branch));
    expect(parseStatus(outputs[1] ?? '').changed).toEqual(['# branch.oid']);
    expect(parseStatus(outputs[2] ?? '').untracked).toEqual(['# branch.oid']);
  });

  it('gives the answers up to the last one before a failure, which may be cut off', async () => {
    await rm(all[2]?.path ?? '', { recursive: true });
    const outputs = await outputsOf(all.slice(0, 3));
    expect(outputs.map((output) => parseStatus(output).branch)).toEqual(['main']);
  });

  it('tells the right status of each, and the failure of the one that is gone', async () => {
    for (const [index, worktree] of all.entries()) await git.write(`new-${index}`, '', worktree.path);
    await git.write('another', '', all[4]?.path);
    await rm(all[7]?.path ?? '', { recursive: true });
    const told = new Map<string, WorktreeStatus | AppError>();
    await worktrees.statuses(all, (worktree, result) => told.set(worktree.path, result));
    expect(told.size).toBe(count);
    for (const [index, worktree] of all.entries()) {
      const expected =
        index === 7 ? { code: 'notFound' } : { untracked: index === 4 ? 2 : 1, lastCommit: { subject: 'first' } };
      expect(told.get(worktree.path)).toMatchObject(expected);
    }
  });
});
