import { describe, expect, it } from 'vitest';
import { findAgent } from '../../../../src/app/agents/findAgent';
import type { SandboxPlan } from '../../../../src/core/agents/sandboxPlan';
import type { AgentTask } from '../../../../src/core/agents/agentTask';
import { AppError } from '../../../../src/core/errors';

function finding(refuses: (prompt: string | undefined) => boolean = () => false) {
  const kept: (readonly string[])[] = [];
  const asked: (string | undefined)[][] = [];
  const planned: string[] = [];
  const plan: SandboxPlan = { hosts: ['feature.localhost:8080'], gitFolder: '/repo/.git' };
  const sandboxes: (SandboxPlan | undefined)[] = [];
  const find = findAgent({
    programs: {
      find: async (_, __, task: AgentTask = {}, file, sandbox) => {
        sandboxes.push(sandbox);
        if (refuses(task.prompt)) throw new AppError('invalidInput', 'A batch file cannot be given that.');
        asked.push([task.prompt, file]);
        return { file: 'x', argv: [], isVerbatim: false };
      },
    },
    kept: { keep: async (_, __, lines) => (kept.push(lines), '/kept/p') },
    planSandbox: async (folder) => (planned.push(folder), plan),
  });
  return { find, kept, asked, planned, plan, sandboxes };
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

describe('the sandbox of an agent', () => {
  it('is planned for its folder, once, and only where one is asked for', async () => {
    const { find, planned, plan, sandboxes } = finding((prompt) => prompt?.includes('"') === true);
    await find('claude', '/w', { prompt: 'one' });
    expect(planned).toEqual([]);
    await find('claude', '/w', { isSandboxed: true });
    await find('claude', '/w', { prompt: 'say "x"', isSandboxed: true });
    await find('aider --message-file ${promptFile}', '/w', { prompt: 'x', isSandboxed: true });
    expect(planned).toEqual(['/w', '/w', '/w']);
    expect(sandboxes).toEqual([undefined, plan, plan, plan, plan]);
  });
});
