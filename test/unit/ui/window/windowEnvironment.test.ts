import { beforeEach, expect, it } from 'vitest';
import type { WorkspaceFolder } from 'vscode';
import * as vscode from 'vscode';
import type { AgentTask } from '../../../../src/core/agents/agentTask';
import { WindowEnvironment } from '../../../../src/ui/window/windowEnvironment';
import { editor } from '../../../support/vscodeStub';
import { aSnapshot } from '../builders';
import { someDependencies } from '../context';

beforeEach(() => editor.reset());

const folder: WorkspaceFolder = { uri: vscode.Uri.file('/repo.worktrees/feature'), name: 'feature', index: 0 };

function aWindow(asked: AgentTask | undefined) {
  const world = { asked, isInstalled: false, beforeTake: () => undefined as void };
  const failures: unknown[] = [];
  const { dependencies } = someDependencies({
    environments: { variables: async () => ({ A: '1' }) },
    agents: {
      read: async () => world.asked,
      find: async (file, _, task) => {
        if (!world.isInstalled) throw new Error(`${file} is not installed`);
        return { file, argv: [task?.prompt ?? ''], isVerbatim: false };
      },
      take: async () => {
        world.beforeTake();
        const taken = world.asked;
        world.asked = undefined;
        return taken;
      },
    },
  });
  const scoped = { clear: () => undefined, replace: () => undefined, description: '' };
  const collection = { persistent: true, clear: () => undefined, getScoped: () => scoped };
  const environment = new WindowEnvironment(dependencies, collection, (error) => failures.push(String(error)));
  const look = async () => {
    environment.lookAgain();
    await environment.update(aSnapshot(), [folder]);
  };
  return { world, failures, environment, look };
}

const started = () => editor.terminals.map(({ options }) => options);

it('keeps what was asked for while its agent is missing, says so once, and starts it once it is there', async () => {
  const { world, failures, look } = aWindow({ prompt: 'do it' });
  await look();
  await look();
  expect([failures, started()]).toEqual([['Error: claude is not installed'], []]);
  expect(world.asked).toEqual({ prompt: 'do it' });
  world.isInstalled = true;
  await look();
  await look();
  expect(started()).toMatchObject([{ shellPath: 'claude', shellArgs: ['do it'], env: { A: '1' } }]);
  expect(failures).toHaveLength(1);
});

it('looks again once a setting names another agent, and says why that one is missing', async () => {
  const { failures, environment } = aWindow({});
  await environment.update(aSnapshot(), [folder]);
  editor.settings.set('coppice.agent.command', 'other');
  environment.readAgain();
  await environment.update(aSnapshot(), [folder]);
  expect(failures).toEqual(['Error: claude is not installed', 'Error: other is not installed']);
});

it('starts what was asked for last, and nothing where another window was quicker', async () => {
  const { world, look } = aWindow({ prompt: 'old' });
  world.isInstalled = true;
  world.beforeTake = () => void (world.asked = { prompt: 'new' });
  await look();
  expect(started()).toMatchObject([{ shellArgs: ['new'] }]);
  world.asked = { prompt: 'again' };
  world.beforeTake = () => void (world.asked = undefined);
  await look();
  expect(started()).toHaveLength(1);
});
