import { describe, expect, it } from 'vitest';
import { DockerIgnore } from '../../../../src/adapters/docker/dockerIgnore';

const kept = (text: string, ...paths: string[]): string[] => {
  const ignore = new DockerIgnore(text);
  return paths.filter((path) => !ignore.ignores(path));
};

describe('DockerIgnore', () => {
  it('takes a folder with all that is in it', () => {
    expect(kept('node_modules', 'node_modules', 'node_modules/a/b.js', 'src/node_modules/x', 'node_modules2')).toEqual([
      'src/node_modules/x',
      'node_modules2',
    ]);
  });

  it('knows a leading slash, a trailing one and dots for what they are: nothing', () => {
    for (const text of ['/dist', 'dist/', './dist', 'a/../dist', '  dist  '])
      expect(kept(text, 'dist/a', 'b'), text).toEqual(['b']);
  });

  it('matches stars within a part, two of them over parts', () => {
    expect(kept('*.md', 'a.md', 'docs/a.md')).toEqual(['docs/a.md']);
    expect(kept('**/*.md', 'a.md', 'docs/a.md', 'docs/x/a.md', 'a.mdx')).toEqual(['a.mdx']);
    expect(kept('*/temp*', 'a/temporary', 'a/b/temp', 'temp')).toEqual(['a/b/temp', 'temp']);
    expect(kept('a/**', 'a/b', 'a/b/c', 'b/a')).toEqual(['b/a']);
    expect(kept('a?c', 'abc', 'ac', 'a/c')).toEqual(['ac', 'a/c']);
    expect(kept('[ab].js', 'a.js', 'c.js')).toEqual(['c.js']);
    expect(kept('[^ab].js', 'a.js', 'c.js')).toEqual(['a.js']);
  });

  it('lets the last line that fits decide', () => {
    expect(kept('*.md\n!README.md', 'a.md', 'README.md')).toEqual(['README.md']);
    expect(kept('!README.md\n*.md', 'a.md', 'README.md')).toEqual([]);
    expect(kept('docs\n!docs/keep', 'docs/a', 'docs/keep/b')).toEqual(['docs/keep/b']);
    expect(kept('**\n!src\nsrc/*.log', 'a', 'src/a.js', 'src/a.log')).toEqual(['src/a.js']);
  });

  it('passes over comments, empty lines and other line ends, and reads # elsewhere as a letter', () => {
    expect(kept('\uFEFF# a\r\n\r\nb\r\n', 'a', 'b')).toEqual(['a']);
    expect(kept('x#y', 'x#y', 'x')).toEqual(['x']);
  });

  it('takes letters that mean something to a regular expression as they are', () => {
    expect(kept('a.b+(c)$', 'a.b+(c)$', 'aXb+(c)$')).toEqual(['aXb+(c)$']);
    expect(kept('a\\*b', 'a*b', 'axb')).toEqual(['axb']);
  });

  it('leaves nothing out for a pattern that is none', () => {
    expect(kept('[a\n[z-a]', '[a', 'a', 'z')).toEqual(['[a', 'a', 'z']);
  });

  it('knows which folders may hold something that an exception brings back', () => {
    const ignore = new DockerIgnore('a\nb\n!a/b/*.js\n!c/d');
    expect(['a', 'a/b', 'a/c', 'b', 'c', 'a/b/c'].filter((folder) => ignore.mayKeepBelow(folder))).toEqual([
      'a',
      'a/b',
      'c',
      'a/b/c',
    ]);
    expect(new DockerIgnore('a\n!**/x').mayKeepBelow('a/b/c')).toBe(true);
    expect(new DockerIgnore('a').mayKeepBelow('a')).toBe(false);
  });
});
