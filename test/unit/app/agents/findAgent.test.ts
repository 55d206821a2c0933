import { describe, expect, it } from 'vitest';
import { findAgent } from '../../../../src/app/agents/findAgent';
import type { AgentTask } from '../../../../src/core/agentTask';
import { AppError } from '../../../../src/core/errors';

function finding(refuses: (prompt: string | undefined) => boolean = () => false) {
  const kept: (readonly string[])[] = [];
  const asked: (string | undefined)[][] = [];
  const find = findAgent({
    programs: {
      find: async (_, __, task: AgentTask = {}, file?: string) => {
        if (refuses(task.prompt)) throw new AppError('invalidInput', 'A batch file cannot be given that.');
        asked.push([task.prompt, file]);
        return { file: 'x', argv: [], isVerbatim: false };
      },
    },
    kept: { keep: async (_, __, lines) => (kept.push(lines), '/kept/p') },
  });
  return { find, kept, asked };
}

describe('the prompt of an agent', () => {
  it('is an argument as it is, and a file where the command asks for one', async () => {
    const { find, kept, asked } = finding();
    await find('claude', '/w', { prompt: 'one\ntwo' });
    await find('aider --message-file ${promptFile}', '/w', { prompt: 'one\ntwo' });
    await find('claude', '/w');
    expect(asked).toEqual([
      ['one\ntwo', undefined],
      ['one\ntwo', '/kept/p'],
      [undefined, undefined],
    ]);
    expect(kept).toEqual([['one', 'two']]);
  });

  it('that is too long for an argument, or that a batch file takes not, is read from a file', async () => {
    const long = 'x'.repeat(30_001);
    const { find, kept, asked } = finding((prompt) => prompt?.includes('"') === true);
    await find('claude', '/w', { prompt: long, resumes: true });
    await find('claude', '/w', { prompt: 'say "x"' });
    expect(kept).toEqual([[long], ['say "x"']]);
    expect(asked.map(([prompt]) => prompt)).toEqual(Array(2).fill('Read the file /kept/p and do what it says.'));
  });

  it('must be a text', async () => {
    const { find } = finding();
    for (const prompt of ['', ' \n', 'a\0b'])
      await expect(find('claude', '/w', { prompt })).rejects.toMatchObject({ code: 'invalidInput' });
  });
});
