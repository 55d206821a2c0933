import { installationCommand, packageWithTools, type InstallableTool } from '../../core/installationCommand';
import { installationHelp, type InstallationHelp } from './installationHelp';

const pages: Readonly<Record<InstallableTool, { readonly name: string; readonly page: string }>> = {
  helm: { name: 'Helm', page: 'https://helm.sh/docs/intro/install/' },
  postgres: { name: 'PostgreSQL', page: 'https://www.postgresql.org/download/' },
};

/** How a tool that is missing comes onto this machine: a sentence, and the button for it. Never rejects. */
export async function howToInstall(
  tool: InstallableTool,
  env: Readonly<Record<string, string | undefined>>,
): Promise<InstallationHelp> {
  const target = packageWithTools(process.platform, process.arch);
  const commandOf = (present: readonly string[]): string | undefined =>
    installationCommand(tool, process.platform, present);
  const otherwise = target === undefined ? '' : `, or install Coppice's package for ${target}, which brings it`;
  return installationHelp({ ...pages[tool], commandOf, otherwise }, env);
}
