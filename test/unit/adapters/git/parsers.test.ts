import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRefs } from '../../../../src/adapters/git/program/parseRefs';
import { parseStatus, StatusSplitter } from '../../../../src/adapters/git/program/parseStatus';
import { parseWorktreeList } from '../../../../src/adapters/git/program/parseWorktreeList';

const id = 'a'.repeat(40);

/** Names as a file system may hold them: anything but NUL; the odd ones more often. */
const odd = fc.oneof(
  fc.constantFrom(
    'a\nb',
    '"q"',
    'ü/ö',
    ' lead',
    'trail ',
    '# branch.oid x',
    '? x',
    '1 .M N... x',
    'a -> b',
    '\t',
    '\\',
    '\r\n',
    'worktree /x',
    '-',
  ),
  fc.string({ unit: 'binary', minLength: 1 }).map((text) => text.replaceAll('\0', '_')),
);

describe('parseStatus', () => {
  it('reads what git writes', () => {
    const output = [
      `# branch.oid ${id}`,
      '# branch.head topic',
      '# branch.upstream origin/topic',
      '# branch.ab +2 -3',
      `1 .M N... 100644 100644 100644 ${id} ${id} a file`,
      `2 R. N... 100644 100644 100644 ${id} ${id} R100 new name`,
      'old name',
      `u UU N... 100644 100644 100644 100644 ${id} ${id} ${id} both`,
      '? new/',
      '! .env',
      '',
    ].join('\0');
    expect(parseStatus(output)).toEqual({
      commit: id,
      branch: 'topic',
      upstream: 'origin/topic',
      ahead: 2,
      behind: 3,
      changed: ['a file', 'new name', 'both'],
      conflicts: ['both'],
      untracked: ['new/'],
      ignored: ['.env'],
    });
  });

  it('knows a branch without a commit, a detached HEAD, and an upstream that is gone', () => {
    expect(parseStatus('# branch.oid (initial)\0# branch.head main\0')).toMatchObject({
      commit: undefined,
      branch: 'main',
    });
    expect(parseStatus(`# branch.oid ${id}\0# branch.head (detached)\0`)).toMatchObject({
      commit: id,
      branch: undefined,
    });
    expect(parseStatus('# branch.upstream origin/x\0')).toMatchObject({ upstream: 'origin/x', ahead: 0, behind: 0 });
    expect(parseStatus('')).toMatchObject({ commit: undefined, changed: [], untracked: [] });
  });

  it('reads every path back as it was written, whatever is in it', () => {
    const entry = fc.record({ kind: fc.constantFrom('1', '2', 'u', '?', '!'), path: odd, from: odd });
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const rest = {
          '1': `1 .M N... 1 1 1 ${id} ${id}`,
          '2': `2 R. N... 1 1 1 ${id} ${id} R90`,
          u: `u UU N... 1 1 1 1 ${id} ${id} ${id}`,
          '?': '?',
          '!': '!',
        };
        const output = entries
          .map(({ kind, path, from }) => `${rest[kind]} ${path}\0${kind === '2' ? `${from}\0` : ''}`)
          .join('');
        const of = (...kinds: string[]): string[] =>
          entries.filter(({ kind }) => kinds.includes(kind)).map(({ path }) => path);
        expect(parseStatus(output)).toMatchObject({
          changed: of('1', '2', 'u'),
          conflicts: of('u'),
          untracked: of('?'),
          ignored: of('!'),
        });
      }),
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseStatus(text)));
  });
});

describe('parseWorktreeList', () => {
  it('reads what git writes, with and without -z', () => {
    const lines = [
      'worktree /repo',
      `HEAD ${id}`,
      'branch refs/heads/main',
      '',
      'worktree /w/a b',
      `HEAD ${id}`,
      'detached',
      'locked',
      '',
      'worktree /w/c',
      `HEAD ${id}`,
      'branch refs/heads/x/y',
      'locked on a stick',
      'prunable gitdir file points to non-existent location',
      '',
      'worktree /bare',
      'bare',
      '',
      '',
    ];
    const expected = [
      { path: '/repo', head: id, branch: 'refs/heads/main', isBare: false, locked: undefined, prunable: undefined },
      { path: '/w/a b', head: id, branch: undefined, isBare: false, locked: '', prunable: undefined },
      {
        path: '/w/c',
        head: id,
        branch: 'refs/heads/x/y',
        isBare: false,
        locked: 'on a stick',
        prunable: 'gitdir file points to non-existent location',
      },
      { path: '/bare', head: '0'.repeat(40), branch: undefined, isBare: true, locked: undefined, prunable: undefined },
    ];
    expect(parseWorktreeList(lines.join('\0'), '\0')).toEqual(expected);
    expect(parseWorktreeList(lines.join('\n'), '\n')).toEqual(expected);
  });

  it('reads a quoted reason without -z', () => {
    expect(parseWorktreeList('worktree /w\nlocked "a\\nb \\"c\\" \\303\\274"\n\n', '\n')[0]?.locked).toBe('a\nb "c" ü');
    expect(parseWorktreeList('worktree /w\0locked "a\\nb"\0\0', '\0')[0]?.locked).toBe('"a\\nb"');
  });

  it('reads every path and reason back as it was written', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ path: odd, reason: odd })), (entries) => {
        const output = entries
          .map(({ path, reason }) => `worktree /${path}\0HEAD ${id}\0detached\0locked ${reason}\0\0`)
          .join('');
        expect(parseWorktreeList(output, '\0').map(({ path, locked }) => ({ path, reason: locked }))).toEqual(
          entries.map(({ path, reason }) => ({ path: `/${path}`, reason })),
        );
      }),
    );
  });
});

describe('parseRefs', () => {
  it('reads every worktree and subject back as it was written', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ worktree: odd, subject: odd })), (entries) => {
        const output = entries
          .map(
            ({ worktree, subject }, index) =>
              `refs/heads/b${index}\0\0${id}\0${'2026-01-01T00:00:00Z'}\0${worktree}\0${subject}\0\n`,
          )
          .join('');
        expect(parseRefs(output)).toEqual(
          entries.map(({ worktree, subject }, index) => ({
            ref: `refs/heads/b${index}`,
            symref: '',
            commit: id,
            date: '2026-01-01T00:00:00Z',
            worktree,
            subject,
          })),
        );
      }),
    );
  });

  it('reads nothing from nothing', () => {
    expect(parseRefs('')).toEqual([]);
  });
});

describe('StatusSplitter', () => {
  const first = '# branch.oid 1\0# branch.head a\x001 .M N... 1 1 1 2 2 file\0';
  // A file was renamed that was called like a header.
  const second = '# branch.oid 2\x002 R. N... 1 1 1 2 2 R100 new\0# branch.oid 3\0? "x\ny"\0';
  const third = '# branch.oid 4\0';
  const all = first + second + third;

  it('gives the same statuses wherever the output is cut into pieces', () => {
    for (let at = 0; at <= all.length; at++) {
      const splitter = new StatusSplitter();
      const whole = [...splitter.push(all.slice(0, at)), ...splitter.push(all.slice(at))];
      expect(whole).toEqual([first, second]);
      expect(splitter.end()).toBe(third);
    }
  });

  it('tells each as soon as the next one begins', () => {
    const splitter = new StatusSplitter();
    expect(splitter.push(first)).toEqual([]);
    expect(splitter.push('# branch.oid 2\0')).toEqual([first]);
  });

  it('has nothing to give when nothing came', () => {
    expect(new StatusSplitter().end()).toBeUndefined();
  });
});
