import { execFile } from 'node:child_process';

export {
  hasKubernetesTools,
  hasScriptRunners,
  helms,
  kubectls,
  kubernetesToolsObtained,
  scriptRunners,
} from '../../scripts/workplace/kubernetesTools.mjs';

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs one of the tools to its end. Never rejects. */
export function runTool(path: string, argv: readonly string[], env: NodeJS.ProcessEnv, cwd?: string): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(path, argv, { env, ...(cwd === undefined ? {} : { cwd }) }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
    });
  });
}
