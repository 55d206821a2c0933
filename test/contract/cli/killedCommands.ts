import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ListJson } from './cliJson';
import { killedFile, type KillWorld } from './killWorld';

/** What is done to the environment of the branch `cut`. */
export interface KilledCommand {
  readonly args: readonly string[];
  /** Without it the repository. */
  readonly cwd?: string;
  /** Brings all to where it begins. */
  readonly before: () => Promise<void>;
  /** Holds once it is done. */
  readonly after: () => Promise<void>;
  /** What a retry says where it was done already, and its process died before it said so. */
  readonly isDone?: RegExp;
}

const discard = ['--discard', 'uncommitted,untracked,database'];

export function killedCommands({ world }: KillWorld): Readonly<Record<string, KilledCommand>> {
  const path = world.worktree('cut');
  const draft = join(path, 'draft.txt');
  let round = 0;

  const state = async (): Promise<string | undefined> => {
    const { worktrees, orphans } = await world.json<ListJson>(['list']);
    expect(orphans).toEqual([]);
    return worktrees.find(({ branch }) => branch === 'cut')?.view.state;
  };
  const created = async (): Promise<void> => {
    if (!existsSync(path)) await world.json(['create', 'cut']);
    else if ((await state()) !== 'healthy') await world.json(['create'], { cwd: path });
  };
  const gone = async (): Promise<void> => {
    if (!existsSync(path)) return;
    const { code, stderr } = await world.cli(['delete', 'cut', ...discard]);
    expect(code, stderr).toBe(0);
  };
  const isIn = (name: string | undefined) => async (): Promise<void> => expect(await state()).toBe(name);
  const withDraft = async (): Promise<void> => {
    await created();
    await writeFile(draft, 'a thought');
  };

  return {
    sleep: {
      args: ['sleep', 'cut'],
      before: async () => {
        await created();
        await world.json(['wake', 'cut']);
      },
      after: isIn('asleep'),
    },
    wake: {
      args: ['wake', 'cut'],
      before: async () => {
        await created();
        await world.json(['sleep', 'cut']);
      },
      after: isIn('healthy'),
    },
    update: {
      args: ['create', '--yes'],
      cwd: path,
      before: async () => {
        await created();
        await writeFile(join(path, 'coppice.yaml'), killedFile(String(++round)));
      },
      after: async () => {
        expect(await state()).toBe('healthy');
        expect((await world.cli(['create', '--dry-run'], { cwd: path })).stdout).toContain('Up to date');
        const deployments = await world.kubernetes('/apis/apps/v1/namespaces/worktree-cut/deployments');
        expect(JSON.stringify(deployments)).toContain(`"name":"ROUND","value":"${round}"`);
      },
    },
    create: {
      args: ['create', 'cut', '--yes'],
      before: gone,
      after: isIn('healthy'),
      isDone: /^The branch cut is checked out at /m,
    },
    delete: {
      args: ['delete', 'cut', ...discard],
      before: withDraft,
      after: async () => {
        expect(await state()).toBeUndefined();
        expect(existsSync(path)).toBe(false);
        expect(await world.git('branch', '--list', 'cut')).toBe('');
        expect(await world.objects('/api/v1/namespaces')).not.toContain('worktree-cut');
        expect((await world.databases()).databases).not.toContain('wt_cut');
        expect((await world.databases()).roles).not.toContain('wt_cut');
      },
      isDone: /^There is no worktree "cut"\. There are: [^\n]+\.$/,
    },
    undo: {
      args: ['undo', 'cut'],
      before: async () => {
        await withDraft();
        await gone();
      },
      after: async () => {
        expect(await readFile(draft, 'utf8')).toBe('a thought');
        expect(await world.gitIn(path, 'status', '--porcelain', '--branch')).toMatch(/^## cut$/m);
        expect(await state()).toBe('missing');
      },
      isDone:
        /^(?:No deleted worktree "cut" can be brought back\. The trash is empty\.|Something else is at \S+ now, and is left alone\. Move it away, and undo the delete then; until then its files are in \S+\.)$/,
    },
  };
}
