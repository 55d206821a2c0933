import { describe, expect, it } from 'vitest';
import { takesPrompt, wantsPromptFile, withTask } from '../../../../src/core/agents/agentTask';
import { knownAgent } from '../../../../src/core/agents/knownAgents';

const hard = '-x "two"\nlines $(id) `id` %PATH%';

describe('what an agent is started with', () => {
  it.each([
    [
      ['claude', '--allowedTools', 'Bash'],
      ['claude', '--allowedTools', 'Bash', '--', hard],
    ],
    [['/opt/bin/codex'], ['/opt/bin/codex', '--', hard]],
    [['gemini'], ['gemini', `--prompt-interactive=${hard}`]],
    [['C:\\bin\\OpenCode.cmd'], ['C:\\bin\\OpenCode.cmd', `--prompt=${hard}`]],
    [
      ['my-agent', '--say=${prompt}'],
      ['my-agent', `--say=${hard}`],
    ],
    [
      ['claude', '${prompt}', '-v'],
      ['claude', hard, '-v'],
    ],
    [
      ['aider', '--message-file', '${promptFile}'],
      ['aider', '--message-file', '/kept/p'],
    ],
  ])('%j is told in one argument', (argv, told) => {
    expect(withTask(argv, { prompt: hard }, '/kept/p')).toEqual(told);
  });

  it.each([
    [['claude'], ['claude', '--continue', '--', 'p']],
    [
      ['codex', '-m', 'x'],
      ['codex', '-m', 'x', 'resume', '--last', '--', 'p'],
    ],
    [['gemini'], ['gemini', '--resume', 'latest', '--prompt-interactive=p']],
  ])('%j goes on with its last session', (argv, told) => {
    expect(withTask(argv, { prompt: 'p', resumes: true }, undefined)).toEqual(told);
    expect(withTask(argv, { resumes: true }, undefined)).toEqual(
      told.slice(0, argv.length + (told.includes('--last') ? 2 : told.includes('latest') ? 2 : 1)),
    );
  });

  it('goes on where its prompt has a place: before the place', () => {
    const codex = ['codex', '-m', 'x', '${prompt}', '-v'];
    expect(withTask(codex, { prompt: 'p', resumes: true }, undefined)).toEqual([
      ...['codex', '-m', 'x', 'resume', '--last', 'p', '-v'],
    ]);
  });

  it.each([
    [['gemini', '--sandbox', '${prompt}'], '--sandbox=${prompt}'],
    [['my-agent', '--read-only', '${prompt}', '--log', 'x'], '--read-only=${prompt}'],
  ])('%j without a prompt: whether the option is meant then is not guessed', (argv, written) => {
    expect(withTask(argv, {}, undefined)).toEqual({ problem: expect.stringContaining(written) });
    expect(withTask(argv, { resumes: argv[0] === 'gemini' }, undefined)).toHaveProperty('problem');
    expect(withTask(argv, { prompt: 'p' }, undefined)).toContain(argv[1]);
  });

  it('is its command alone where nothing is asked, without the place of a prompt', () => {
    expect(withTask(['claude', '-c'], {}, undefined)).toEqual(['claude', '-c']);
    expect(withTask(['x', '--in', '${promptFile}', '-v', '--say=${prompt}'], {}, undefined)).toEqual(['x', '-v']);
  });

  it.each([
    [['my-agent'], { prompt: 'p' }, /takes a prompt/],
    [['my-agent'], { resumes: true }, /goes on with its last session/],
    [['opencode'], { prompt: 'p', resumes: true }, /OpenCode, which takes no prompt/],
    [['constructor'], { prompt: 'p' }, /takes a prompt/],
  ])('%j cannot be told %j', (argv, task, why) => {
    expect(withTask(argv, task, undefined)).toEqual({ problem: expect.stringMatching(why) });
  });

  it('is told of its sandbox right behind its program, and where that was said already or is not known, why not', () => {
    const plan = { hosts: ['feature.localhost:8080', 'registry.npmjs.org'], gitFolder: '/repo/.git' };
    const task = { prompt: 'p', resumes: true };
    const [program, option, settings, ...rest] = withTask(['claude', '-v'], task, undefined, plan) as readonly string[];
    expect([program, option, ...rest]).toEqual(['claude', '--settings', '-v', '--continue', '--', 'p']);
    expect(JSON.parse(settings ?? '')).toEqual({
      sandbox: {
        ...{ enabled: true, failIfUnavailable: true, allowUnsandboxedCommands: false },
        network: { allowedDomains: plan.hosts, strictAllowlist: true },
      },
    });
    for (const words of [['--settings', 'mine.json'], ['--settings=mine.json']])
      expect(withTask(['claude', ...words], task, undefined, plan)).toEqual({
        problem: expect.stringContaining('has --settings') as unknown,
      });
    for (const [other, name] of [
      ['gemini', 'Gemini CLI'],
      ['my-agent', '"my-agent"'],
    ] as const)
      expect(withTask([other, '${prompt}'], { prompt: 'p' }, undefined, plan)).toEqual({
        problem: `starts ${name}, of which Coppice knows no sandbox that works in a worktree`,
      });
  });

  it('is known of a command before it is started', () => {
    expect(['claude -v', 'x ${prompt}', 'x', 'claude && x', '"claude'].map(takesPrompt)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(['x --f=${promptFile}', 'x ${prompt}', 'x ${promptFile} && y'].map(wantsPromptFile)).toEqual([
      true,
      false,
      false,
    ]);
    expect(knownAgent('/a/claude-old')).toBeUndefined();
  });
});
