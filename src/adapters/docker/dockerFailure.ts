import { AppError } from '../../core/errors';
import { withoutSequences } from '../../core/text/terminalText';

const installUrl = 'https://docs.docker.com/get-started/get-docker/';
/** How many of the last lines an error shows. */
const shownLines = 20;

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

/** A line of a tool, and where it stood. */
export interface ToolLine {
  readonly text: string;
  readonly stream: 'stdout' | 'stderr';
}

/** @param lines what the tool printed, the last ones at least */
export function dockerFailure(what: string, exitCode: number, lines: readonly ToolLine[]): AppError {
  const said = lines.filter(({ text }) => !isAside(text));
  const last =
    said.findLast(({ text }) => text.startsWith('ERROR: ')) ??
    said.findLast(({ stream }) => stream === 'stderr') ??
    said.at(-1);
  const why = last?.text.replace(/^(ERROR|Error( response from daemon)?): /, '');
  return new AppError('failed', why ? `${what}: ${why}` : `${what} (exit code ${exitCode}).`, {
    ...(said.length > 1
      ? {
          explanation: said
            .slice(-shownLines)
            .map(({ text }) => text)
            .join('\n'),
        }
      : {}),
  });
}

/** Lines that say something, without what colours them in a terminal. */
export function linesOf(text: string): string[] {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => withoutSequences(line).trimEnd())
    .filter((line) => line.trim() !== '');
}

/** What the tools say besides. */
function isAside(line: string): boolean {
  return /^(DEPRECATED:|WARNING:|View build details:| +Install the buildx|\s+https?:)/.test(line);
}
