import { beforeEach, expect, it } from 'vitest';
import type { ExtensionContext } from 'vscode';
import * as vscode from 'vscode';
import type { Health } from '../../../src/core/model';
import { activateUi } from '../../../src/ui/activateUi';
import { aMemento } from '../../support/aMemento';
import { until } from '../../support/until';
import { editor } from '../../support/vscodeStub';
import { anEntry, anEnvironment, aSnapshot, bareMain } from './builders';
import { someDependencies } from './context';

beforeEach(() => editor.reset());

const early = async (): Promise<never> => Promise.reject(new Error('loaded before anybody asked for it'));

it('tells what began to fail while nobody looked, once somebody does, though nothing is new then', async () => {
  editor.settings.set('coppice.notices.failing', true);
  editor.viewVisible = true;
  editor.folders = [{ uri: vscode.Uri.file('/repo.worktrees/feature'), name: 'feature', index: 0 }];
  const claimed: string[] = [];
  const { dependencies, publish } = someDependencies({
    environments: { variables: async () => undefined, sweepTrash: async () => undefined },
    notices: { claim: async ({ gitDir }) => (claimed.push(gitDir), true), forget: async () => undefined },
  });
  const subscriptions: { dispose(): unknown }[] = [];
  const scoped = { clear: () => undefined, replace: () => undefined, description: '' };
  const context: Partial<ExtensionContext> = {
    subscriptions,
    extensionUri: vscode.Uri.file('/extension'),
    globalState: aMemento() as ExtensionContext['globalState'],
    workspaceState: aMemento() as ExtensionContext['workspaceState'],
    environmentVariableCollection: {
      ...{ persistent: true, clear: () => undefined, getScoped: () => scoped },
    } as unknown as ExtensionContext['environmentVariableCollection'],
  };
  activateUi(context as ExtensionContext, dependencies, {
    ...{ commands: early, waitNotices: early, dashboards: early, logs: early, overview: early },
  });
  await new Promise((resolve) => setImmediate(resolve));
  const own = (health: Health) =>
    aSnapshot({ entries: [bareMain, anEntry({ environment: anEnvironment({ health }) })] });
  publish(own('healthy'));
  publish(own('degraded'));
  await until(() => claimed.length > 0);
  expect(editor.messages).toEqual([]);
  editor.focus(true);
  await until(() => editor.messages.length > 0);
  expect(editor.messages.map(({ text }) => text.split('.')[0])).toEqual(['feature is failing']);
  subscriptions.forEach((one) => one.dispose());
});
