import { beforeEach, expect, it } from 'vitest';
import { tellOfTrust } from '../../../../src/ui/create/trustNotice';
import { until } from '../../../support/until';
import { editor } from '../../../support/vscodeStub';
import { aContext } from '../context';

beforeEach(() => editor.reset());

const folderOf = async (): Promise<string> => '/repo.worktrees/feature';
const aWindow = () => aContext({}, ['/repo']).context;

it('says once a window what the new window asks, and which folder all worktrees are in', async () => {
  const context = aWindow();
  await tellOfTrust(context, folderOf);
  await tellOfTrust(context, folderOf);
  expect(editor.messages).toHaveLength(1);
  expect(editor.messages[0]?.text).toMatch(/trust the folder that they are in: \/repo\.worktrees$/);
  expect(editor.messages[0]?.buttons).toEqual(['Trust the Folder of All Worktrees', "Don't Show Again"]);
  await tellOfTrust(aWindow(), folderOf);
  expect(editor.messages).toHaveLength(2);
});

it("opens the editor's own list of what is trusted, and says what to do there", async () => {
  editor.answer = ({ buttons }) => buttons[0];
  await tellOfTrust(aWindow(), folderOf);
  await until(() => editor.messages.length > 1);
  expect(editor.executed.map(([id]) => id)).toEqual(['workbench.trust.manage']);
  expect(editor.clipboard).toBe('/repo.worktrees');
  expect(editor.messages.at(-1)?.text).toContain('"Add Folder", and there /repo.worktrees');
});

it('says nothing any more to whoever wants that, in any window', async () => {
  editor.answer = ({ buttons }) => buttons[1];
  const context = aWindow();
  await tellOfTrust(context, folderOf);
  await until(() => context.remembered.get('coppice.trustNotice.never') === true);
  await tellOfTrust({ ...aWindow(), remembered: context.remembered }, folderOf);
  expect(editor.messages).toHaveLength(1);
});

it('says nothing where the new window asks nothing, or nobody knows where it is', async () => {
  await tellOfTrust(aWindow(), async () => '/repo/.worktrees/feature');
  await tellOfTrust(aWindow(), async () => Promise.reject(new Error('the branch is checked out')));
  editor.settings.set('security.workspace.trust.enabled', false);
  await tellOfTrust(aWindow(), folderOf);
  expect(editor.messages).toEqual([]);
});
