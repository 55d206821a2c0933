import { AppError } from '../../core/errors';

const installUrl = 'https://docs.docker.com/get-started/get-docker/';
/** So many of the last lines are told. */
const told = 20;

export function missingDocker(cause: unknown): AppError {
  return new AppError(
    'missingTool',
    `Docker was not found: it builds the images of services. Install it: ${installUrl}`,
    {
      explanation: 'Where images are built elsewhere, name them in coppice.yaml: "image" instead of "build".',
      remedy: { title: 'How to Install Docker', action: { kind: 'openUrl', url: installUrl } },
      cause,
    },
  );
}

export function dockerAway(stderr: string): AppError {
  const [line] = linesOf(stderr);
  return new AppError('unreachable', `Docker does not answer: start it, and try again.${line ? ` (${line})` : ''}`, {
    explanation: `Docker Desktop, or the Docker Engine: ${installUrl}`,
    remedy: { title: 'Try Again', action: { kind: 'retry' } },
  });
}

/** @param lines what the tool printed, the last lines at least */
export function dockerFailure(what: string, exitCode: number, lines: readonly string[]): AppError {
  const said = lines.filter((line) => !isAside(line));
  const last = said.findLast((line) => /^(ERROR|Error)\b/.test(line)) ?? said.at(-1);
  const why = last?.replace(/^(ERROR|Error( response from daemon)?): /, '');
  return new AppError('failed', why ? `${what}: ${why}` : `${what} (exit code ${exitCode}).`, {
    ...(said.length > 1 ? { explanation: said.slice(-told).join('\n') } : {}),
  });
}

export function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .filter((line) => line.trim() !== '');
}

/** What the tools say besides. */
function isAside(line: string): boolean {
  return /^(DEPRECATED:|WARNING:|View build details:| +Install the buildx|\s+https?:)/.test(line);
}
