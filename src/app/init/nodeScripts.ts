import type { NodePackage } from './nodePackage';
import type { PackageManager } from './packageManager';
import { matchesGlob } from './shared/matchesGlob';

/** One command that a package's scripts start, and the script that is nothing but this command. */
export interface ScriptRun {
  readonly script: string | undefined;
  readonly text: string;
}

/** Scripts that people start while they develop, the likeliest first. */
const order = [
  'dev',
  'develop',
  'start:dev',
  'dev:client',
  'dev:web',
  'dev:server',
  'dev:api',
  'serve',
  'server',
  'start',
];
const never =
  /^(?:pre|post)(?!gres)|build|test|lint|preview|typecheck|check|format|storybook|prod|e2e|deploy|clean|codegen|generate|seed|migrat|docker|debug|create|setup|reset|bundle|sync/;
const runners = /^(?:concurrently|npm-run-all2?|run-p|run-s|turbo|nx|lerna|wireit|wsrun)\b/;
/** What runs a program of the dependencies. */
const starter = /^(?:npx|bunx|yarn(?: run| exec)?|pnpm(?: exec)?|npm exec(?: --)?|bun(?: x| run)?) /;

function isRunner(text: string): boolean {
  return runners.test(withoutStarter(text));
}

function withoutStarter(text: string): string {
  const plain = withoutVariables(text);
  const program = plain.replace(starter, '');
  return runners.test(program) ? program : plain;
}

/** What the scripts of a package run, taken apart where one starts several. */
export function scriptRuns(found: NodePackage): ScriptRun[] {
  const names = [...found.scripts.keys()].filter((name) => !never.test(name));
  const sorted = [...order.filter((name) => names.includes(name)), ...names.filter((name) => !order.includes(name))];
  const seen = new Set<string>();
  return sorted.flatMap((name) => apart(found, name, seen)).filter(({ text }) => !isOfAnother(text) && !isInline(text));
}

/** What is written into the script itself is no server: it tells somebody something, or prepares something. */
function isInline(text: string): boolean {
  return /^(?:node|bun|deno) (?:-e|--eval|-p|--print|-pe|eval)\b/.test(withoutVariables(text));
}

/** A script of another package, which stands among that package's own: `bun run --filter frontend dev`, `yarn workspace api start`. */
function isOfAnother(text: string): boolean {
  // What follows `--` is the script's own, and what a program is given, too.
  const [plain = ''] = withoutVariables(text).split(' -- ');
  if (/^(?:npm|pnpm|yarn|bun) (?:exec|dlx|x)\b/.test(plain)) return false;
  return /^(?:npm|pnpm|yarn|bun) (?:.* )?(?:--filter|--workspaces?|--prefix|--cwd|--dir)(?:[ =]|$)|^(?:npm|pnpm) (?:[\w:-]+ )*(?:-F|-C|-w)[ =]|^(?:yarn|npm) workspaces? /.test(
    plain,
  );
}

function apart(found: NodePackage, name: string, seen: Set<string>): ScriptRun[] {
  const text = found.scripts.get(name)?.trim();
  if (text === undefined || seen.has(name)) return [];
  seen.add(name);
  // What stands in quotes is given to a program.
  const outside = text.replace(/\\?"[^"]*"|'[^']*'/g, '""');
  const isSingle = !isRunner(text) && !/&&|\|\||;|[^&]&[^&]|\|/.test(outside);
  if (isSingle) {
    const other = /^(?:npm|pnpm|yarn|bun)(?: run)? ([\w:-]+)$/.exec(text)?.[1];
    return other !== undefined && found.scripts.has(other) ? apart(found, other, seen) : [{ script: name, text }];
  }
  return parts(text).flatMap((part): ScriptRun[] => {
    const pattern = /^(?:(?:npm|pnpm|yarn|bun) run |npm:|(?:pnpm|yarn|bun) )?([\w:*-]+)$/.exec(part)?.[1];
    if (pattern === undefined) return [{ script: undefined, text: part }];
    const inner = [...found.scripts.keys()].filter((each) => matchesGlob(pattern, each, ':') && each !== name);
    const left = inner.filter((each) => !never.test(each));
    if (inner.length > 0) return left.flatMap((each) => apart(found, each, seen));
    return [{ script: undefined, text: part }];
  });
}

