import { AppError } from '../../core/errors';

/** What Helm said when it ended with a failure: the first line that says something, and the rest as explanation. */
export function helmFailure(what: string, exitCode: number, stderr: string): AppError {
  const lines = stderr
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(WARNING|W\d{4}|I\d{4}|level=(DEBUG|INFO|WARN))\b/.test(line));
  const errorAt = lines.findIndex((line) => line.startsWith('Error: '));
  const first = lines[Math.max(0, errorAt)]?.replace(/^Error: /, '');
  const rest = lines.filter((_, index) => index !== Math.max(0, errorAt));
  return new AppError(
    'failed',
    first ? `Helm could not ${what}: ${first}` : `Helm could not ${what} (exit code ${exitCode}).`,
    {
      ...(rest.length === 0 ? {} : { explanation: rest.join('\n') }),
    },
  );
}

export function missingHelm(helmPath: string, cause: unknown): AppError {
  return new AppError(
    'missingTool',
    `Helm was not found (${JSON.stringify(helmPath)}): install Helm 3.8 or newer, or say where it is.`,
    {
      explanation:
        'How to install it: https://helm.sh/docs/intro/install/. Where it is: the setting coppice.helm.path.',
      remedy: { title: 'Open Settings', action: { kind: 'openSettings', setting: 'coppice.helm.path' } },
      cause,
    },
  );
}

export function oldHelm(helmPath: string, version: string): AppError {
  return new AppError('missingTool', `Helm 3.8 or newer is needed; ${JSON.stringify(helmPath)} is ${version}.`, {
    explanation: 'How to install it: https://helm.sh/docs/intro/install/. Where it is: the setting coppice.helm.path.',
    remedy: { title: 'Open Settings', action: { kind: 'openSettings', setting: 'coppice.helm.path' } },
  });
}
