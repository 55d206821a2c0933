import { beforeEach, expect, it, vi } from 'vitest';
import * as vscode from 'vscode';
import { openSample } from '../../../../src/ui/commands/openSample';
import { editor } from '../../../support/vscodeStub';
import { aContext } from '../context';

beforeEach(() => editor.reset());

/** Where the sample is put, and how it is opened. */
async function opened(chosen: string | undefined, folders: readonly string[]) {
  const asked = vi
    .spyOn(vscode.window, 'showOpenDialog')
    .mockResolvedValue(chosen === undefined ? undefined : [vscode.Uri.file(chosen)]);
  const parents: string[] = [];
  const make = async ({ parent }: { readonly parent: string }): Promise<string> => {
    parents.push(parent);
    return `${parent}/coppice-sample`;
  };
  const { context } = aContext({ samples: { make } }, folders);
  await openSample(context, undefined);
  expect(asked.mock.lastCall?.[0]).toMatchObject({ canSelectFolders: true, canSelectFiles: false });
  asked.mockRestore();
  return { parents, opened: editor.executed.filter(([command]) => command === 'vscode.openFolder') };
}

it('puts the sample where a person wants it and opens it, beside a folder that is open', async () => {
  const { parents, opened: calls } = await opened('/home/ada/code', ['/repo']);
  expect(parents).toEqual(['/home/ada/code']);
  expect(calls).toEqual([
    ['vscode.openFolder', expect.objectContaining({ path: '/home/ada/code/coppice-sample' }), { forceNewWindow: true }],
  ]);
});

it('takes the window where no folder is open', async () => {
  expect((await opened('/home/ada', [])).opened).toEqual([
    ['vscode.openFolder', expect.anything(), { forceReuseWindow: true }],
  ]);
});

it('makes nothing for a person who turns away', async () => {
  expect(await opened(undefined, [])).toEqual({ parents: [], opened: [] });
});
