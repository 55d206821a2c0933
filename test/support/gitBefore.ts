import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { GitRepository } from './gitRepository';

/**
 * A script that stands before git, for what another version of it would say or do.
 *
 * @param cases of the script's `case " $* " in`; `real` is the git that is there
 * @returns an environment whose git it is
 */
export async function gitBefore(git: GitRepository, cases: string): Promise<NodeJS.ProcessEnv> {
  const tools = join(git.folder, 'tools');
  const script = `#!/bin/sh
real() { PATH=${JSON.stringify(git.env['PATH'])} git "$@"; }
case " $* " in
${cases}
esac
real "$@"
`;
  await mkdir(tools);
  await writeFile(join(tools, 'git'), script, { mode: 0o755 });
  return { ...git.env, PATH: `${tools}${delimiter}${git.env['PATH'] ?? ''}` };
}
