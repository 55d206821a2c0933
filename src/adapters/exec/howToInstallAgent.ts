import type { KnownAgent } from '../../core/agents/knownAgents';
import { findExecutable } from './findExecutable';
import type { InstallationHelp } from './installationHelp';

/** How an agent that is missing comes onto this machine. Never rejects. */
export async function howToInstallAgent(
  { name, package: id, page }: KnownAgent,
  env: Readonly<Record<string, string | undefined>>,
): Promise<InstallationHelp> {
  const title = `Install ${name}`;
  if ((await findExecutable('npm', env)) === undefined)
    return {
      text: `How to install it: ${page}`,
      remedy: { title: `How to ${title}`, action: { kind: 'openUrl', url: page } },
    };
  const command = `npm install --global ${id}`;
  return {
    text: `To install it: ${command}, or see ${page}`,
    remedy: { title, action: { kind: 'typeCommand', command } },
  };
}
