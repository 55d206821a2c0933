/**
 * A page of this repository for readers who do not have the repository: its pictures are left out, and what links to one of its
 * files is plain text. Links to the web stay.
 *
 * @param {string} markdown
 */
export function pageWithoutRepository(markdown) {
  return markdown
    .replaceAll(/^!\[[^\]]*\]\((?!https:)[^)]*\)\n\n?/gm, '')
    .replaceAll(/(?<!!)\[([^\]]+)\]\((?!https?:|#)[^)]*\)/g, '$1');
}
