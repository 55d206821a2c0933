import { describe, expect, it } from 'vitest';
import { parseClaudeEvent } from '../../../../src/core/sessions/claudeEvent';
import { lineChanges } from '../../../../src/core/text/lineChanges';
import { sessionPlace } from '../../../../src/core/sessions/sessionPlace';

describe('an event of Claude Code', () => {
  it('says where the session is, and what it is called; what else it has is passed over', () => {
    const common = { session_id: 's', transcript_path: '/t.jsonl', cwd: '/repo' };
    const create = { ...common, hook_event_name: 'WorktreeCreate', name: 'a/b' };
    expect(parseClaudeEvent(JSON.stringify(create), '/here')).toEqual({ kind: 'create', folder: '/repo', name: 'a/b' });
    expect(parseClaudeEvent('{"hook_event_name":"WorktreeCreate","worktree_name":"x"}', '/here')).toEqual({
      kind: 'create',
      folder: '/here',
      name: 'x',
    });
    const remove = { ...common, hook_event_name: 'WorktreeRemove', worktree_path: '/repo/.claude/worktrees/x' };
    expect(parseClaudeEvent(JSON.stringify(remove), '/here')).toEqual({
      kind: 'remove',
      folder: '/repo',
      path: '/repo/.claude/worktrees/x',
    });
  });

  it.each([
    ['', /got no JSON/],
    ['[]', /one JSON object/],
    ['{}', /not for null/],
    ['{"hook_event_name":"Stop"}', /not for "Stop"/],
    ['{"hook_event_name":"WorktreeCreate","name":" "}', /names no worktree/],
    ['{"hook_event_name":"WorktreeRemove"}', /which worktree goes/],
  ])('%s is refused', (text, message) => {
    expect(() => parseClaudeEvent(text, '/here')).toThrow(message);
  });
});

describe("a session's place", () => {
  it('is where Claude Code itself makes it', () => {
    expect(sessionPlace('a/b')).toEqual({ folder: '.claude/worktrees/a+b', branch: 'worktree-a+b' });
    expect(sessionPlace('x.y_z-1')).toEqual({ folder: '.claude/worktrees/x.y_z-1', branch: 'worktree-x.y_z-1' });
  });

  it.each(['', ' ', '.', '..', '-x', 'a\u0000b', 'a:b', 'x.', 'n'.repeat(300)])('%j is none', (name) => {
    expect(() => sessionPlace(name)).toThrow(/no name for a worktree/);
  });

  it('never leads out of its folder', () => {
    expect(sessionPlace('../../etc').folder).toBe('.claude/worktrees/..+..+etc');
    expect(sessionPlace('/etc/x').folder).toBe('.claude/worktrees/+etc+x');
    expect(sessionPlace('a\\b').folder).toBe('.claude/worktrees/a+b');
  });
});

describe('which lines differ', () => {
  const told = (before: string | undefined, after: string | undefined): string =>
    lineChanges(before, after)
      .map(({ kind, line }) => ({ same: ' ', added: '+', removed: '-' })[kind] + line)
      .join('|');

  it('is told in order, with what both have', () => {
    expect(told('a\nb\nc\n', 'a\nx\nc\nd\n')).toBe(' a|-b|+x| c|+d');
    expect(told('a\r\nb\r\n', 'a\nb\n')).toBe(' a| b');
    expect(told(undefined, 'a\n\nb')).toBe('+a|+|+b');
    expect(told('a', undefined)).toBe('-a');
    expect(told('', '')).toBe('');
    expect(told('x\n'.repeat(4000), 'y\n').split('|')).toHaveLength(4001);
  });
});
