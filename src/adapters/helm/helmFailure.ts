import { AppError, type Remedy } from '../../core/errors';

const where = 'Where it is: the setting coppice.helm.path.';
const openSetting: Remedy = {
  title: 'Open Settings',
  action: { kind: 'openSettings', setting: 'coppice.helm.path' },
};

interface HowToInstall {
  readonly text: string;
  readonly remedy: Remedy;
}

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

/** @param install how it is installed here; where a person named a path, that path is what is to be put right */
export function missingHelm(helmPath: string, install: HowToInstall, cause: unknown): AppError {
  const isNamed = /[\\/]/.test(helmPath);
  return new AppError(
    'missingTool',
    `Helm was not found (${JSON.stringify(helmPath)}): install Helm 3.8 or newer, or say where it is.`,
    {
      explanation: `${install.text}\n${where}`,
      remedy: isNamed ? openSetting : install.remedy,
      cause,
    },
  );
}

export function oldHelm(helmPath: string, version: string, install: HowToInstall): AppError {
  return new AppError('missingTool', `Helm 3.8 or newer is needed; ${JSON.stringify(helmPath)} is ${version}.`, {
    explanation: `${install.text}\n${where}`,
    remedy: openSetting,
  });
}
