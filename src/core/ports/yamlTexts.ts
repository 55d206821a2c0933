import type { PlainValue, ProposedFile } from '../proposedFile';

/** YAML that others wrote, and YAML that is written for them. */
export interface YamlTexts {
  /** Variables that an environment file cannot set. */
  readonly reserved: ReadonlySet<string>;
  /**
   * One YAML document with anchors and merge keys followed. What Compose marks as `!reset` or `!override` is a mapping of that one key.
   * @throws invalidInput with the line
   */
  parse(text: string, name: string): PlainValue;
  /** The first thing in which a value differs from what the Compose Specification allows; undefined: nothing. */
  composeProblem(value: PlainValue): string | undefined;
  /** The text of an environment file. */
  render(file: ProposedFile): string;
}
