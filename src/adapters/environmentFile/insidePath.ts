/** A path of the repository in `/` form; undefined: the word is none. */
export function insidePath(word: string): string | undefined {
  if (word === '' || /^(?:[/\\~-]|[A-Za-z]:)/.test(word) || /[*?[\]{}\0]/.test(word)) return undefined;
  const parts = word.split(/[/\\]/).filter((part) => part !== '' && part !== '.');
  return parts.length === 0 || parts.includes('..') ? undefined : parts.join('/');
}
