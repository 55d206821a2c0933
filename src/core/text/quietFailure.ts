import { tellingLine } from '@coppice/host/tellingLine';

interface QuietTool {
  /** Finds it in a command, or in what a runner of scripts prints of it. */
  readonly program: RegExp;
  /** What it says when it has done what it was asked to. */
  readonly done: RegExp;
}

/** Tools that end with exit code 0 when they have failed, and print the error. */
const quietTools: readonly QuietTool[] = [
  // drizzle-kit up to 0.31: no statement after the one that failed is run.
  { program: /\bdrizzle-kit(?:@\S+)? push\b/, done: /Changes applied|No changes detected/ },
];

/**
 * What went wrong in a program that ended with exit code 0 all the same; undefined: nothing that it is known to hide.
 *
 * @param command with its arguments
 * @param output its last lines
 */
export function quietFailure(command: string, output: string): string | undefined {
  const tool = quietTools.find(({ program }) => program.test(`${command}\n${output}`));
  if (!tool || tool.done.test(output)) return undefined;
  const said = tellingLine(output);
  // It may say nothing of either in another version, or change its words: only an error is one.
  return said !== undefined && /^[\w$.]*error\b/i.test(said) ? said : undefined;
}
