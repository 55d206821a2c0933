import * as vscode from 'vscode';
import type { Branch } from '../../core/ports/worktrees';
import { PlanPreview } from './planPreview';
import { accepted, baseChoices, branchChoices, type BranchChoice, type Choice } from './branchChoices';

/** What to make a worktree of. */
export interface BranchTarget {
  readonly kind: 'branch';
  readonly branch: string;
  readonly base?: string;
  readonly database?: DatabaseSource;
}

/** undefined when the person turned away. */
export type BranchAnswer = BranchTarget | { readonly kind: 'open'; readonly path: string };

/** A worktree whose database the new one gets a copy of. */
export interface DatabaseSource {
  readonly name: string;
  readonly path: string;
}

export interface BranchQuestion {
  readonly title: string;
  readonly branches: Promise<readonly Branch[]>;
  /** What a new branch starts from unless the person chooses another. */
  readonly base: string;
  /** Tells in one line what an answer would make; rejects with why it cannot be. */
  readonly preview: (answer: BranchTarget, signal: AbortSignal) => Promise<string>;
  /**
   * Has a button that asks whose database is to be copied; undefined: there is none but the template's.
   *
   * @param chosen until now, which `template` takes back @returns undefined when the person turned away
   */
  readonly askDatabase?:
    ((chosen: DatabaseSource | undefined) => Promise<DatabaseSource | 'template' | undefined>) | undefined;
}

/** @throws what listing the branches throws */
export async function askBranch(question: BranchQuestion): Promise<BranchAnswer | undefined> {
  const { title, branches, base, askDatabase } = question;
  let typed = '';
  let database: DatabaseSource | undefined;
  const withDatabase = (target: BranchTarget): BranchTarget => ({ ...target, ...(database ? { database } : {}) });
  const preview = (target: BranchTarget, signal: AbortSignal) => question.preview(withDatabase(target), signal);
  for (;;) {
    const picked = await ask<BranchChoice>({
      title,
      placeholder: `Type the name of a new branch, or choose one that exists${database ? `; its database is a copy of that of ${database.name}` : ''}`,
      typed,
      branches,
      choices: (known, text) => branchChoices(known, text, base),
      isAnswer: (choice) => choice.kind !== 'problem' && !(choice.kind === 'open' && database),
      preview: async (choice, signal) => {
        // The row may be too narrow for it.
        if (choice.kind === 'problem') return choice.message;
        if (choice.kind === 'open' && database) return keepsDatabase;
        const answer = toAnswer(choice);
        return answer?.kind === 'branch' ? preview(answer, signal) : undefined;
      },
      ...(askDatabase ? { button: databaseButton(database) } : {}),
    });
    if (!picked) return undefined;
    typed = picked.typed;
    if ('pressed' in picked) {
      const source = (await askDatabase?.(database)) ?? database;
      database = source === 'template' ? undefined : source;
      continue;
    }
    const { choice } = picked;
    if (choice.kind !== 'newFromOther') {
      const answer = toAnswer(choice);
      return answer?.kind === 'branch' ? withDatabase(answer) : answer;
    }
    const other = await ask<string>({
      title: `${title}: Base of '${choice.branch}'`,
      placeholder: 'Choose what the new branch starts from, or type a tag or a commit',
      typed: '',
      branches,
      choices: (known, text) => baseChoices(known, text, base),
      isAnswer: () => true,
      preview: (other, signal) => preview({ kind: 'branch', branch: choice.branch, base: other }, signal),
      button: vscode.QuickInputButtons.Back,
    });
    if (!other) return undefined;
    if (!('pressed' in other)) return withDatabase({ kind: 'branch', branch: choice.branch, base: other.choice });
  }
}

function toAnswer(choice: BranchChoice): BranchAnswer | undefined {
  switch (choice.kind) {
    case 'open':
      return choice;
    case 'existing':
      return { kind: 'branch', branch: choice.branch };
    case 'new':
      return { kind: 'branch', branch: choice.branch, base: choice.base };
    case 'newFromOther':
    case 'problem':
      return undefined;
  }
}

/** Why a worktree that exists is not opened where a database was chosen, which it would not get. */
const keepsDatabase =
  'This worktree exists and keeps its own database. To open it, press the database button and choose Template.';

/** Named as a screen reader reads it. */
function databaseButton(chosen: DatabaseSource | undefined): vscode.QuickInputButton {
  const tooltip = chosen ? 'Copy Another Database, or the Template…' : 'Copy the Database of Another Worktree…';
  return { iconPath: new vscode.ThemeIcon('database'), tooltip };
}

interface Question<What> {
  readonly title: string;
  readonly placeholder: string;
  readonly typed: string;
  readonly branches: Promise<readonly Branch[]>;
  readonly choices: (branches: readonly Branch[], typed: string) => Choice<What>[];
  readonly isAnswer: (choice: What) => boolean;
  readonly preview: (choice: What, signal: AbortSignal) => Promise<string | undefined>;
  /** Answers as well, with what was typed until then. */
  readonly button?: vscode.QuickInputButton;
}

type Answer<What> =
  { readonly typed: string; readonly choice: What } | { readonly typed: string; readonly pressed: true };

async function ask<What>(question: Question<What>): Promise<Answer<What> | undefined> {
  const pick = vscode.window.createQuickPick<vscode.QuickPickItem & Choice<What>>();
  let resolve!: (answer: Answer<What> | undefined) => void;
  let reject!: (reason: unknown) => void;
  const answered = new Promise<Answer<What> | undefined>((onAnswer, onFailure) => {
    resolve = onAnswer;
    reject = onFailure;
  });
  let branches: readonly Branch[] | undefined;
  let acceptsWhenKnown = false;

  const preview = new PlanPreview(question.preview, (text) => (pick.prompt = text));

  const update = (): void => {
    if (!branches) return;
    // The rows are filtered here and not by the editor, which would sort a new branch behind whatever resembles it.
    const items = question.choices(branches, pick.value).map((choice) => ({
      ...choice,
      iconPath: new vscode.ThemeIcon(choice.icon),
      alwaysShow: true,
    }));
    pick.items = items;
    pick.activeItems = items.slice(0, 1);
  };
  const accept = (): void => {
    if (!branches) {
      acceptsWhenKnown = true;
      return;
    }
    const choice = accepted(pick.selectedItems[0], pick.value, question.choices(branches, pick.value))?.choice;
    if (choice !== undefined && question.isAnswer(choice)) resolve({ typed: pick.value, choice });
  };

  pick.title = question.title;
  pick.placeholder = question.placeholder;
  pick.value = question.typed;
  pick.ignoreFocusOut = true;
  // Long there, though not public: without it the active row is the same, only further down.
  Reflect.set(pick, 'sortByLabel', false);
  pick.busy = true;
  if (question.button) pick.buttons = [question.button];
  pick.onDidChangeValue(update);
  pick.onDidChangeActive(([active]) => preview.of(active?.choice));
  pick.onDidAccept(accept);
  pick.onDidTriggerButton(() => resolve({ typed: pick.value, pressed: true }));
  pick.onDidHide(() => resolve(undefined));
  pick.show();
  question.branches.then((known) => {
    branches = known;
    pick.busy = false;
    update();
    if (acceptsWhenKnown) accept();
  }, reject);
  try {
    return await answered;
  } finally {
    preview.dispose();
    pick.dispose();
  }
}
