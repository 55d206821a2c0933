import { AppError } from '../../core/errors';
import { parseLogLine } from './parseLogLine';

export const k3dPage = 'https://k3d.io/stable/#installation';
export const dockerPage = 'https://docs.docker.com/get-started/get-docker/';
/** The first that reads the config's version. */
export const oldestK3d = '5.5.0';

/** What k3d said when it ended with a failure: its first error, and all that it said as explanation. */
export function k3dFailure(what: string, exitCode: number, output: string): AppError {
  const lines = output.split(/\r?\n/).filter((line) => line.trim() !== '');
  const said = lines.map((line) => parseLogLine(line) ?? { level: 'info', message: line.trim() });
  const first = said.find(({ level }) => level === 'error' || level === 'fatal');
  const reason = (first?.message ?? said.at(-1)?.message ?? '').split('\n', 1)[0] ?? '';
  return new AppError(
    'failed',
    reason === '' ? `k3d could not ${what} (exit code ${exitCode}).` : `k3d could not ${what}: ${reason}`,
    said.length > 1 ? { explanation: said.map(({ message }) => message).join('\n') } : {},
  );
}

export function missingK3d(cause: unknown): AppError {
  return new AppError('missingTool', 'k3d was not found on the PATH: install it, and try again.', {
    explanation: `How to install it: ${k3dPage}`,
    remedy: { title: 'Install k3d', action: { kind: 'openUrl', url: k3dPage } },
    cause,
  });
}

export function oldK3d(version: string): AppError {
  return new AppError('missingTool', `k3d ${oldestK3d} or newer is needed; the one on the PATH is ${version}.`, {
    explanation: `How to install it: ${k3dPage}`,
    remedy: { title: 'Install k3d', action: { kind: 'openUrl', url: k3dPage } },
  });
}

export function k3dNeedsDocker(cause: unknown): AppError {
  return new AppError('missingTool', 'Docker was not found on the PATH: k3d makes its nodes with it.', {
    explanation: `How to install it: ${dockerPage}`,
    remedy: { title: 'Install Docker', action: { kind: 'openUrl', url: dockerPage } },
    cause,
  });
}

/** @param said what the docker program printed */
export function k3dNeedsDockerUp(said: string): AppError {
  return new AppError(
    'unreachable',
    'Docker does not answer: start it (Docker Desktop, or its service), and try again.',
    {
      explanation: said.trim(),
      remedy: { title: 'Retry', action: { kind: 'retry' } },
    },
  );
}
