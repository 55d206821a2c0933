import type { MarkView } from './protocol';

/** `isOther`: it happened to the environment that the page's own is compared with, whose name the text begins with. */
export interface OwnedMark extends MarkView {
  readonly isOther?: boolean;
}

/** Oldest first. */
export function inOrder<M extends MarkView>(...all: readonly (readonly M[])[]): readonly M[] {
  return all.flat().sort((one, two) => one.at - two.at);
}

/** What happened to both, oldest first. */
export function marksOfBoth(own: readonly MarkView[], other: readonly MarkView[], name: string): readonly OwnedMark[] {
  const others = other.map((mark) => ({ ...mark, text: `${name}: ${mark.text}`, isOther: true }));
  return inOrder<OwnedMark>(own, others);
}
