import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claudeEntry } from '../../../src/adapters/toolEntries/claudeEntry';
import { ask, claudeSteps, plan, question } from '../../support/claudeEvents';

/** The folder of the package @anthropic-ai/claude-agent-sdk, whose types are those of Claude Code's hooks. */
const types = process.env['COPPICE_TEST_CLAUDE_TYPES'] ?? '';

/** What is read of an event, where it has it (`src/core/agents/hookNews.ts`). */
const read: Readonly<Record<string, readonly string[]>> = {
  SessionStart: ['source'],
  PreToolUse: ['tool_name', 'tool_input'],
  PermissionRequest: ['tool_name', 'tool_input'],
  PermissionDenied: ['tool_name', 'tool_input'],
  PostToolUseFailure: ['tool_name', 'tool_input'],
  Notification: ['notification_type'],
  Stop: ['last_assistant_message', 'background_tasks'],
  StopFailure: ['last_assistant_message', 'error_details', 'error'],
  WorktreeCreate: ['name', 'cwd'],
  WorktreeRemove: ['worktree_path'],
};

describe.skipIf(types === '')("what Claude Code's own types say of its hooks", { timeout: 120_000 }, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'coppice-types-')));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** What the compiler says against these lines. */
  async function wrong(...lines: string[]): Promise<string[]> {
    const file = join(folder, 'check.ts');
    await writeFile(
      file,
      [
        `import type { HookEvent, HookInput } from ${JSON.stringify(`${types}/sdk`)};`,
        `import type * as tools from ${JSON.stringify(`${types}/sdk-tools`)};`,
        'type Of<E extends HookEvent> = Extract<HookInput, { hook_event_name: E }>;',
        ...lines,
        'export type { HookEvent, HookInput, tools, Of };',
      ].join('\n'),
    );
    const module = { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler };
    const program = ts.createProgram([file], { ...module, strict: true, noEmit: true, skipLibCheck: true, types: [] });
    return ts
      .getPreEmitDiagnostics(program, program.getSourceFile(file))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  }
  const base = { session_id: 's', transcript_path: '/t', cwd: '/w' };
  const told = (event: string, more: object): string =>
    `(${JSON.stringify({ ...base, hook_event_name: event, ...more })}) satisfies HookInput;`;

  it('are kept by what the stand-in for it tells, in each event and each field', async () => {
    const inputs = [
      `(${JSON.stringify(ask.tool_input)}) satisfies tools.BashInput;`,
      `(${JSON.stringify(question.tool_input)}) satisfies tools.AskUserQuestionInput;`,
      `(${JSON.stringify(plan.tool_input)}) satisfies tools.ExitPlanModeInput;`,
    ];
    expect(await wrong(...claudeSteps.map((step) => told(step.event, step.told)), ...inputs)).toEqual([]);
  });

  it('are not kept by an event, a field or a value that there is not, or by one that is left out', async () => {
    const others = [
      told('SessionBegins', { source: 'startup' }),
      told('SessionStart', { source: 'somewhere' }),
      told('SessionStart', {}),
      told('Stop', { stop_hook_active: false, last_message: 'm' }),
    ];
    expect(await wrong(...others)).toHaveLength(others.length);
  });

  it('are those that the entry in its settings asks for, and have what is read of them', async () => {
    const text = claudeEntry.add(undefined, { unix: 'coppice', anywhere: (words) => `coppice ${words}` }, '2.1.332');
    const events = Object.keys((JSON.parse(text) as { hooks: object }).hooks);
    expect(events).toHaveLength(14);
    expect(events).toEqual(expect.arrayContaining(Object.keys(read)) as unknown);
    const fields = Object.entries(read).flatMap(([event, names]) =>
      ['session_id', 'agent_id', ...names].map((name) => `'${name}' satisfies keyof Of<'${event}'>;`),
    );
    expect(await wrong(`(${JSON.stringify(events)}) satisfies HookEvent[];`, ...fields)).toEqual([]);
  });

  it('name all that the stand-in has told of what is asked for', () => {
    const events = new Set(claudeSteps.map(({ event }) => event));
    const text = claudeEntry.add(undefined, { unix: 'coppice', anywhere: (words) => `coppice ${words}` }, '2.1.332');
    const asked = Object.keys((JSON.parse(text) as { hooks: object }).hooks);
    expect(asked.filter((event) => !events.has(event))).toEqual(['WorktreeCreate', 'WorktreeRemove']);
  });
});
