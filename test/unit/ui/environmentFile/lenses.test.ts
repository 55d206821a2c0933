import { beforeEach, describe, expect, it } from 'vitest';
import type { CodeLens, TextDocument } from 'vscode';
import * as vscode from 'vscode';
import type { UpdateChange } from '../../../../src/app/environment/update/updateChange';
import { AppError } from '../../../../src/core/errors';
import type { Snapshot } from '../../../../src/core/model';
import { keyLine } from '../../../../src/ui/environmentFile/keyLine';
import { EnvironmentFileLenses } from '../../../../src/ui/environmentFile/lenses';
import { editor } from '../../../support/vscodeStub';
import { anEntry, anEnvironment, aService, aSnapshot } from '../builders';
import { someDependencies } from '../context';

beforeEach(() => editor.reset());

const text = `version: 1
services:
  # api: is described below
  web: {command: a}
  "api":
    command: b
    web: no
uses: {cache: redis}
database:
  template: t
`;
const folder = '/repo.worktrees/feature';
const aDocument = (path = `${folder}/coppice.yaml`): TextDocument =>
  ({ uri: vscode.Uri.file(path), getText: () => text }) as TextDocument;
const changed = (name: string, ...details: string[]): UpdateChange => ({
  ...{ of: 'service', name, kind: 'changed', details },
});
const titles = (lenses: readonly CodeLens[]): string[] =>
  lenses.map(({ range, command }) => `${range.start.line} ${command?.title}`);
const environment = anEnvironment();
const bare = anEntry({ environment: undefined, identity: undefined });
const running = aSnapshot({ entries: [anEntry({ environment })] });

function given(snapshot: Snapshot, changes: () => readonly UpdateChange[] | undefined) {
  const asked: string[] = [];
  const { dependencies, publish, logged } = someDependencies({
    environments: {
      changes: async ({ folder: at }) => {
        asked.push(at);
        const known = changes();
        return known && { changes: known, before: '', after: '' };
      },
    },
  });
  publish(snapshot);
  const lenses = new EnvironmentFileLenses(dependencies);
  let news = 0;
  lenses.onDidChangeCodeLenses(() => news++);
  return {
    lenses,
    asked,
    publish,
    logged,
    news: () => news,
    told: async (document = aDocument()) => titles(await lenses.provideCodeLenses(document)),
  };
}

describe('the lenses of coppice.yaml', () => {
  it('offer a create where there is no environment, and ask nothing', async () => {
    const { lenses, told, asked } = given(aSnapshot({ entries: [bare] }), () => []);
    expect(await told()).toEqual(['0 Create Environment']);
    const [only] = await lenses.provideCodeLenses(aDocument());
    expect(only?.command).toMatchObject({ command: 'coppice.createEnvironment', arguments: [`worktree:${folder}`] });
    expect(asked).toEqual([]);
  });

  it('say that it is up to date, with nothing to click', async () => {
    const { lenses, told, asked } = given(running, () => []);
    expect(await told()).toEqual(['0 Up to date']);
    expect((await lenses.provideCodeLenses(aDocument()))[0]?.command?.command).toBe('');
    expect(asked).toEqual([folder]);
  });

  it('count what differs, and tell it where it is said', async () => {
    const changes = [
      changed('api', 'replicas 1 -> 2'),
      { of: 'service', name: 'web', kind: 'new', details: [] },
      { of: 'service', name: 'old', kind: 'gone', details: [] },
      { of: 'part', name: 'database', kind: 'changed', details: ['migrations changed'] },
      { of: 'part', name: 'all services', kind: 'changed', details: ['X a -> b'] },
    ] as const;
    const { told } = given(running, () => changes);
    expect(await told()).toEqual([
      '0 Update Environment (5 changes)',
      '0 Show What an Update Would Change',
      '4 differs from what runs: replicas 1 -> 2',
      '3 does not run yet',
      '1 old runs, and is not in this file',
      '8 differs from what runs: migrations changed',
    ]);
  });

  it('draw no icon that a value names', async () => {
    const { told } = given(running, () => [changed('api', 'X $(flame), new')]);
    expect((await told()).at(-1)).toBe('4 differs from what runs: X \\$(flame), new');
  });

  it('are found out once, again after a save, and when something else is so', async () => {
    let changes: readonly UpdateChange[] = [];
    const { told, asked, publish, news } = given(running, () => changes);
    await told();
    await told();
    // Another worktree's news are none.
    publish(
      aSnapshot({
        entries: [...running.entries, anEntry({ worktree: { ...running.entries[0]!.worktree, path: '/other' } })],
      }),
    );
    expect([asked.length, news()]).toEqual([1, 0]);
    changes = [changed('api', 'replicas 1 -> 2')];
    editor.save(aDocument());
    expect(news()).toBe(1);
    expect((await told())[0]).toBe('0 Update Environment (1 change)');
    const services = [aService({ wanted: 2 })];
    publish(aSnapshot({ entries: [anEntry({ environment: { ...environment, services } })] }));
    expect(news()).toBe(2);
    changes = [];
    expect(await told()).toEqual(['0 Up to date']);
    editor.close(aDocument());
    editor.save(aDocument('/elsewhere/coppice.yaml'));
    expect([asked.length, news()]).toEqual([3, 2]);
  });

  it('say nothing while something is under way, of no worktree, and where it cannot be known', async () => {
    const { told, asked, publish, logged } = given(running, () => {
      throw new AppError('unreachable', 'away');
    });
    expect(await told()).toEqual([]);
    expect(logged.join()).toContain('away');
    expect(await told(aDocument('/repo.worktrees/feature/sub/coppice.yaml'))).toEqual([]);
    publish(aSnapshot({ entries: [anEntry({ environment: undefined })] }));
    expect(await told()).toEqual([]);
    publish(aSnapshot({ entries: [anEntry({ environment, work: 'updating' })] }));
    expect(await told()).toEqual([]);
    publish(aSnapshot({ entries: [anEntry({ environment: { ...environment, terminating: true } })] }));
    expect(await told()).toEqual([]);
    expect(asked.length).toBe(1);
  });
});

describe('the line of a key', () => {
  it.each([
    [['services'], 1],
    [['services', 'web'], 3],
    [['services', 'api'], 4],
    [['services', 'command'], undefined],
    [['uses', 'cache'], undefined],
    [['database'], 8],
    [['template'], undefined],
  ] as const)('%s: %s', (path, line) => {
    expect(keyLine(text, path as readonly [string, string?])).toBe(line);
  });
});
