import { parse } from 'yaml';
import { proposeFor } from './proposeFor';

interface Made {
  readonly services: Readonly<Record<string, Record<string, unknown>>>;
  readonly database?: Record<string, unknown>;
  readonly uses?: Readonly<Record<string, string>>;
}

/** What "coppice init" makes of a compose file, in a repository in memory. */
export async function importedCompose(
  compose: string,
  files: Readonly<Record<string, string>> = {},
  ignored: readonly string[] = [],
  untracked: readonly string[] = [],
) {
  const proposal = await proposeFor({ 'compose.yaml': compose, ...files }, { ignored, untracked });
  const file: Made = parse(proposal.text);
  return { ...file, text: proposal.text, left: proposal.leftOut.map(({ path, reason }) => `${path}: ${reason}`) };
}
