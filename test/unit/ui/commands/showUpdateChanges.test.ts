import { beforeEach, describe, expect, it } from 'vitest';
import * as vscode from 'vscode';
import type { UpdateChanges } from '../../../../src/app/environment/update/updateChanges';
import { showUpdateChanges } from '../../../../src/ui/commands/showUpdateChanges';
import { editor } from '../../../support/vscodeStub';
import { anEntry, aSnapshot } from '../builders';
import { aContext } from '../context';

const path = '/repo.worktrees/feature';

beforeEach(() => editor.reset());

async function shown(told: UpdateChanges): Promise<readonly string[]> {
  const asked: string[] = [];
  const { context, publish } = aContext({
    environments: { changes: async ({ folder }) => (asked.push(folder), told) },
  });
  publish(aSnapshot({ entries: [anEntry()] }));
  await showUpdateChanges(context, `worktree:${path}`);
  expect(asked).toEqual([path]);
  const [diff = []] = editor.executed.filter(([command]) => command === 'vscode.diff');
  return diff.flatMap((each) =>
    each instanceof vscode.Uri ? [context.descriptions.provideTextDocumentContent(each)] : [],
  );
}

describe('what an update would change', () => {
  it('is shown as two texts, with what no value says above', async () => {
    const change = { of: 'service', name: 'api', kind: 'changed', details: ['replicas 1 -> 2'] } as const;
    const sides = await shown({ changes: [change], before: 'replicas: 1\n', after: 'replicas: 2\n' });
    expect(sides).toEqual(['replicas: 1\n', '# api: replicas 1 -> 2\n\nreplicas: 2\n']);
    expect(editor.messages).toEqual([]);
  });

  it('is told in a sentence where it is nothing', async () => {
    expect(await shown({ changes: [], before: 'a: 1\n', after: 'a: 1\n' })).toEqual([]);
    expect(editor.messages.map(({ text }) => text)).toEqual([
      'feature: Up to date: what runs is what coppice.yaml says.',
    ]);
  });
});
