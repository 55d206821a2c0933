const maxLength = 400;

/** What programs say around the reason: runners of other programs, how a trace goes on, where to read more. */
const aside = new RegExp(
  [
    // Runners and watchers: they say that what they ran has failed, which is known.
    '^npm (?:error|ERR!)(?: |$)',
    '^\\[?(?:ELIFECYCLE|ERR_PNPM_RECURSIVE\\w*)\\]?\\b',
    '^error Command failed\\b',
    '^info Visit https://yarnpkg',
    '^error: script ".*" exited with code',
    '^g?make(?:\\[\\d+\\])?: \\*\\*\\*',
    '^exit status \\d+$',
    '^(?:ERROR +)?run failed: command\\b',
    '^\\[nodemon\\]',
    "^(?:Failed running|Completed running|Restarting) '",
    '^(?:Error: )?Command failed with exit code \\d+',
    '^Command exited with\\b',
    // How MySQL and MariaDB end once they have said why.
    '\\[ERROR\\](?: \\[MY-\\d+\\] \\[Server\\])? Aborting$',
    // Versions, places and values that follow an error.
    '^(?:Node\\.js|Bun|Deno) v?\\d',
    '^at \\S',
    '^\\.{3} \\d+ (?:lines|more)\\b',
    '^[{}()[\\]^~,;]+$',
    '^(?:LINE \\d+|HINT|CONTEXT|DETAIL|QUERY|STATEMENT|LOCATION|NOTICE):',
    '^ROLLBACK$',
    '^goroutine \\d+ ',
    '^Tasks: TOP =>',
    '^\\(See full trace\\b',
    '^\\(Background on this error\\b',
    '^\\(Use `node --trace',
    '^Traceback \\(most recent call last\\):',
    '^[\\w/]+ aborted!$',
    'all later migrations canceled:',
  ].join('|'),
);

/** A line that begins by saying that it is an error, in the ways of most languages and tools. */
const telling = new RegExp(
  [
    // psql:seed.sql:2: ERROR:  …; ERROR: …; fatal: …; error[E0308]: …; panic: …; 2026-01-02 03:04:05 [ERROR] …
    '^(?:\\S+:\\d+: )?(?:\\[?\\d[\\d:.,TZ/+ -]*\\]? )?\\[?(?:ERROR|FATAL|CRITICAL|PANIC)\\]?(?::|\\s|$)',
    '^(?:fatal error|fatal|error(?:\\[\\w+\\])?|panic|critical):',
    // psql: error: …; git: fatal: …
    '^[\\w./-]+: (?:fatal error|fatal|error):',
    // TypeError: …; Error [CODE]: …; django.db.utils.ProgrammingError: …; PG::UndefinedTable: …
    '^(?:Uncaught |Unhandled |Exception in thread "[^"]*" )?(?:[\\w$]+(?:\\.|::|\\\\))*[\\w$]*(?:Error|Exception|UnhandledPromiseRejection)(?: \\[[\\w.-]+\\])?(?::|$| \\()',
    '^(?:[\\w$]+(?:\\.|::))+[A-Z]\\w*: ',
    '^(?:level|lvl)=(?:error|fatal|panic)\\b',
    '^\\{.*"(?:level|severity)":\\s*"?(?:error|fatal|critical|50|60)\\b',
  ].join('|'),
);

/** Says that there is an error, and not which: a name or a code alone. */
const empty = /^[\w.$:\\[\] -]*(?:Error|Exception|ERROR|FATAL|error)(?: \[[\w.-]+\])?:?\s*(?:[A-Z]+\d+)?$/;

/**
 * The line of a failed program's output that says what went wrong. Where it ended by an error that nothing caught, that one;
 * else the first that calls itself an error, as what follows is often its consequence; else the last that says anything.
 *
 * @param prefer 'last' for what ran for long: errors that it went on after come first there
 * @returns undefined when it said nothing; at most some hundred characters
 */
export function tellingLine(output: string | undefined, prefer: 'first' | 'last' = 'first'): string | undefined {
  const all = toLines(output ?? '');
  const lines = uncaught(all) ?? all;
  const errors = lines.filter(tellsError);
  const found =
    (prefer === 'first' ? errors[0] : errors.at(-1)) ??
    all.findLast((line) => !aside.test(line)) ??
    runnersReason(all) ??
    all.at(-1);
  return found && shortened(withNext(found, all) + causeIn(lines === all ? [] : lines));
}

/** Whether a line of a program's output begins by saying that it is an error, and which. */
export function tellsError(line: string): boolean {
  return telling.test(line) && !aside.test(line) && !empty.test(line);
}

/** ECMA-48: what colours the text, and what moves in it. */
const colour = /\u001b\[[0-9;]*m/g;
const movement = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\))/g;

function toLines(output: string): string[] {
  const lines = output.replace(colour, '').replace(movement, '\r').split('\n');
  // What comes after a carriage return was written over what came before.
  return lines.flatMap((line) => {
    const parts = line.split('\r').map((part) => part.trim());
    return parts.filter((part) => part !== '').slice(-1);
  });
}

/** What was printed from the error on that ended the program, where Node.js or Python say so. */
function uncaught(lines: readonly string[]): readonly string[] | undefined {
  const end = lines.findLastIndex((line) => /^Node\.js v\d/.test(line));
  if (end >= 0) {
    const mark = lines.slice(0, end).findLastIndex((line) => line === '^');
    return mark < 0 ? undefined : lines.slice(mark + 1, end);
  }
  const trace = lines.findLastIndex((line) => line === 'Traceback (most recent call last):');
  return trace < 0 ? undefined : lines.slice(trace + 1);
}

/** npm and pnpm say themselves what is wrong when it is nothing of what they ran. */
function runnersReason(lines: readonly string[]): string | undefined {
  return lines.find((line) =>
    /^npm (?:error|ERR!) +(?!(?:code|errno|syscall|path|command|signal|workspace|location|Lifecycle|A complete log)\b)\S/.test(
      line,
    ),
  );
}

/** `Error: Command failed:` says it in the line below. */
function withNext(line: string, lines: readonly string[]): string {
  if (!line.endsWith(':')) return line;
  const next = lines[lines.indexOf(line) + 1];
  return next === undefined || aside.test(next) ? line : `${line} ${next}`;
}

/** Node.js prints the innermost reason below the error that it led to: `TypeError: fetch failed` alone says little. */
function causeIn(lines: readonly string[]): string {
  const causes = lines.map(
    (line) => /^(?:\[cause\]|cause): ([\w$.]*(?:Error|error)\b.*?:.*?)(?: \{)?$/.exec(line)?.[1],
  );
  const cause = causes.findLast((each) => each !== undefined);
  return cause === undefined ? '' : ` (${cause})`;
}

function shortened(line: string): string {
  const rejected = /^\[?UnhandledPromiseRejection: .*rejected with the reason "(.*)"\.?\]?/.exec(line)?.[1];
  const text = rejected === undefined ? line : `UnhandledPromiseRejection: ${rejected}`;
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
}
