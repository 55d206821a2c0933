import { beforeEach, expect, it } from 'vitest';
import type { LauncherState } from '../../../../src/core/ports/launcher';
import { commandHandlers } from '../../../../src/ui/commands/commandHandlers';
import { editor } from '../../../support/vscodeStub';
import { aContext } from '../context';

beforeEach(() => editor.reset());

const file = '/home/me/.local/bin/coppice';
const line = 'export PATH="/home/me/.local/bin:$PATH"';

function installing(is: LauncherState['is'], toAdd?: LauncherState['toAdd']) {
  const done: string[] = [];
  const { context } = aContext({
    launcher: {
      look: async () => ({ file, is, toAdd }),
      install: async () => {
        done.push('install');
        return { file, is: 'ours', toAdd };
      },
      remove: async () => void done.push('remove'),
    },
  });
  return { done, run: () => commandHandlers['coppice.installCommand'](context, undefined) };
}

it('installs it at once, and says where', async () => {
  const { done, run } = installing('absent');
  await run();
  expect(done).toEqual(['install']);
  expect(editor.messages.map(({ text, buttons }) => ({ text, buttons }))).toEqual([
    { text: expect.stringContaining('was installed'), buttons: [] },
  ]);
});

it('says what to add to PATH, and copies it', async () => {
  const { run } = installing('absent', { line, where: 'to ~/.bashrc' });
  editor.answer = ({ buttons }) => buttons.find((button) => button === 'Copy Line');
  await run();
  expect(editor.messages[0]?.text).toContain(line);
  expect(editor.clipboard).toBe(line);
});

it('offers to remove the one that is there, and does it only then', async () => {
  const { done, run } = installing('ours');
  await run();
  expect(done).toEqual(['install']);
  editor.answer = ({ buttons }) => buttons.find((button) => button === 'Remove');
  await run();
  expect(done).toEqual(['install', 'install', 'remove']);
});
