import { beforeEach, describe, expect, it } from 'vitest';
import { Uri } from 'vscode';
import type { UseCase } from '../../../../src/app/run/run';
import { isAbort } from '../../../../src/core/errors';
import { askApproval } from '../../../../src/ui/report/approvalQuestion';
import { runWithProgress } from '../../../../src/ui/report/progress';
import { trustedFolders } from '../../../../src/ui/editor/trustedFolders';
import { editor } from '../../../support/vscodeStub';
import { someDependencies } from '../context';

beforeEach(() => editor.reset());

const command = (text: string, place = 'database.migrate') => ({ place, text, content: text });
const { signal } = new AbortController();

describe('what a branch would run, asked about in a window', () => {
  it('is one dialog with the commands and one button', async () => {
    editor.answer = ({ buttons }) => buttons[0];
    const commands = [command('npm run migrate'), command('node web.js', 'services.web.command')];
    expect(await askApproval({ source: 'origin/x', commands }, signal)).toBe(true);
    expect(editor.messages).toEqual([
      {
        severity: 'warning',
        text: 'coppice.yaml of origin/x runs 2 commands on this machine, with your rights, which you have not approved:',
        detail: 'database.migrate:  npm run migrate\nservices.web.command:  node web.js',
        isModal: true,
        buttons: ['Approve and Run'],
      },
    ]);
  });

  it('is a cancel when the person turns away, with no notification after it', async () => {
    const asked = askApproval({ source: 'x', commands: [command('make')] }, signal);
    await expect(asked).rejects.toSatisfy(isAbort);
    expect(editor.messages.map(({ isModal }) => isModal)).toEqual([true]);
  });

  it('says what it leaves out', async () => {
    const commands = [command('x'.repeat(500)), ...Array.from({ length: 14 }, (_, index) => command(`run ${index}`))];
    await askApproval({ source: 'x', commands }, signal).catch(() => undefined);
    const lines = editor.messages[0]?.detail?.split('\n') ?? [];
    expect(lines).toHaveLength(13);
    expect(lines[0]).toMatch(/x … and 100 more characters$/);
    expect(lines[12]).toBe('… and 3 more: read coppice.yaml of that branch first.');
  });

  it('is what every command of the editor that runs a use case can ask', async () => {
    const useCase: UseCase<void, unknown> = async (_, run) => run.approve;
    const { log } = someDependencies().dependencies;
    expect(await runWithProgress('Create', useCase, undefined, log)).toBe(askApproval);
  });
});

describe('folders whose own files are trusted', () => {
  it('are those of a trusted window that are on this machine', () => {
    const elsewhere = Uri.parse('vscode-vfs://github/owner/repo');
    editor.folders = [
      { name: 'repo', index: 0, uri: Uri.file('/repo') },
      { name: 'repo', index: 1, uri: elsewhere },
    ] as never;
    expect(trustedFolders()).toEqual(['/repo']);
    editor.isTrusted = false;
    expect(trustedFolders()).toEqual([]);
  });
});
