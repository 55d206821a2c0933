import { beforeEach, describe, expect, it } from 'vitest';
import type { ConnectRequest } from '../../../../src/app/tools/connectTool';
import { connectClaudeCode } from '../../../../src/ui/commands/connectClaudeCode';
import { editor } from '../../../support/vscodeStub';
import { aSnapshot } from '../builders';
import { aContext } from '../context';

beforeEach(() => editor.reset());

function aTool(isConnected: boolean, isIn?: string, note?: string) {
  const asked: Partial<ConnectRequest>[] = [];
  const { context, publish } = aContext({
    tools: {
      connect: async ({ folder: _folder, ...request }) => {
        asked.push(request);
        const text = '{\n  "hooks": "ours"\n}\n';
        return {
          file: '/repo/.claude/settings.local.json',
          before: isConnected ? text : '{}\n',
          after: text,
          ...(isIn && { isIn }),
          ...(note && { note }),
        };
      },
    },
  });
  publish(aSnapshot());
  return { asked, run: () => connectClaudeCode(context, undefined) };
}

describe('Connect Claude Code…', () => {
  it('shows what it will write, and writes it once that was agreed to', async () => {
    const { asked, run } = aTool(false);
    editor.answer = ({ buttons }) => buttons.find((button) => button === 'Connect');
    await run();
    expect(asked).toEqual([{ tool: 'claude-code', isDry: true }, { tool: 'claude-code' }]);
    expect(editor.messages[0]).toMatchObject({ detail: expect.stringContaining('"hooks": "ours"') });
  });

  it('says what is left out, and why', async () => {
    const note = 'Claude Code 2.1.50 is too old.';
    for (const isConnected of [false, true]) {
      editor.reset();
      await aTool(isConnected, undefined, note).run();
      expect(JSON.stringify(editor.messages[0])).toContain(note);
    }
  });

  it('writes nothing when the person turns away', async () => {
    const { asked, run } = aTool(false);
    await run();
    expect(asked).toEqual([{ tool: 'claude-code', isDry: true }]);
  });

  it('says so where another file has it, and does not offer to take it away here', async () => {
    const { asked, run } = aTool(true, '/home/me/.claude/settings.json');
    editor.answer = ({ buttons }) => buttons.find((button) => button === 'Disconnect');
    await run();
    expect(editor.messages).toHaveLength(1);
    expect(editor.messages[0]).toMatchObject({ text: expect.stringContaining('/home/me/.claude/settings.json') });
    expect(asked).toEqual([{ tool: 'claude-code', isDry: true }]);
  });

  it('takes away what is there, when that is asked for', async () => {
    const { asked, run } = aTool(true);
    editor.answer = ({ buttons }) => buttons.find((button) => button === 'Disconnect');
    await run();
    expect(asked.at(-1)).toEqual({ tool: 'claude-code', isRemoval: true });
  });
});
