/** How long a program may run and still be taken for one that ended because there was nothing to read. Milliseconds. */
const startMs = 10_000;

/** Programs that end when their input does, and what keeps them. They are found in commands, and in what runners print of commands. */
const kinds: readonly (readonly [program: RegExp, keeps: string])[] = [
  [
    /\besbuild\b.*\s--(?:watch|serve)(?!=forever)(?:[\s=]|$)/,
    'esbuild goes on with --watch=forever, or with stdin: true',
  ],
  [
    /\b(?:tailwindcss|@tailwindcss\/cli)\b.*\s(?:--watch|-w)(?!=always)(?:\s|$)/,
    'tailwindcss goes on with --watch=always, or with stdin: true',
  ],
  [/\brollup\b.*\s(?:--watch|-w|-\w*w)(?:\s|$)/, 'rollup goes on with stdin: true'],
  [
    /\bwebpack\b.*\s--watch-options-stdin(?:\s|$)/,
    'webpack goes on without --watch-options-stdin, or with stdin: true',
  ],
  [/^(?:\S*\/)?(?:sh|bash|zsh|dash|node|python3?|irb|psql|cat)$/, 'it does what its input says: give it arguments'],
];

/**
 * Why a program ended well as soon as it was started, where that is known: services have no input, and some programs end with
 * theirs. undefined: not known.
 *
 * @param lines of its output: `npm run x` prints there what it runs
 */
export function endedInput(command: readonly string[], lines: readonly string[], ranMs: number): string | undefined {
  if (ranMs > startMs) return undefined;
  const commands = [command.join(' '), ...lines.flatMap((line) => /^[>$] (.*)$/.exec(line.trim())?.[1] ?? [])];
  const found = kinds.find(([program]) => commands.some((one) => program.test(one)));
  return found && `its input is closed, and it ends with that; ${found[1]}`;
}
