import type { KnownAgent } from '../../core/agents/knownAgents';
import { AppError } from '../../core/errors';
import { firstCommand } from '../../core/installationCommand';
import { exec } from './exec';
import { findExecutable } from './findExecutable';
import { installationHelp } from './installationHelp';

type Variables = Readonly<Record<string, string | undefined>>;

/** How each manager installs, before the names of the packages. */
const install = {
  'apt-get': 'sudo apt-get install',
  dnf: 'sudo dnf install',
  zypper: 'sudo zypper install',
  pacman: 'sudo pacman -S',
  apk: 'sudo apk add',
};

/**
 * Says beforehand that a sandbox will not come up, and what it takes: an agent would say so once it is started, or run without one.
 *
 * @throws missingTool with how it is installed; notConfigured where the system has no such sandbox, or forbids it
 */
export async function refuseWithoutSandbox({ name, sandbox }: KnownAgent, env: Variables): Promise<void> {
  if (!sandbox || process.platform === 'darwin') return;
  const { needs, page } = sandbox;
  if (process.platform !== 'linux')
    throw new AppError(
      'notConfigured',
      `${name} has a sandbox on Linux and macOS: on Windows open the repository in WSL 2.`,
    );
  const found = await Promise.all(needs.map(([program]) => findExecutable(program, env)));
  const missing = needs.filter((_, index) => found[index] === undefined).map(([, packageName]) => packageName);
  if (missing.length > 0) {
    const commands = Object.fromEntries(
      Object.entries(install).map(([manager, words]) => [manager, `${words} ${missing.join(' ')}`]),
    );
    const commandOf = (present: readonly string[]) => firstCommand(commands, 'linux', present);
    const all = missing.join(' and ');
    const { text, remedy } = await installationHelp({ name: all, page, commandOf }, env);
    throw new AppError('missingTool', `The sandbox of ${name} needs ${all}, not found on the PATH.`, {
      explanation: text,
      remedy,
    });
  }
  // It may be there and may not make namespaces: Ubuntu forbids that to programs that have no profile, containers mostly, too.
  const [bubblewrap = ''] = found;
  const argv = ['--unshare-net', '--unshare-pid', '--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', 'true'];
  const request = { file: bubblewrap, argv, cwd: '/', env, timeoutMs: 10_000, maxOutputBytes: 8 * 1024 };
  const { exitCode, stderr } = await exec(request);
  if (exitCode === 0) return;
  throw new AppError('notConfigured', `The sandbox of ${name} does not come up here: ${stderr.trim()}`, {
    explanation: `What a system has to allow: ${page}`,
    remedy: { title: 'How to Set It Up', action: { kind: 'openUrl', url: page } },
  });
}
