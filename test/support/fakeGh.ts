import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface FakeGh {
  /** Folder to put first on a PATH. */
  readonly bin: string;
  /** Argument vectors so far. */
  calls(): Promise<string[][]>;
  /** What it answers from now on. */
  behave(mood: FakeGhMood): Promise<void>;
}

export interface FakeGhMood {
  readonly isLoggedOut?: boolean;
  /** What `pr list` prints. */
  readonly list?: unknown;
  /** What `pr create` says as it fails. */
  readonly fails?: string;
}

/** The flags of gh 2.23 that take a value, and the fields of its pull requests that are asked for: others it refuses with exit code 1. */
const flags = {
  list: ['head', 'base', 'state', 'limit', 'json'],
  create: ['head', 'base', 'title', 'body'],
};
const fields = [
  ...['number', 'url', 'isDraft', 'statusCheckRollup', 'state', 'title'],
  ...['isCrossRepository', 'headRepositoryOwner', 'headRefName'],
];

/** Puts a program named `gh` into a folder, which answers as gh 2.23 does and asks no server. Linux and macOS. */
export async function installFakeGh(folder: string): Promise<FakeGh> {
  const bin = join(folder, 'gh-bin');
  await mkdir(bin, { recursive: true });
  const [log, state] = [join(folder, 'gh.log'), join(folder, 'gh.json')];
  const program = `#!${process.execPath}
const { appendFileSync, readFileSync } = require('node:fs');
const argv = process.argv.slice(2);
appendFileSync(${JSON.stringify(log)}, JSON.stringify(argv) + '\\n');
const end = (code, text) => { (code === 0 ? process.stdout : process.stderr).write(text + '\\n'); process.exit(code); };
const mood = JSON.parse(readFileSync(${JSON.stringify(state)}, 'utf8'));
const [noun, verb, ...given] = argv;
const known = ${JSON.stringify(flags)}[verb];
if (noun !== 'pr' || !known) end(1, 'unknown command');
const values = {};
for (const each of given) {
  const found = /^--([a-z-]+)=([^]*)$/.exec(each);
  if (!found) end(1, 'unknown argument ' + each);
  if (!known.includes(found[1])) end(1, 'unknown flag: --' + found[1]);
  values[found[1]] = found[2];
}
if (mood.isLoggedOut) end(4, 'To get started with GitHub CLI, please run:  gh auth login');
if (!process.env.GH_PROMPT_DISABLED) end(1, 'it would ask');
if (process.env.CLICOLOR_FORCE || process.env.GH_FORCE_TTY) end(0, '\\x1b[1;37m[\\x1b[m');
if (verb === 'list') {
  const wrong = values.json.split(',').find((name) => !${JSON.stringify(fields)}.includes(name));
  if (wrong) end(1, 'Unknown JSON field: "' + wrong + '"');
  end(0, JSON.stringify(mood.list ?? []));
}
if (mood.fails) end(1, mood.fails);
process.stderr.write('\\nCreating pull request for ' + values.head + ' into ' + values.base + '\\n\\n');
end(0, 'https://github.com/o/r/pull/7');
`;
  await writeFile(join(bin, 'gh'), program);
  await chmod(join(bin, 'gh'), 0o755);
  await writeFile(state, '{}');
  return {
    bin,
    calls: async () =>
      (await readFile(log, 'utf8').catch(() => ''))
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as string[]),
    behave: (mood) => writeFile(state, JSON.stringify(mood)),
  };
}
