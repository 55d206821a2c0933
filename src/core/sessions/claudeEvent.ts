import { AppError } from '../errors';

/**
 * What Claude Code tells the hooks that stand in for its own worktrees: `WorktreeCreate` has the name that a person or an agent
 * gave, `WorktreeRemove` the folder that the first hook answered.
 */
export type ClaudeEvent =
  | { readonly kind: 'create'; readonly folder: string; readonly name: string }
  | { readonly kind: 'remove'; readonly folder: string; readonly path: string };

/**
 * @param text JSON, as Claude Code writes it to the hook's standard input or into its request
 * @param cwd where the hook runs, unless the event says where the session is
 * @throws invalidInput for what is none of the two, or says too little
 */
export function parseClaudeEvent(text: string, cwd: string): ClaudeEvent {
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch (error) {
    throw new AppError('invalidInput', 'This hook reads an event of Claude Code, and got no JSON.', { cause: error });
  }
  if (!isRecord(event)) throw new AppError('invalidInput', 'An event of Claude Code is one JSON object.');
  const { hook_event_name: kind, cwd: at } = event;
  const folder = textOf(at) ?? cwd;
  if (kind === 'WorktreeCreate') {
    // Its documentation has called it by either name.
    const name = textOf(event['name']) ?? textOf(event['worktree_name']);
    if (name !== undefined) return { kind: 'create', folder, name };
    throw new AppError('invalidInput', 'The event of Claude Code names no worktree.');
  }
  if (kind === 'WorktreeRemove') {
    const path = textOf(event['worktree_path']);
    if (path !== undefined) return { kind: 'remove', folder, path };
    throw new AppError('invalidInput', 'The event of Claude Code does not say which worktree goes.');
  }
  throw new AppError(
    'invalidInput',
    `This hook is for WorktreeCreate and WorktreeRemove, not for ${JSON.stringify(kind ?? null)}.`,
  );
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
