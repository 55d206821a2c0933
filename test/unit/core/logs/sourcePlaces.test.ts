import { describe, expect, it } from 'vitest';
import { sourcePlaces } from '../../../../src/core/logs/sourcePlaces';

const told = (text: string) =>
  sourcePlaces(text).map(({ from, to, file, line, column }) => [text.slice(from, to), file, line, column]);

describe('the places of sources that a line names', () => {
  it.each([
    ['src/app/prices.ts:12:3 - error TS2322', [['src/app/prices.ts:12:3', 'src/app/prices.ts', 12, 3]]],
    [
      '    at total (/w/my-repo/backend/server.js:7:11)',
      [['/w/my-repo/backend/server.js:7:11', '/w/my-repo/backend/server.js', 7, 11]],
    ],
    ['    at file:///w/a%20b/x.mjs:1:2', [['file:///w/a%20b/x.mjs:1:2', 'file:///w/a%20b/x.mjs', 1, 2]]],
    ['  File "/w/app/main.py", line 3, in <module>', [['File "/w/app/main.py", line 3', '/w/app/main.py', 3, 1]]],
    ["\tfrom app/models/user.rb:42:in `save'", [['app/models/user.rb:42', 'app/models/user.rb', 42, 1]]],
    ['main.go:9 +0x1d', [['main.go:9', 'main.go', 9, 1]]],
    ['Program.cs(12,34): error CS1002', [['Program.cs(12,34)', 'Program.cs', 12, 34]]],
    ['at C:\\w\\src\\a.ts:5:6', [['C:\\w\\src\\a.ts:5:6', 'C:\\w\\src\\a.ts', 5, 6]]],
    ['[src/a.ts:3]', [['src/a.ts:3', 'src/a.ts', 3, 1]]],
    ['app/[slug]/page.tsx:3:1', [['app/[slug]/page.tsx:3:1', 'app/[slug]/page.tsx', 3, 1]]],
    [
      'a.ts:1:1, b.ts:2',
      [
        ['a.ts:1:1', 'a.ts', 1, 1],
        ['b.ts:2', 'b.ts', 2, 1],
      ],
    ],
  ])('%s', (text, places) => expect(told(text)).toEqual(places));

  it.each([
    'listening on localhost:3000',
    'GET http://main.localhost:8080/app.js:3:1 200',
    'connect ECONNREFUSED 127.0.0.1:5432',
    'at node:internal/process:12:3',
    '2026-01-02T03:04:05 took 3:12',
    'example.com:443',
    'a.ts:0',
  ])('none in %s', (text) => expect(told(text)).toEqual([]));

  it('takes little time of a long line that looks like one path', () => {
    const begun = performance.now();
    sourcePlaces('a/b.ts:1'.repeat(100_000));
    sourcePlaces('['.repeat(100_000));
    sourcePlaces('x'.repeat(3990) + '.ts:1');
    expect(performance.now() - begun).toBeLessThan(500);
  });
});
