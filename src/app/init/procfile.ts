import type { Candidate } from './shared/candidate';
import { shellCommand } from './shared/shellCommand';

type Command = NonNullable<Candidate['command']>;

/**
 * The processes that a Procfile names.
 *
 * @param inProject a command as it is run where its program is one of the project's dependencies
 */
export function procfileServices(
  text: string,
  inProject: (command: Command) => Command = (command) => command,
): {
  readonly services: readonly Candidate[];
  readonly release: string | undefined;
} {
  const lines = text.split('\n').flatMap((line): [string, string][] => {
    const [, name, command] = /^([A-Za-z0-9_-]+):\s*(\S.*)$/.exec(line.trimEnd()) ?? [];
    return name === undefined || command === undefined ? [] : [[name, command]];
  });
  const services = lines
    .filter(([name]) => name !== 'release')
    .map(([name, command]): Candidate => {
      const isWeb = name === 'web';
      return {
        name: name.toLowerCase().replaceAll('_', '-'),
        folder: '.',
        role: isWeb ? 'web' : 'worker',
        kind: 'a process of the Procfile',
        command: inProject(shellCommand(forDevelopment(command))),
        ...(isWeb ? { port: 3000 } : {}),
        // It ends with its input.
        ...(command.includes('tailwindcss') || isWatched(command) ? { stdin: true } : {}),
      };
    });
  return { services, release: lines.find(([name]) => name === 'release')?.[1] };
}

/** A Procfile is written for a host of production: what says so before a command is not meant for a worktree. */
function forDevelopment(command: string): string {
  return command.replace(
    /^((?:[A-Za-z_]\w*=[^\s"'$`]* +)*?)(?:(?:MIX|RAILS|RACK|NODE|APP|FLASK|DJANGO|GO|BUN)_ENV=prod(?:uction)? +)+/,
    '$1',
  );
}

function isWatched(command: string): boolean {
  const at = command.indexOf('esbuild');
  return at >= 0 && command.includes('--watch', at);
}
