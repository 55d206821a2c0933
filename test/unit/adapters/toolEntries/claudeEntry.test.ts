import { parse } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { claudeEntry } from '../../../../src/adapters/toolEntries/claudeEntry';

const call = { unix: '/c/coppice', anywhere: (words: string) => `/c/coppice ${words}` };
const denies = '{\n  "permissions": { "deny": ["Read(.env)"] }\n}\n';

function eventsIn(text: string | undefined): string[] {
  const settings: { readonly hooks?: object } = parse(text ?? '');
  return Object.keys(settings.hooks ?? {});
}

describe('a Claude Code that passes over a whole file for an event that it does not know', () => {
  const older = ['WorktreeCreate', 'WorktreeRemove'];

  it.each(['2.1.100', '2.0.999', '1.9.200', undefined])('%s is told of worktrees only, and why in words', (version) => {
    const after = claudeEntry.add(denies, call, version);
    expect(eventsIn(after)).toEqual(older);
    expect(claudeEntry.noteOf?.(after, version)).toMatch(/not whether they work or wait: .*2\.1\.101/);
  });

  it.each(['2.1.101', '2.2.0', '3.0.0'])('%s is told of states, and there is nothing to say', (version) => {
    const after = claudeEntry.add(denies, call, version);
    expect(eventsIn(after)).toEqual(expect.arrayContaining([...older, 'Stop', 'StopFailure', 'PostToolBatch']));
    expect(claudeEntry.noteOf?.(after, version)).toBeUndefined();
  });

  it('loses the events that were written for a newer one; where nobody knows which is here, they stay', () => {
    const newer = claudeEntry.add(denies, call, '2.1.332');
    expect(claudeEntry.add(newer, call, '2.1.50')).toBe(claudeEntry.add(denies, call, '2.1.50'));
    expect(claudeEntry.add(newer, call)).toBe(newer);
    expect(claudeEntry.noteOf?.(newer, undefined)).toBeUndefined();
  });
});

describe('the entry in another file', () => {
  const beside = (text: string): string | undefined =>
    claudeEntry.noteBeside?.({ file: '/home/.claude/settings.json', text });

  it('is named with what an earlier Coppice has not written there', () => {
    expect(beside(claudeEntry.add(denies, call))).toMatch(/^It tells nothing of what sessions do, .*--user/);
    expect(beside(claudeEntry.add(denies, call, '2.1.332'))).toBeUndefined();
  });
});
