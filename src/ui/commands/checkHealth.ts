import * as vscode from 'vscode';
import type { Finding } from '../../app/health/finding';
import type { CommandHandler } from '../context/commandContext';
import { findingItems, type FindingItem } from '../health/findingItems';
import { runWithProgress } from '../report/progress';

/** Says what is not as it should be, each with what puts it right; nothing is changed before a person chooses it. */
export const checkHealth: CommandHandler = async (context) => {
  const { dependencies, folders } = context;
  const check = (fix: boolean) =>
    runWithProgress(
      fix ? 'Putting right what can be' : 'Checking the health of Coppice',
      dependencies.health.check,
      { folder: folders[0], fix },
      dependencies.log,
    );
  const { findings } = await check(false);
  for (let shown: readonly Finding[] | undefined = findings; shown;) {
    const picked: FindingItem | 'fix' | undefined = await choose(shown);
    if (picked !== 'fix') return void (await picked?.run?.());
    shown = (await check(true)).findings;
    await context.refresh();
  }
};

async function choose(findings: readonly Finding[]): Promise<FindingItem | 'fix' | undefined> {
  const troubled = findings.filter(({ state }) => state !== 'good').length;
  const fix: FindingItem = {
    label: '$(wand) Put Right What Can Be',
    description: 'starts again what should run; data and environments stay',
  };
  const items = [...(findings.some((each) => each.fix) ? [fix] : []), ...findingItems(findings)];
  const picked = await vscode.window.showQuickPick<FindingItem>(items, {
    title: 'Health of Coppice',
    placeHolder: troubled === 0 ? 'All is well' : `${troubled} of ${findings.length} need a look`,
    matchOnDetail: true,
  });
  return picked === fix ? 'fix' : picked;
}
