import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../../scripts/workplace/chromium.mjs';
import type { Adopted } from '../../scripts/verified.mjs';
import { until } from '../support/until';
import { verifies } from '../support/verified';
import { isReached } from './isReached';
import { patience, Place, type Made } from './place';
import type { Project } from './project';
import { projects } from './projects';

const discardAll = ['uncommitted', 'untracked', 'ignored', 'database'].flatMap((loss) => ['--discard', loss]);
const wanted = (process.env['COPPICE_ADOPT'] ?? '').split(/[ ,]+/).filter(Boolean);

for (const project of projects) {
  const isWanted = wanted.length === 0 || wanted.includes(project.name);
  const isPossible = isWanted && hasAll(project.needs ?? []) && isReached(project.clones);
  describe.skipIf(!isPossible)(project.name, () => adopt(project));
}

/** What a newcomer does with a project, and what they expect of it. */
function adopt(project: Project): void {
  let place: Place;
  beforeAll(async () => {
    place = await Place.make(project);
  });
  afterAll(async () => place.dispose());
  const made: Made[] = [];
  const seconds: Record<string, number> = {};
  const timed = async <T>(what: string, action: () => Promise<T>): Promise<T> => {
    const begin = performance.now();
    const result = await action();
    seconds[what] = Math.round((performance.now() - begin) / 100) / 10;
    return result;
  };
  verifies(project.tool, () => project.version, {
    obtained: commandText(project),
    asked: 'init, two creates, a change in one worktree, deletes',
    adopted: (): Adopted => ({
      shows: project.shows,
      made: commandText(project),
      seconds,
      asked: `${project.host === undefined ? '' : `${project.host}: `}${project.asks ?? '/'}`,
      answers: [project.says.before, project.says.after],
      ...(project.isHot === undefined ? {} : { browser: project.isHot }),
      ...(project.broken === undefined ? {} : { failure: project.broken.says }),
    }),
  });

  it('is green in its first environment by init and create', async () => {
    await timed('init', () => place.coppice('init', '--yes'));
    await place.git('add', '--all');
    await place.git('commit', '--quiet', '--message', 'An environment for each worktree');
    made.push(await timed('first', () => place.create('first')));
    await place.says(made[0], project.says.before);
    for (const { says, ...where } of project.also ?? []) await place.says(made[0], says, where);
  });

  it('needs no manual step for the second worktree, which answers for itself', async () => {
    made.push(await timed('second', () => place.create('second')));
    await place.says(made[1], project.says.before);
    await place.change(made[1]);
    // What does not watch its files is started anew, as its author would.
    for (const service of Object.keys(made[1]?.metricsPorts ?? {})) await place.coppice('restart', service, 'second');
    await place.says(made[1], project.says.after);
    await place.says(made[0], project.says.before);
  });

  it.runIf(project.isHot !== undefined)(
    'shows a change in an open browser by itself, through the gateway',
    async () => {
      const executablePath = findChromium();
      if (executablePath === undefined) throw new Error('no Chromium: COPPICE_CHROMIUM names it');
      const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
      try {
        const page = await browser.newPage();
        page.setDefaultTimeout(patience);
        // A dev server that is slow to take up its own connection tells nobody of what was changed before.
        const isTold = new Promise<void>((resolve) => {
          page.on('websocket', (socket) => socket.on('framereceived', () => resolve()));
        });
        await page.goto(place.urlOf(made[0], project.page === undefined ? undefined : { path: project.page }));
        await until(async () => (await page.content().catch(() => '')).includes(project.says.before), patience);
        await isTold;
        await page.waitForLoadState('networkidle');
        await page.evaluate('globalThis.isSame = true');
        await place.change(made[0]);
        await timed('browser', () =>
          until(async () => (await page.content().catch(() => '')).includes(project.says.after), patience),
        );
        if (project.isHot === 'kept') expect(await page.evaluate('globalThis.isSame')).toBe(true);
      } finally {
        await browser.close();
      }
    },
  );

  it.runIf(project.broken !== undefined)(
    'shows what a migration that fails says itself, and leaves nothing, or says what',
    async () => {
      const { says = '', stays, ...change } = project.broken ?? { file: '', to: '' };
      await place.commit(change, 'A migration that cannot work');
      const told = await place.createFails('third');
      expect(told).toContain(says);
      if (stays !== undefined) {
        expect(told).toContain(stays);
        await place.coppice('delete', 'third', ...discardAll);
      }
      expect(await worktrees(place)).toHaveLength(3);
    },
  );

  it('leaves nothing when all are deleted', async () => {
    for (const name of ['first', 'second']) await place.coppice('delete', name, ...discardAll);
    for (const one of made) expect(existsSync(one.path)).toBe(false);
    expect(await worktrees(place)).toHaveLength(1);
  });
}

async function worktrees(place: Place): Promise<readonly unknown[]> {
  const found = JSON.parse(await place.coppice('list', '--json')) as { worktrees: unknown[] };
  return found.worktrees;
}

/** What made it, without what only installs a tool for that, or fills it. */
function commandText({ make }: Project): string {
  const makes = make.find((argv) => argv[0] !== 'mkdir' && argv.some((word) => /\bproject\b/.test(word)));
  return (makes ?? make[0] ?? []).join(' ');
}

function hasAll(programs: readonly string[]): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return programs.every((program) => folders.some((folder) => existsSync(join(folder, program))));
}
