import { firstCommand } from '../../core/installationCommand';
import type { UsedToolName } from '../../core/usedTool';
import { usedTools } from '../../core/uses/usedTools';
import { installationHelp, type InstallationHelp } from '../exec/installationHelp';

/** How a tool's program comes onto this machine: a sentence, and the button for it. Never rejects. */
export async function howToInstallUsed(
  tool: UsedToolName,
  env: Readonly<Record<string, string | undefined>>,
): Promise<InstallationHelp> {
  const { title, installation } = usedTools[tool];
  const commandOf = (present: readonly string[]): string | undefined =>
    firstCommand(installation.commands, process.platform, present);
  return installationHelp({ name: title, page: installation.page, commandOf }, env);
}
