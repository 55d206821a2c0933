/** Settings that a person looks for together: a section of the settings page. */
export interface SettingGroup {
  /** The interface of its settings in the code, such as `WorktreeSettings`. */
  readonly type: string;
  readonly title: string;
  /** What a person may type who looks for one of these, besides the words of its key and its description. */
  readonly keywords: readonly string[];
  readonly rows: readonly SettingRow[];
}

/**
 * A setting: `coppice.<key>` in VS Code, and a variable for the CLI (`create.readyTimeout` is COPPICE_CREATE_READY_TIMEOUT).
 * `npm run manifest` writes what VS Code and the code must know of it. The settings page has the order of the rows.
 */
export type SettingRow = CommonRow & (TextRow | IntegerRow | BooleanRow | ListRow);

interface CommonRow {
  readonly key: string;
  /**
   * Markdown, one sentence at least. What an empty value means belongs here. It is the documentation of the setting in the code
   * as well.
   */
  readonly description: string;
  /**
   * `machine` unless it is said: a setting that names a program, a folder or a server is nothing that a repository can set.
   * `machine-overridable` can be set for a workspace; in one that is not trusted the value of the machine counts.
   */
  readonly scope?: 'machine-overridable';
  /** The option of the CLI that says it for one run, with what its help says of it. */
  readonly flag?: readonly [flags: string, help: string];
}

interface TextRow {
  readonly type: 'string';
  readonly default: string;
  /** A regular expression that the settings page checks. */
  readonly pattern?: string;
  readonly minLength?: number;
  /** All that it can be. */
  readonly enum?: readonly string[];
  /** Of each of those, in the same order: one sentence. */
  readonly enumDescriptions?: readonly string[];
}

interface IntegerRow {
  readonly type: 'integer';
  readonly default: number;
  /** Whoever uses the value can rely on both: the terminal refuses what is outside, the editor takes what is nearest. */
  readonly minimum: number;
  readonly maximum: number;
}

interface BooleanRow {
  readonly type: 'boolean';
  readonly default: boolean;
}

/** Of texts, each once. */
interface ListRow {
  readonly type: 'list';
  readonly default: readonly string[];
}
