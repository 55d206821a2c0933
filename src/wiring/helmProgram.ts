import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { carriedTools } from './carriedTools';
import type { Machine } from './wireMachine';

/** Helm where no setting names one: what the caller or the package brings, or a clone has; else that on the PATH. */
export async function helmProgram({ root, home, env }: Pick<Machine, 'root' | 'home' | 'env'>): Promise<string> {
  const { carriedProgram } = await import('../adapters/exec/carriedProgram');
  const carried = await carriedProgram(carriedTools(root).helm, join(home, 'tools'));
  const ofClone = join(root, 'scripts', 'helm', 'node_modules', 'kubernetes-tools', 'helm');
  return (
    env['COPPICE_HELM_PATH'] || (carried ?? (process.platform === 'linux' && existsSync(ofClone) ? ofClone : 'helm'))
  );
}
