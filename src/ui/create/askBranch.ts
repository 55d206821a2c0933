import * as vscode from 'vscode';
import type { Branch } from '../../core/ports/worktrees';
import { PlanPreview } from './planPreview';
import { accepted, baseChoices, branchChoices, type BranchChoice, type Choice } from './branchChoices';

/** What to make a worktree of; undefined when the person turned away. */
export type BranchAnswer =
  | { readonly kind: 'branch'; readonly branch: string; readonly base?: string }
  | { readonly kind: 'open'; readonly path: string };

export interface BranchQuestion {
  readonly title: string;
  readonly branches: Promise<readonly Branch[]>;
  /** What a new branch starts from unless the person chooses another. */
  readonly base: string;
  /** Tells in one line what an answer would make; rejects with why it cannot be. */
  readonly preview: (answer: Extract<BranchAnswer, { kind: 'branch' }>, signal: AbortSignal) => Promise<string>;
}

/** @throws what listing the branches throws */
export async function askBranch({ title, branches, base, preview }: BranchQuestion): Promise<BranchAnswer | undefined> {
  let typed = '';
  for (;;) {
    const picked: { typed: string; choice: BranchChoice } | undefined = await ask<BranchChoice>({
      title,
      placeholder: 'Type the name of a new branch, or choose one that exists',
      typed,
      branches,
      choices: (known, text) => branchChoices(known, text, base),
      isAnswer: (choice) => choice.kind !== 'problem',
      preview: async (choice, signal) => {
        // The row may be too narrow for it.
        if (choice.kind === 'problem') return choice.message;
        const answer = toAnswer(choice);
        return answer?.kind === 'branch' ? preview(answer, signal) : undefined;
      },
    });
    if (!picked) return undefined;
    const { choice } = picked;
    if (choice.kind !== 'newFromOther') return toAnswer(choice);
    const other = await ask<string>({
      title: `${title}: Base of '${choice.branch}'`,
      placeholder: 'Choose what the new branch starts from, or type a tag or a commit',
      typed: '',
      branches,
      choices: (known, text) => baseChoices(known, text, base),
      isAnswer: () => true,
      preview: (other, signal) => preview({ kind: 'branch', branch: choice.branch, base: other }, signal),
      canGoBack: true,
    });
    if (other === 'back') {
      typed = picked.typed;
      continue;
    }
    return other && { kind: 'branch', branch: choice.branch, base: other.choice };
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

interface Question<What> {
  readonly title: string;
  readonly placeholder: string;
  readonly typed: string;
  readonly branches: Promise<readonly Branch[]>;
  readonly choices: (branches: readonly Branch[], typed: string) => Choice<What>[];
  readonly isAnswer: (choice: What) => boolean;
  readonly preview: (choice: What, signal: AbortSignal) => Promise<string | undefined>;
}

type Answer<What> = { readonly typed: string; readonly choice: What };

function ask<What>(question: Question<What>): Promise<Answer<What> | undefined>;
function ask<What>(question: Question<What> & { readonly canGoBack: true }): Promise<Answer<What> | 'back' | undefined>;
async function ask<What>(
  question: Question<What> & { readonly canGoBack?: true },
): Promise<Answer<What> | 'back' | undefined> {
  const pick = vscode.window.createQuickPick<vscode.QuickPickItem & Choice<What>>();
  let resolve!: (answer: Answer<What> | 'back' | undefined) => void;
  let reject!: (reason: unknown) => void;
  const answered = new Promise<Answer<What> | 'back' | undefined>((onAnswer, onFailure) => {
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
  if (question.canGoBack) pick.buttons = [vscode.QuickInputButtons.Back];
  pick.onDidChangeValue(update);
  pick.onDidChangeActive(([active]) => preview.of(active?.choice));
  pick.onDidAccept(accept);
  pick.onDidTriggerButton(() => resolve('back'));
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
