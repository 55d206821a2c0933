import type { UsedToolName } from '../../core/usedTool';
import type { LeftOut } from './shared/candidate';

/** A coppice.yaml that a repository's own files suggest. */
export interface Proposal {
  /** The whole file. */
  readonly text: string;
  /** Each service with how it is known. */
  readonly services: readonly {
    readonly name: string;
    readonly folder: string;
    readonly kind: string;
    readonly runs: string | undefined;
  }[];
  readonly database: string | undefined;
  /** What is used, by its name. */
  readonly uses: readonly { readonly name: string; readonly tool: UsedToolName }[];
  /** What was guessed: also a comment at its place in the file. */
  readonly guesses: readonly { readonly path: string; readonly text: string }[];
  /** What the repository says and the file does not: also told at the file's end. Complete for each file that was read. */
  readonly leftOut: readonly LeftOut[];
  /** What a person may decide otherwise; at most two. */
  readonly questions: readonly ProposalQuestion[];
  /** false: nothing says how this repository is run, and the text is an example to be filled in. */
  readonly isKnown: boolean;
}

export type ProposalQuestion =
  | { readonly kind: 'services'; readonly services: readonly { readonly name: string; readonly what: string }[] }
  | { readonly kind: 'database'; readonly because: string };

/** What a person decided; undefined: the guess counts. */
export interface ProposalChoices {
  readonly services?: readonly string[];
  readonly database?: boolean;
}
