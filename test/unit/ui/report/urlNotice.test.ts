import { afterEach, expect, test, vi } from 'vitest';
import * as vscode from 'vscode';
import type { UrlTrouble } from '../../../../src/app/services/urlTrouble';
import { copyUrl } from '../../../../src/ui/commands/copyUrl';
import { openUrl } from '../../../../src/ui/commands/openUrl';
import { statusText } from '../../../../src/ui/status/statusText';
import { toTree } from '../../../../src/ui/tree/nodes';
import { aSnapshot, anEntry, anEnvironment, aService } from '../builders';
import { aContext } from '../context';

const url = 'http://x.localhost:8081/';
const entry = anEntry({ environment: anEnvironment({ services: [aService({ urls: [url] })] }) });
const snapshot = aSnapshot({ entries: [entry] });
const unresolved: UrlTrouble = { kind: 'unresolved', message: 'x.localhost does not resolve.' };

afterEach(() => vi.restoreAllMocks());

function start(trouble: UrlTrouble | undefined | Error) {
  const opened = vi.spyOn(vscode.env, 'openExternal').mockResolvedValue(true);
  const copied = vi.spyOn(vscode.env.clipboard, 'writeText').mockResolvedValue(undefined);
  const told = vi.spyOn(vscode.window, 'showInformationMessage').mockResolvedValue('Forward Port…' as never);
  const run = vi.spyOn(vscode.commands, 'executeCommand').mockResolvedValue(undefined);
  const urlTrouble = async (): Promise<UrlTrouble | undefined> => {
    if (trouble instanceof Error) throw trouble;
    return trouble;
  };
  const made = aContext({ services: { urlTrouble } });
  made.publish(snapshot);
  const node = [...toTree(snapshot, []).nodes].find(([, one]) => one.kind === 'service');
  return { context: made.context, argument: node?.[0], opened, copied, told, run };
}

test('a name that only browsers find is explained once a window, with a port-forward as the way out', async () => {
  const { context, argument, opened, copied, told, run } = start(unresolved);
  await openUrl(context, argument);
  await openUrl(context, argument);
  await copyUrl(context, argument);
  expect(opened).toHaveBeenCalledTimes(2);
  expect(copied).toHaveBeenCalledWith(url);
  expect(told.mock.calls).toEqual([[unresolved.message, 'Forward Port…']]);
  await vi.waitFor(() => expect(run).toHaveBeenCalledWith('coppice.forwardPort'));
  told.mockClear();
  const another = start(unresolved);
  await openUrl(another.context, another.argument);
  expect(another.told).toHaveBeenCalledTimes(1);
});

test('a URL that leads to this machine instead of the cluster is not opened', async () => {
  const { context, argument, opened } = start({ kind: 'elsewhere', message: 'is elsewhere' });
  await expect(openUrl(context, argument)).rejects.toMatchObject({
    code: 'unreachable',
    remedy: { action: { kind: 'forwardPort' } },
  });
  expect(opened).not.toHaveBeenCalled();
});

test('nothing is said where there is no trouble, or nobody can tell', async () => {
  for (const trouble of [undefined, new Error('no answer')]) {
    const { context, argument, opened, told } = start(trouble);
    opened.mockClear();
    await openUrl(context, argument);
    expect(opened).toHaveBeenCalledTimes(1);
    expect(told).not.toHaveBeenCalled();
  }
});

test('the status has it as a note below the URLs', () => {
  expect(statusText(snapshot, entry, unresolved.message)).toMatch(
    /URLs\n.*x\.localhost:8081.*\n.*Note +x\.localhost does not/,
  );
  expect(statusText(snapshot, entry)).not.toContain('Note');
});
