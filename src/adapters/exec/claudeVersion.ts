import { homedir } from 'node:os';
import { join } from 'node:path';
import { exec } from './exec';
import { findExecutable } from './findExecutable';

type Variables = Readonly<Record<string, string | undefined>>;

/** Milliseconds. Where the program has to be read from a slow disk first it takes some seconds. */
const patienceMs = 10_000;

/**
 * Which Claude Code a session here would be: the one on the PATH, or where its own installer puts it, as an editor that was started
 * by a desktop often has another PATH than a shell. Never rejects.
 *
 * @returns as in `2.1.101`; undefined: there is none, or it does not say
 */
export async function claudeVersion(
  env: Variables,
  home = homedir(),
  timeoutMs = patienceMs,
): Promise<string | undefined> {
  try {
    const found = (await findExecutable('claude', env)) ?? (await installed(env, home));
    if (found === undefined) return undefined;
    // Not in the repository, whose settings it would read.
    const request = { file: found, argv: ['--version'], cwd: home, env, timeoutMs, maxOutputBytes: 8 * 1024 };
    const { stdout, exitCode } = await exec(request);
    return exitCode === 0 ? /^\s*v?(\d{1,9}\.\d{1,9}\.\d{1,9})(?![\w.])/.exec(stdout)?.[1] : undefined;
  } catch {
    return undefined;
  }
}

async function installed(env: Variables, home: string): Promise<string | undefined> {
  for (const folder of [join(home, '.local', 'bin'), join(home, '.claude', 'local')]) {
    const found = await findExecutable('claude', { PATHEXT: env['PATHEXT'], PATH: folder });
    if (found !== undefined) return found;
  }
  return undefined;
}
