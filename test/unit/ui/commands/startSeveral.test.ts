import { beforeEach, describe, expect, it } from 'vitest';
import type { CreateRequest } from '../../../../src/app/environment/requests';
import { AppError } from '../../../../src/core/errors';
import { commandHandlers } from '../../../../src/ui/commands/commandHandlers';
import { editor } from '../../../support/vscodeStub';
import { anIdentity, aWorktree } from '../builders';
import { aContext } from '../context';

const startSeveral = commandHandlers['coppice.startSeveral'];

function making(failing: readonly string[] = []) {
  const requests: CreateRequest[] = [];
  const asked: string[] = [];
  const { context } = aContext({
    worktrees: { defaultBase: async () => 'main' },
    environments: {
      create: async (request) => {
        requests.push(request);
        const branch = request.target.kind === 'branch' ? request.target.branch : '';
        if (failing.includes(branch)) throw new AppError('conflict', `The branch ${branch} is checked out.`);
        const worktree = aWorktree({ path: `/w/${branch}`, branch });
        return { worktree, identity: anIdentity(), database: undefined, services: [], ready: true, url: undefined };
      },
    },
    agents: {
      find: async (command) => ({ file: command, argv: [], isVerbatim: false }),
      request: async (path, { prompt = '' }) => void asked.push(`${path}: ${prompt}`),
    },
  });
  return { context, requests, asked };
}
const answers = (...texts: (string | undefined)[]): void => {
  editor.typed = () => {
    const text = texts.shift();
    return text;
  };
};
const opened = () => editor.executed.filter(([id]) => id === 'vscode.openFolder').map(([, uri]) => String(uri));

describe('Start Several…', () => {
  beforeEach(() => {
    editor.reset();
    editor.settings.set('coppice.agent.command', 'claude');
  });

  it('makes as many as were asked for from one prompt, and opens their windows', async () => {
    answers('2', 'attempt', 'do it');
    const { context, requests, asked } = making();
    await startSeveral(context, undefined);
    expect(requests.map(({ target }) => target)).toEqual(
      ['attempt-1', 'attempt-2'].map((branch) => ({ kind: 'branch', branch, base: 'main' })),
    );
    expect(asked).toEqual(['/w/attempt-1: do it', '/w/attempt-2: do it']);
    expect(opened()).toEqual(['file:///w/attempt-1', 'file:///w/attempt-2']);
    expect(editor.messages).toEqual([]);
  });

  it('opens those that are made, and says why another is not', async () => {
    answers('3', 'a', 'do it');
    const { context } = making(['a-2']);
    await startSeveral(context, undefined);
    expect(opened()).toEqual(['file:///w/a-1', 'file:///w/a-3']);
    expect(editor.messages.at(-1)?.text).toBe('2 of 3 are ready. a-2: not made. The branch a-2 is checked out.');
  });

  it.each([[[undefined]], [['2', undefined]], [['2', 'a', undefined]]])(
    'makes none where the person turns away: %j',
    async (given) => {
      answers(...given);
      const { context, requests } = making();
      await startSeveral(context, undefined);
      expect(requests).toEqual([]);
    },
  );

  it('says what is wrong with a number or a name while it is typed', async () => {
    answers('2', 'a', undefined);
    await startSeveral(making().context, undefined);
    const [count, name] = editor.inputBoxes;
    expect(['1', '2', 'x', '21'].map((text) => count?.validateInput?.(text) === undefined)).toEqual([
      false,
      true,
      false,
      false,
    ]);
    expect([name?.validateInput?.('a'), name?.validateInput?.(' ')]).toEqual([undefined, 'A branch name is needed.']);
  });
});
