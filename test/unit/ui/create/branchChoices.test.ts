import { describe, expect, it } from 'vitest';
import type { Branch } from '../../../../src/core/ports/worktrees';
import { accepted, baseChoices, branchChoices } from '../../../../src/ui/create/branchChoices';

function aBranch(name: string, change: Partial<Branch> = {}): Branch {
  const commit = 'abc1234567890abcdef1234567890abcdef12345';
  return {
    name,
    isRemote: false,
    commit,
    date: '2026-01-01T00:00:00Z',
    subject: 'A change',
    checkedOutAt: undefined,
    ...change,
  };
}

const branches = [
  aBranch('main', { checkedOutAt: '/repo' }),
  aBranch('feature/one'),
  aBranch('origin/HEAD', { isRemote: true }),
  aBranch('origin/main', { isRemote: true }),
  aBranch('origin/feature/one', { isRemote: true }),
  aBranch('origin/feature/two', { isRemote: true }),
];
const choose = (typed: string) => branchChoices(branches, typed, 'main');
const labels = (typed: string) => choose(typed).map(({ label }) => label);

describe('branches to choose from', () => {
  it('are those that nothing has checked out, each once', () => {
    expect(labels('')).toEqual(['feature/one', 'origin/feature/two']);
    expect(choose('')[0]?.description).toBe('abc1234 A change');
  });

  it('begin with a new branch and its base for a name that is new, whatever resembles it', () => {
    expect(labels('feature/on')).toEqual([
      "Create new branch 'feature/on' from main (abc1234)",
      "Create new branch 'feature/on' from another base…",
      'feature/one',
    ]);
    expect(choose('feature/on')[0]?.choice).toEqual({ kind: 'new', branch: 'feature/on', base: 'main' });
  });

  it('begin with the branch itself for a name that exists', () => {
    expect(choose('feature/one').map(({ choice }) => choice)).toEqual([{ kind: 'existing', branch: 'feature/one' }]);
    expect(choose('origin/feature/two')[0]?.choice).toEqual({ kind: 'existing', branch: 'origin/feature/two' });
  });

  it('take a branch that only a remote has for what it is, also by its short name', () => {
    expect(choose('feature/two').map(({ choice }) => choice)).toEqual([
      { kind: 'existing', branch: 'origin/feature/two' },
    ]);
  });

  it('offer to open what is checked out already, and no second worktree of it', () => {
    expect(choose('main')[0]).toMatchObject({
      choice: { kind: 'open', path: '/repo' },
      description: 'checked out at /repo',
    });
    expect(choose('main').some(({ choice }) => choice.kind === 'new')).toBe(false);
  });

  it.each(['a b', '-x', '--output=x', '$(id)', 'a;b', 'x"y\'z', 'a..b', '\u001b[2J'])(
    'say why %j cannot be a branch',
    (typed) => {
      const [first, ...others] = choose(typed);
      expect(first?.icon).toBe('error');
      expect(first?.label).toBe('This cannot be the name of a branch');
      expect(first?.choice).toEqual({ kind: 'problem', message: expect.stringMatching(/no branch name/) });
      expect(first?.label).not.toMatch(/(?<!\\)\$\(|\p{Cc}/u);
      expect(others.every(({ choice }) => choice.kind === 'existing')).toBe(true);
    },
  );

  it('ignore blanks around a name', () => {
    expect(choose('  new/one ')[0]?.choice).toEqual({ kind: 'new', branch: 'new/one', base: 'main' });
  });

  it('tell a base without its commit when it is no branch', () => {
    expect(branchChoices(branches, 'x', 'v1.0')[0]?.label).toBe("Create new branch 'x' from v1.0");
  });

  it('show the name of a branch that git took from somebody else as text', () => {
    const evil = [aBranch('$(bug)\u202eevil', { subject: '$(sync~spin) [x](command:y)' })];
    const [row] = branchChoices(evil, '', 'main');
    expect(row?.label).toBe('\\$(bug)\ufffdevil');
    expect(row?.description).toBe('abc1234 \\$(sync~spin) [x](command:y)');
  });
});

describe('bases', () => {
  it('begin with the default, and tell its commit', () => {
    const [first, ...others] = baseChoices(branches, '', 'main');
    expect(first).toMatchObject({ choice: 'main', description: 'default · abc1234 A change' });
    expect(others.map(({ choice }) => choice)).toEqual([
      'feature/one',
      'origin/main',
      'origin/feature/one',
      'origin/feature/two',
    ]);
  });

  it('take any other text for a tag or a commit', () => {
    expect(baseChoices(branches, 'v1.0', 'main').map(({ choice }) => choice)).toEqual(['v1.0']);
    expect(baseChoices(branches, 'main', 'main').map(({ choice }) => choice)).toEqual(['main', 'origin/main']);
  });
});

describe('Enter', () => {
  it('takes the row that is selected', () => {
    const rows = choose('feature');
    expect(accepted(rows[2], 'feature', rows)).toBe(rows[2]);
  });

  it('takes the first row for what is typed when the list lags behind', () => {
    const stale = choose('')[0];
    expect(accepted(stale, 'brand/new', choose('brand/new'))?.choice).toEqual({
      kind: 'new',
      branch: 'brand/new',
      base: 'main',
    });
    expect(accepted(undefined, 'zzz', [])).toBeUndefined();
  });
});
