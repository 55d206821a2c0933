import { beforeEach, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../../src/core/errorCode';
import { AppError, type Remedy } from '../../../../src/core/errors';
import { act } from '../../../../src/ui/report/remedies';
import { report, toNotice } from '../../../../src/ui/report/report';
import { editor } from '../../../support/vscodeStub';
import { hostileTexts } from '../builders';
import { aContext, someDependencies } from '../context';

const openFile: Remedy = {
  title: 'Open coppice.yaml',
  action: { kind: 'openFile', path: '/repo/coppice.yaml', line: 3 },
};

describe('a failure', () => {
  it.each<[ErrorCode, 'error' | 'warning', boolean, string | undefined]>([
    ['invalidInput', 'error', false, undefined],
    ['notConfigured', 'error', true, undefined],
    ['missingTool', 'error', true, undefined],
    ['unreachable', 'error', true, 'Retry'],
    ['timeout', 'error', true, 'Retry'],
    ['denied', 'error', true, undefined],
    ['notFound', 'warning', true, undefined],
    ['conflict', 'warning', false, undefined],
    ['failed', 'error', true, undefined],
    ['bug', 'error', true, undefined],
  ])('with the code %s is told as it deserves', (code, severity, offersLog, remedy) => {
    const notice = toNotice(new AppError(code, 'It failed.'), true);
    expect(notice).toMatchObject({ severity, offersLog, message: 'It failed.' });
    expect(notice.remedy?.title).toBe(remedy);
  });

  it('offers its own remedy before any other', () => {
    expect(toNotice(new AppError('timeout', 'x', { remedy: openFile }), true).remedy).toBe(openFile);
  });

  it('offers no retry where nothing can be run again', () => {
    expect(toNotice(new AppError('timeout', 'x'), false).remedy).toBeUndefined();
    const retry: Remedy = { title: 'Retry', action: { kind: 'retry' } };
    expect(toNotice(new AppError('failed', 'x', { remedy: retry }), false).remedy).toBeUndefined();
  });

  it.each(hostileTexts)('shows %j without making a link of it', (text) => {
    expect(toNotice(new AppError('failed', text), true).message).not.toMatch(/\]\(|(?!\n)\p{Cc}|\u202e/u);
  });
});

describe('reporting', () => {
  beforeEach(() => editor.reset());

  function aReporter() {
    const { dependencies, calls, logged } = someDependencies();
    const acted: unknown[] = [];
    return {
      reporter: { log: dependencies.log, act: async (action: unknown) => void acted.push(action) },
      calls,
      logged,
      acted,
    };
  }

  it('says nothing when a person cancelled', async () => {
    await report(new DOMException('The operation was aborted', 'AbortError'), aReporter().reporter);
    expect(editor.messages).toEqual([]);
  });

  it('says it once, logs what explains it, and does what the button says', async () => {
    const { reporter, logged, acted } = aReporter();
    editor.answer = ({ buttons }) => buttons[0];
    await report(
      new AppError('invalidInput', 'Bad file.', { explanation: 'line 3: no port', remedy: openFile }),
      reporter,
    );
    expect(editor.messages).toEqual([
      { severity: 'error', text: 'Bad file.', detail: undefined, isModal: false, buttons: ['Open coppice.yaml'] },
    ]);
    expect(logged).toEqual(['Bad file.\nline 3: no port']);
    expect(acted).toEqual([openFile.action]);
  });

  it('calls what nobody foresaw unexpected, and shows the log on demand', async () => {
    const { reporter, calls } = aReporter();
    editor.answer = () => 'Show Log';
    await report(new TypeError('x is not a function'), reporter);
    expect(editor.messages[0]).toMatchObject({ text: 'Unexpected error: x is not a function', buttons: ['Show Log'] });
    expect(calls).toEqual(['showLog']);
  });

  it('tries again on demand', async () => {
    let tries = 0;
    editor.answer = () => 'Retry';
    await report(new AppError('unreachable', 'The cluster does not answer.'), aReporter().reporter, () => tries++);
    expect(tries).toBe(1);
  });
});

describe('a remedy', () => {
  it('opens the settings of the machine that the extension runs on', async () => {
    editor.reset();
    const { context } = aContext();
    await act({ kind: 'openSettings', setting: 'helm.path' }, context);
    editor.remoteName = 'ssh-remote';
    await act({ kind: 'openSettings', setting: 'helm.path' }, context);
    expect(editor.executed).toEqual([
      ['workbench.action.openSettings', 'coppice.helm.path'],
      ['workbench.action.openRemoteSettings', { query: 'coppice.helm.path' }],
    ]);
  });
});

describe('a file that is not committed', () => {
  beforeEach(() => editor.reset());
  const action = { kind: 'commitFile', folder: '/repo', file: 'coppice.yaml' } as const;

  it('is staged beside a message, and left to the person to commit', async () => {
    const added: string[][] = [];
    const inputBox = { value: '' };
    const repository = { inputBox, add: async (paths: string[]) => void added.push(paths) };
    editor.gitApi = { getRepository: () => null, openRepository: async () => repository };
    await act(action, aContext().context);
    expect(added).toEqual([['/repo/coppice.yaml']]);
    expect(inputBox.value).toBe('Describe the environment in coppice.yaml');
    expect(editor.executed).toEqual([['workbench.view.scm']]);
    inputBox.value = 'What I typed';
    await act(action, aContext().context);
    expect(inputBox.value).toBe('What I typed');
  });

  it('is shown in Source Control where the editor has no git', async () => {
    await act(action, aContext().context);
    expect(editor.executed).toEqual([['workbench.view.scm']]);
  });
});
