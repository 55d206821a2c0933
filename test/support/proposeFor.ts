import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { parse } from 'yaml';
import { LibraryYamlTexts } from '../../src/adapters/environmentFile/libraryYamlTexts';
import { proposeEnvironmentFile } from '../../src/app/init/proposeEnvironmentFile';
import type { Proposal, ProposalChoices } from '../../src/app/init/proposal';
import { FakeRepositoryFiles } from './fakes/fakeRepositoryFiles';

const run = { signal: new AbortController().signal, report: () => undefined };

/** What "coppice init" makes of a repository in memory. */
export function proposeFor(
  texts: Readonly<Record<string, string>>,
  {
    ignored = [],
    untracked = [],
    choices,
  }: {
    readonly ignored?: readonly string[];
    readonly untracked?: readonly string[];
    readonly choices?: ProposalChoices;
  } = {},
): Promise<Proposal> {
  const ports = { files: new FakeRepositoryFiles(texts, ignored, untracked), yaml: new LibraryYamlTexts() };
  return proposeEnvironmentFile(ports)(
    { folder: '/repositories/shop', ...(choices === undefined ? {} : { choices }) },
    run,
  );
}

/** A coppice.yaml that was proposed, as it is read. */
export interface Written {
  readonly setup?: readonly unknown[];
  readonly services: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly database?: Readonly<Record<string, unknown>>;
}

/** The same, as the coppice.yaml that it writes. */
export async function written(files: Readonly<Record<string, string>>): Promise<Written> {
  return parse((await proposeFor(files)).text) as Written;
}

/** A folder's files, by their paths in it. `.kept` stands after names that tools of our own would take for theirs. */
export function filesIn(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [
        path
          .slice(folder.length + 1)
          .split(sep)
          .join('/'),
        readFileSync(path, 'utf8'),
      ];
    }),
  );
}
