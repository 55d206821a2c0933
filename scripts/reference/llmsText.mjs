import { firstSentence } from './environmentFilePage.mjs';
import { schemaKeys } from './schemaKeys.mjs';

/** @typedef {import('./schemaKeys.mjs').Schema} Schema */
/** @typedef {import('commander').Command} Command */

/** What a sentence says before its colon is what a key is; the whole stands in the reference. @param {Schema} key */
const inShort = (key) => firstSentence(key).replace(/^([^:;]{30,})[:;] .*$/s, '$1.');

/**
 * What the ends of the program mean, by the kind of failure.
 * @type {Readonly<Record<import('../../src/core/errorCode').ErrorCode, string>>}
 */
const failures = {
  failed: 'failed',
  invalidInput: 'bad input',
  notConfigured: 'something is not configured',
  missingTool: 'a tool is missing',
  unreachable: 'unreachable',
  timeout: 'took too long',
  denied: 'denied',
  notFound: 'not found',
  conflict: 'conflict: work would be lost, or a name is taken',
  unapproved: 'commands of the repository that nobody approved; --yes approves them',
  bug: 'a bug of Coppice',
};

/**
 * The fields of what --json prints, of the commands that programs ask most; test/unit/scripts/reference.test.ts compares them with
 * what is printed.
 */
export const jsonFields = {
  create: ['branch', 'path', 'slug', 'namespace', 'database', 'host', 'url', 'ready', 'verdict', 'notes', 'services'],
  list: ['repository', 'cluster', 'infra', 'worktrees', 'orphans'],
  status: ['branch', 'path', 'main', 'locked', 'view', 'status', 'environment', 'cluster'],
  service: ['name', 'health', 'state', 'reason', 'ready', 'desired', 'restarts', 'urls'],
  error: ['code', 'message', 'explanation', 'losses'],
};

/**
 * What a coding agent must know to work with Coppice from a terminal, by its commands and the schema as they are.
 *
 * @param {{ program: Command, schema: Schema, exitCodes: Readonly<Record<string, number>>, notReady: number, cancelled: number, variables: readonly string[] }} known
 * @returns {string} in the form of llmstxt.org
 */
export function llmsText({ program, schema, exitCodes, notReady, cancelled, variables }) {
  const fields = (/** @type {keyof typeof jsonFields} */ name) =>
    jsonFields[name].map((field) => `\`${field}\``).join(', ');
  const ends = [
    '0: done',
    ...Object.entries(exitCodes).map(
      ([code, exit]) => `${exit}: ${failures[/** @type {keyof typeof failures} */ (code)]}`,
    ),
    `${notReady}: made, and it stays, but a service is not ready, or a migration failed; which and why is told`,
    `${cancelled}: cancelled`,
  ];
  const commands = runnable(program);
  const withoutJson = commands
    .filter(({ each }) => !each.options.some(({ flags }) => flags === json))
    .map(({ name }) => `\`${name}\``);
  return `# Coppice

> Every git worktree of a repository gets an environment of its own: services, a PostgreSQL database, a Kubernetes namespace, a URL, logs. A VS Code extension and the command \`coppice\`, which do the same.

Written by \`npm run reference\` from the commands, the schema and the exit codes: change those.

- What an environment consists of stands in \`coppice.yaml\`, which is committed. \`coppice init\` proposes one by what the repository says; \`--dry-run\` shows it.
- \`coppice create <branch>\` makes worktree, database and services, and ends when all of them are ready or cannot become so. In a worktree that is there, \`coppice create\` brings its environment up to date.
- Without a name a command means the worktree that it runs in. Give \`--json\` and read the one line that it prints; progress and questions go to standard error.
- Nothing is asked where there is no terminal: what would be asked is refused, and says which option stands for the yes.
- Commands of a repository are approved once, by content. Read what \`coppice create <branch> --dry-run --json\` lists as \`commandsToApprove\` before you say \`--yes\`.
- \`coppice delete <branch>\` refuses what would lose work. Do not pass \`--discard\` unless the person whose work it is has said so.
- After a change of code: \`coppice restart <service>\`. After a change of coppice.yaml: \`coppice create\`. To see why something does not run: \`coppice status\`, \`coppice logs <service>\`, \`coppice describe <service>\`.
- Never start servers of the app by hand beside those of the environment; reach them at the address that \`coppice open --print\` says.

## Commands

All take \`--json\` but ${withoutJson.join(', ')}.

${commands.map(lineOf).join('\n')}

## coppice.yaml

${schemaKeys(schema)
  .filter(({ path }) => !/\[|build\./.test(path))
  .map(({ path, schema: key }) => `- \`${path}\`: ${inShort(key)}`)
  .join('\n')}

The whole reference is [coppice-yaml.md](coppice-yaml.md). What a service finds in its environment: ${variables.map((name) => `\`${name}\``).join(', ')}, and \`COPPICE_URL_<SERVICE>\`, \`<SERVICE>_SERVICE_HOST\` and \`<SERVICE>_SERVICE_PORT\` of the others.

## JSON

Fields are added, never renamed or taken away.

- \`create\`: ${fields('create')}, and more; \`verdict\` is \`ready\` or \`notReady\`. \`wait\`: the last of these.
- \`list\`: ${fields('list')}; each of \`worktrees\` is what \`status\` prints.
- \`status\`: ${fields('status')}; \`environment\` is null, or has \`services\`.
- Each of \`services\`: ${fields('service')}.
- A failure: \`error\` with ${fields('error')}. \`losses\` is what a delete would lose.

## Exit codes

${ends.map((end) => `- ${end}`).join('\n')}
`;
}

/** Nearly every command has it, so that it is said once. */
const json = '--json';

/**
 * All that can be run, by its name.
 * @param {Command} command
 * @param {string} before
 * @returns {{ name: string, each: Command }[]}
 */
function runnable(command, before = '') {
  return command
    .createHelp()
    .visibleCommands(command)
    .flatMap((each) => {
      if (each.name() === 'help') return [];
      const name = `${before} ${each.name()}`.trim();
      return each.commands.length > 0 ? runnable(each, name) : [{ name, each }];
    });
}

/** @param {{ name: string, each: Command }} of */
function lineOf({ name, each }) {
  const given = each.registeredArguments.map(
    (argument) => ` ${argument.required ? `<${argument.name()}>` : `[${argument.name()}]`}`,
  );
  const shown = each.options.filter(({ hidden, flags }) => !hidden && flags !== json);
  const options = shown.map(({ flags }) => `\`${flags}\``);
  return `- \`coppice ${name}${given.join('')}\`: ${each.description()}${options.length > 0 ? ` (${options.join(', ')})` : ''}`;
}
