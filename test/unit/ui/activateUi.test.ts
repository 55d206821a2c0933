import { beforeEach, expect, it } from 'vitest';
import type { ExtensionContext } from 'vscode';
import * as vscode from 'vscode';
import type { Health } from '../../../src/core/model';
import type { AgentStatus } from '../../../src/core/agents/agentStatus';
import { activateUi } from '../../../src/ui/activateUi';
import { aMemento } from '../../support/aMemento';
import { until } from '../../support/until';
import { editor } from '../../support/vscodeStub';
import { anEntry, anEnvironment, aSnapshot, bareMain } from './builders';
import { someDependencies } from './context';

beforeEach(() => editor.reset());

const early = async (): Promise<never> => Promise.reject(new Error('loaded before anybody asked for it'));

async function aWindow(change: Parameters<typeof someDependencies>[0] = {}) {
  editor.folders = [{ uri: vscode.Uri.file('/repo.worktrees/feature'), name: 'feature', index: 0 }];
  const some = someDependencies(change);
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
  activateUi(context as ExtensionContext, some.dependencies, {
    ...{ commands: early, waitNotices: early, dashboards: early, logs: early, overview: early },
  });
  await new Promise((resolve) => setImmediate(resolve));
  return { ...some, dispose: () => subscriptions.forEach((one) => one.dispose()) };
}

const feature = (health: Health, agents?: AgentStatus[]) =>
  aSnapshot({
    entries: [bareMain, anEntry({ environment: anEnvironment({ health }), ...(agents ? { agents } : {}) })],
  });

it('tells what began to fail while nobody looked, once somebody does, though nothing is new then', async () => {
  editor.settings.set('coppice.notices.failing', true);
  editor.viewVisible = true;
  const claimed: string[] = [];
  const { publish, dispose } = await aWindow({
    environments: { variables: async () => undefined, sweepTrash: async () => undefined },
    notices: { claim: async ({ gitDir }) => (claimed.push(gitDir), true), forget: async () => undefined },
  });
  publish(feature('healthy'));
  publish(feature('degraded'));
  await until(() => claimed.length > 0);
  expect(editor.messages).toEqual([]);
  editor.focus(true);
  await until(() => editor.messages.length > 0);
  expect(editor.messages.map(({ text }) => text.split('.')[0])).toEqual(['feature is failing']);
  dispose();
});

it('says in badge and status bar what happens while nobody looks at the window, and does no more', async () => {
  editor.settings.set('coppice.notices.failing', true);
  const { publish, calls, dispose } = await aWindow();
  expect(calls).toContain('setFollowed true');
  calls.length = 0;
  publish(feature('healthy'));
  expect([editor.badges.at(-1), editor.statusBar.text]).toEqual([undefined, '$(pass-filled) feature healthy']);
  publish(feature('degraded'));
  expect(editor.badges.at(-1)).toMatchObject({ value: 1, tooltip: '1 of 1 environment is failing: feature' });
  expect(editor.statusBar.text).toBe('$(error) feature degraded');
  const waiting: AgentStatus = { program: 'claude-code', session: 's', state: 'waiting', since: 1 };
  publish(feature('healthy', [waiting]));
  expect(editor.badges.at(-1)).toMatchObject({ value: 1, tooltip: '1 agent waits for you' });
  expect(editor.statusBar.text).toContain('1 agent waits');
  // Wakes nothing, reads no variables, asks for no agent and tells nobody.
  publish(feature('asleep'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(calls).toEqual([]);
  expect(editor.messages).toEqual([]);
  dispose();
});
