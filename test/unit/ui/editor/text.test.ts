import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { portUrl, reachableUrl } from '../../../../src/ui/editor/links';
import { isSameOrInside, isSamePath, lastSegment } from '../../../../src/ui/editor/paths';
import { iconless, linkless, plainLine } from '../../../../src/ui/editor/text';

describe("other people's text", () => {
  it('has no line break, no control character and no reversal in a line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(plainLine(text)).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
    expect(plainLine('a\u001b[31mb\r\n  c\td\u202e')).toBe('ab c d\ufffd');
    expect(plainLine('zażółć 日本語 👩‍👩‍👧')).toBe('zażółć 日本語 👩‍👩‍👧');
  });

  it('draws no icon and no link', () => {
    expect(iconless('$(bug) \\$(x)')).toBe('\\$(bug) \\\\$(x)');
    expect(linkless('one [a](command:b)\ntwo')).toBe('one [a] (command:b)\ntwo');
  });
});

describe('paths', () => {
  it('know what is inside', () => {
    expect(isSameOrInside('/repo/sub', '/repo')).toBe(true);
    expect(isSameOrInside('/repo', '/repo/')).toBe(true);
    expect(isSameOrInside('/repo-2', '/repo')).toBe(false);
    expect(isSameOrInside('/Repo', '/repo')).toBe(false);
    expect(isSameOrInside('/x', '/')).toBe(true);
  });

  it('are compared as Windows does where they are from there', () => {
    expect(isSamePath('c:\\Work\\repo', 'C:/work/Repo')).toBe(true);
    expect(isSameOrInside('\\\\server\\share\\repo\\a', '\\\\Server\\share\\repo')).toBe(true);
    expect(lastSegment('C:\\work\\repo\\')).toBe('repo');
  });
});

describe("an environment's URL", () => {
  const url = 'http://feature.localhost:8080/api?x=1';

  it('is asked about by its port', () => {
    expect(portUrl(url)).toBe('http://localhost:8080/');
    expect(portUrl('http://feature.localhost/')).toBe('http://localhost/');
  });

  it('keeps its host under a forwarded port, as the gateway routes by it', () => {
    expect(reachableUrl(url, 'http://localhost:53211/')).toBe('http://feature.localhost:53211/api?x=1');
    expect(reachableUrl(url, 'http://127.0.0.1:53211')).toBe('http://feature.localhost:53211/api?x=1');
  });

  it("stays as it is when the browser is on the extension's machine", () => {
    expect(reachableUrl(url, 'http://127.0.0.1:4000/proxy/8080/')).toBeUndefined();
  });

  it('is the tunnel itself where that leads over the net', () => {
    expect(reachableUrl(url, 'https://abc-8080.example.dev/')).toBe('https://abc-8080.example.dev/');
  });
});
