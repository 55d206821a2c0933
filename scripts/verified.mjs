// npm run verified: takes what tests have written down about real tools (test/support/verified.ts) into docs/verified.json, and
// writes docs/verified.md from it. There is no other way into either: what has not run is not in them.
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as prettier from 'prettier';
import { root } from './workplace/run.mjs';
import { main, say } from './workplace/say.mjs';

/**
 * A tool that tests have really used. `suite`: their file; `tests`: how many of it passed, none having failed; `obtained`: how the machine
 * came by the tool; `asked`: of the tool, in the words of the suite. Rows that were recorded before suites said so have neither.
 * @typedef {{ tool: string, version: string, system: string, suite: string, tests: number, date: string, obtained?: string, asked?: string, adopted?: Adopted }} Verified
 *
 * What was done with a project that nobody here wrote. `made`: the command that brings it; `seconds`: by what took them; `answers`: before a
 * change in one worktree, and after it; `browser`: whether its open page was kept or loaded anew when it showed a change by itself;
 * `failure`: what a migration said that cannot work.
 * @typedef {{ shows: string, made: string, seconds: Readonly<Record<string, number>>, asked: string, answers: readonly string[], browser?: string, failure?: string }} Adopted
 */

export const listFile = join(root, 'docs', 'verified.json');
const written = join(root, 'out', 'verified');

/**
 * The newest of each tool, version, system and suite, without suites that are gone.
 * @param {readonly Verified[]} known
 * @param {readonly Verified[]} found
 * @param {(suite: string) => boolean} isThere
 * @returns {Verified[]}
 */
export function merge(known, found, isThere) {
  /** @type {Map<string, Verified>} */
  const newest = new Map();
  for (const entry of [...known, ...found]) {
    const key = keyOf(entry);
    const other = newest.get(key);
    if (isThere(entry.suite) && (!other || other.date <= entry.date)) newest.set(key, entry);
  }
  return [...newest.values()].sort((a, b) => keyOf(a).localeCompare(keyOf(b), 'en', { numeric: true }));
}

/** @param {Verified} entry */
function keyOf({ tool, version, system, suite }) {
  return [tool, version, system, suite].join('\n');
}

/** @param {readonly Verified[]} entries @returns {Promise<string>} docs/verified.md */
export async function page(entries) {
  /** @param {string} text */
  const plain = (text) => text.replaceAll('|', '\\|');
  const rows = entries
    .filter(({ adopted }) => adopted === undefined)
    .map(
      ({ tool, version, system, suite, tests, date, obtained = '', asked = '' }) =>
        `| ${[tool, version, plain(obtained), plain(asked), system, date, tests, `\`${suite}\``].join(' | ')} |`,
    );
  const text = `# What has run for real

Written by \`npm run verified\` from what tests have recorded when they passed against the real tool: no fake, no stand-in. What is not
in the table has not run in this form, or not since the table exists; that it works is by its documentation, or by a stand-in. The
number of tests is that of the suite, for all versions that it runs. How the tool was obtained and what was asked of it are the suite's own
words; a row without them was recorded before suites said so.

| Tool | Version | Obtained | Asked | System | Last | Tests | By |
| --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
${projects(entries)}`;
  return prettier.format(text, { ...(await prettier.resolveConfig(listFile)), parser: 'markdown' });
}

/** @param {readonly Verified[]} entries @returns {string} */
function projects(entries) {
  /** @param {number | undefined} value */
  const seconds = (value) => (value === undefined ? '' : String(value));
  /** @param {string} text */
  const cell = (text) => `\`${text.replaceAll('|', '\\|')}\``;
  const rows = entries.flatMap(({ tool, version, system, date, adopted }) => {
    if (adopted === undefined) return [];
    const { shows, made, seconds: took, asked, answers, browser, failure } = adopted;
    const columns = [
      ...[
        `${tool} ${version}`,
        shows,
        cell(made),
        seconds(took['init']),
        seconds(took['first']),
        seconds(took['second']),
      ],
      `${cell(asked)}: ${answers.map(cell).join(', then ')}`,
      browser === undefined ? '' : `page ${browser}, in ${seconds(took['browser'])}`,
      ...[failure === undefined ? '' : cell(failure), system, date],
    ];
    return [`| ${columns.join(' | ')} |`];
  });
  if (rows.length === 0) return '';
  return `
## Projects that nobody here wrote

By \`npm run adopt\`, each as its own people give it: \`coppice init --yes\`, a commit, \`coppice create first --yes\`, \`coppice create second
--yes\`, a change in the second, which the first does not show; then both are deleted. Times are seconds, of a machine with two cores that did other
things as well; the first create installs what the project needs from a registry. Where it has a page that changes by itself, a browser
showed a change of the first through the gateway; where it has migrations, one that cannot work was told in its own words, and left nothing,
or what was told: an environment that is not ready where its own service migrates, a worktree where setup has written what could be work.

| Project | Shows | Made by | init | First create | Second create | Asked, and what it answers | In a browser | A failing migration says | System | Last |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    /** @param {string} file @returns {Promise<any>} */
    const read = async (file) => JSON.parse(await readFile(file, 'utf8'));
    const names = existsSync(written) ? await readdir(written) : [];
    const found = await Promise.all(names.map((name) => read(join(written, name))));
    const known = existsSync(listFile) ? await read(listFile) : [];
    const entries = merge(known, found, (suite) => existsSync(join(root, suite)));
    const json = await prettier.format(JSON.stringify(entries), {
      ...(await prettier.resolveConfig(listFile)),
      filepath: listFile,
    });
    await writeFile(listFile, json);
    await writeFile(join(root, 'docs', 'verified.md'), await page(entries));
    say(`${entries.length} rows in docs/verified.md, ${found.length} of them from tests on this machine`);
  });
}
