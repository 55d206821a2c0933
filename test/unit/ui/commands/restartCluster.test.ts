import { beforeEach, expect, it } from 'vitest';
import { commandHandlers } from '../../../../src/ui/commands/commandHandlers';
import { editor } from '../../../support/vscodeStub';
import { aContext } from '../context';

beforeEach(() => editor.reset());

function restarting() {
  const done: string[] = [];
  const { context } = aContext({
    clusters: {
      stop: async () => {
        done.push('stop');
        return { cluster: true, databases: true };
      },
      start: async () => void done.push('start'),
    },
  });
  return { done, run: () => commandHandlers['coppice.restartCluster'](context, undefined) };
}

it('stops the cluster and starts it again, once the person has agreed', async () => {
  const { done, run } = restarting();
  editor.answer = ({ buttons }) => buttons.find((button) => button === 'Restart Cluster');
  await run();
  expect(done).toEqual(['stop', 'start']);
  expect(editor.messages.map(({ isModal }) => isModal)).toEqual([true]);
});

it('does nothing when the person turns away', async () => {
  const { done, run } = restarting();
  await run();
  expect(done).toEqual([]);
});
