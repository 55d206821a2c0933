import * as vscode from 'vscode';
import { collectedTexts } from '../../app/cleanup/collectedText';
import type { Collected } from '../../app/cleanup/collectUnused';
import type { UiDependencies } from '../editor/dependencies';
import { readSettings } from '../editor/settings';
import { linkless } from '../editor/text';

type Collecting = Pick<UiDependencies, 'cleanup' | 'store' | 'log'>;

/** Folders of which it was on at the last look: the next one takes notices back where it is off by then. */
const wasOn = new Set<string>();

/**
 * Where a person has switched it on, what nobody uses is looked for, once nobody waits for it: what goes by itself in a day is said, and
 * what has gone. Never rejects: what keeps it from being looked for goes nowhere.
 *
 * @param here the window's folders
 */
export async function collectQuietly(dependencies: Collecting, folder: string, here: readonly string[]): Promise<void> {
  // Nothing is loaded for it otherwise.
  const isOn = readSettings()['clean.automatic'] !== 'never';
  if (!isOn && !wasOn.delete(folder)) return;
  if (isOn) wasOn.add(folder);
  const { cleanup, store, log } = dependencies;
  try {
    const run = { signal: new AbortController().signal, report: () => undefined };
    const collected = await cleanup.collect({ folder, here }, run);
    const { given, taken } = collected;
    if (given.length + taken.length === 0) return;
    void store.refresh();
    await Promise.all([tellTaken({ given: [], taken }), offerToKeep(dependencies, { given, taken: [] })]);
  } catch (error) {
    log.warn(`What nobody uses was not looked for: ${String(error)}`);
  }
}

async function tellTaken(collected: Collected): Promise<void> {
  const texts = collectedTexts(collected, Date.now());
  if (texts.length === 0) return;
  const canUndo = collected.taken.some(
    ({ outcome }) => outcome?.kind === 'removed' && outcome.result.undo !== undefined,
  );
  const answer = await vscode.window.showInformationMessage(
    linkless(texts.join(' ')),
    ...(canUndo ? ['Undo Delete…'] : []),
  );
  if (answer !== undefined) await vscode.commands.executeCommand('coppice.undoDelete');
}

async function offerToKeep({ cleanup, store }: Collecting, collected: Collected): Promise<void> {
  const texts = collectedTexts(collected, Date.now());
  if (texts.length === 0) return;
  const keep = 'Keep';
  const look = 'Clean Up and Free Disk…';
  const answer = await vscode.window.showInformationMessage(linkless(texts.join(' ')), keep, look);
  if (answer === look) await vscode.commands.executeCommand('coppice.cleanUpWorktrees');
  if (answer !== keep) return;
  const run = { signal: new AbortController().signal, report: () => undefined };
  await cleanup.keep({ paths: collected.given.map(({ path }) => path) }, run);
  void store.refresh();
}
