import ignore, { type Ignore } from 'ignore';
import type { WantedFiles } from '../../../core/ports/worktreeFiles';

/** What is asked for of ignored files, as patterns. */
export interface WantedPatterns {
  /** By name: what the environment file says. */
  readonly named: Ignore;
  /** By a list that others read as well, and that may mean more than what is a person's own. */
  readonly listed: Ignore;
  /** Of the paths and globs that are anchored at the root: the parts before the first wildcard. */
  readonly literals: readonly string[];
  readonly isEmpty: boolean;
}

/** Paths and globs of a repository's root become what gitignore calls them, so that one reading serves all. */
export function wantedPatterns({ copy, include, globs }: WantedFiles): WantedPatterns {
  const options = { ignorecase: false };
  const anchored = copy.flatMap(alternatives);
  const ofEditor = globs.flatMap(alternatives);
  // As git reads its own such files.
  const text = (include ?? '').replace(/^\uFEFF/, '');
  return {
    named: ignore(options).add(anchored.map(toRule)),
    listed: ignore(options).add(text).add(ofEditor.map(toRule)),
    literals: anchored.map(literalPart),
    isEmpty: copy.length === 0 && globs.length === 0 && text.trim() === '',
  };
}

function toRule(pattern: string): string {
  return `/${pattern.replace(/^\.?\//, '').replace(/ $/, '\\ ')}`;
}

/** `a.{json,env}` in full: gitignore has no braces. */
function alternatives(pattern: string): string[] {
  const [, before = '', inner, after = ''] = /^(.*?)\{([^{}]*)\}(.*)$/s.exec(pattern) ?? [];
  if (inner === undefined) return [pattern];
  return inner.split(',').flatMap((each) => alternatives(`${before}${each}${after}`));
}

function literalPart(pattern: string): string {
  const parts = pattern.split('/');
  const first = parts.findIndex((part) => /[*?[]/.test(part));
  return parts.slice(0, first < 0 ? parts.length : first).join('/');
}