/** The commands of a script that starts several, however it does it. */
function parts(text: string): string[] {
  const plain = withoutStarter(text);
  const several = apartAtOperators(plain);
  // What is prepared before several are started together, and what follows it.
  if (several.length > 1) return several.flatMap((part) => (isRunner(part) ? parts(part) : [part]));
  if (!runners.test(plain)) return several;
  const quoted = [...plain.matchAll(/\\?"([^"]+?)\\?"|'([^']+)'/g)].map(([, double, single]) =>
    (double ?? single ?? '').trim(),
  );
  const bare = plain
    .replace(/\\?"[^"]*"|'[^']*'/g, '')
    .split(/\s+/)
    .slice(1)
    .filter((word) => /^(?:npm:)?[\w:*-]+$/.test(word) && !word.startsWith('-'));
  return [...quoted, ...bare];
}

/** Commands between what a shell puts between them, but for that in quotes, and without where it sends what they say. */
function apartAtOperators(given: string): string[] {
  const masked = (text: string): string => text.replace(/\\?"[^"]*"|'[^']*'/g, (quoted) => '_'.repeat(quoted.length));
  const sent = [...masked(given).matchAll(/\s(?:\d?>&\d|&>>?\s*[^\s&|;<>]+|\d?>>?\s*[^\s&|;<>]+)(?=\s|[&|;]|$)/g)];
  const text = sent.reduceRight(
    (rest, { index, 0: { length } }) => `${rest.slice(0, index)}${rest.slice(index + length)}`,
    given,
  );
  const outside = masked(text);
  const ends = [...outside.matchAll(/&&|\|\||;|&|\|/g)].map(
    ({ index, 0: { length } }) => [index, index + length] as const,
  );
  const starts = [0, ...ends.map(([, end]) => end)];
  return starts.map((start, at) => text.slice(start, ends[at]?.[0]).trim()).filter((part) => part !== '');
}

/** Without the variables that stand before a command. */
export function withoutVariables(text: string): string {
  return text.replace(/^(?:cross-env(?:-shell)?\s+)?(?:[A-Za-z_]\w*=(?:"[^"]*"|'[^']*'|\S*)\s+)*/, '').trim();
}

/** What a script runs in the end, where it does nothing but start another one of the package with more arguments: `npm run orm -- up`. */
export function scriptText(scripts: ReadonlyMap<string, string>, name: string): string {
  const seen = new Set([name]);
  let text = scripts.get(name) ?? '';
  for (;;) {
    const [, other = '', more = ''] =
      /^(?:npm|pnpm|yarn|bun) (?:run )?([\w:-]+)(?: (?:-- )?([^&|;]*))?$/.exec(text) ?? [];
    const inner = seen.has(other) ? undefined : scripts.get(other);
    if (inner === undefined) return text;
    seen.add(other);
    text = `${inner} ${more}`.trim();
  }
}

/** What a shell alone understands: that stays in its script. */
const ofShell = /[$`*?~<>]/;

/**
 * The same command, as a program of the dependencies, where a file of variables gives way to what a program was started with, which is another
 * port and another database than the file's; undefined: it does already, or its script starts more than it. env-cmd 11; dotenv-cli, Node.js
 * and dotenvx do by themselves.
 *
 * @param manager of who installs env-cmd
 */
export function withoutOverride(text: string, manager: Pick<PackageManager, 'program'>): string | undefined {
  const [variables = ''] = /^(?:[A-Za-z_]\w*=(?:"[^"]*"|'[^']*'|\S*)\s+)*/.exec(text) ?? [];
  const plain = text.slice(variables.length).replace(starter, '');
  const named = /(^|\s)env-cmd(?=\s|$)/;
  if (!named.test(plain) || plain.includes('--no-override')) return undefined;
  if (ofShell.test(text) || apartAtOperators(text).length > 1) return undefined;
  const command = manager.program(plain.replace(named, '$1env-cmd --no-override'));
  return variables === '' ? command : `env ${variables}${command}`;
}
