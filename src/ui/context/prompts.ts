import * as vscode from 'vscode';
import { addressesOf } from '../../app/view/addresses';
import { orderWorktrees } from '../../app/view/worktreeOrder';
import { worktreeFacts, worktreeView } from '../../app/view/worktreeView';
import { AppError } from '../../core/errors';
import type { ServiceStatus, WorktreeEntry } from '../../core/model';
import type { CommandContext } from './commandContext';
import { iconless } from '../editor/text';
import { healthIcon, still, viewIcon } from '../tree/icons';
import { themeIcon } from '../tree/treeItem';
import { plainWorktreeName } from '../editor/windowEntry';

export interface WorktreeQuestion {
  readonly placeholder: string;
  /** Which worktrees the command can work on. */
  readonly isFit: (entry: WorktreeEntry) => boolean;
  /** Said when none is. */
  readonly none: string;
}

/**
 * The worktree that a command is about: that of the row it was called on, else the window's own, else the one a person
 * picks. undefined: they turned away.
 *
 * @throws notFound when there is none to choose from
 */
export async function targetWorktree(
  context: CommandContext,
  argument: unknown,
  question: WorktreeQuestion,
): Promise<WorktreeEntry | undefined> {
  const node = context.nodeOf(argument);
  if (node && 'entry' in node) return node.entry;
  // The row that was meant has just gone: that means no other one.
  if (typeof argument === 'string' && node === undefined && context.snapshot.repository) return undefined;
  await loaded(context);
  const { windowEntry } = context;
  if (windowEntry && question.isFit(windowEntry)) return windowEntry;
  return pickWorktree(context, question);
}

/**
 * The worktrees that a command is about: those of the selected rows that it can work on, or the one as above.
 *
 * @throws notFound when there is none to choose from, or none of the selected is fit
 */
export async function targetWorktrees(
  context: CommandContext,
  argument: unknown,
  selected: readonly unknown[],
  question: WorktreeQuestion,
): Promise<readonly WorktreeEntry[]> {
  if (selected.length < 2)
    return [await targetWorktree(context, argument, question)].filter((entry) => entry !== undefined);
  const nodes = selected.map((row) => context.nodeOf(row));
  const entries = nodes.flatMap((node) =>
    node?.kind === 'worktree' && question.isFit(node.entry) ? [node.entry] : [],
  );
  if (entries.length === 0) throw new AppError('notFound', question.none);
  return entries;
}

/** @throws notFound when there is none to choose from */
export async function pickWorktree(
  context: CommandContext,
  question: WorktreeQuestion,
): Promise<WorktreeEntry | undefined> {
  const picked = await vscode.window.showQuickPick(await worktreeItems(context, question), {
    placeHolder: question.placeholder,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.entry;
}

/** Rows of a quick pick, those of the list in its order. @throws notFound when there is none */
export async function worktreeItems(
  context: CommandContext,
  question: Pick<WorktreeQuestion, 'isFit' | 'none'>,
): Promise<(vscode.QuickPickItem & { readonly entry: WorktreeEntry })[]> {
  await loaded(context);
  const { snapshot } = context;
  const { shown, grouped } = orderWorktrees(snapshot, context.windowEntry, context.list.order);
  const fit = [...shown, ...grouped].filter(question.isFit);
  if (fit.length === 0) throw new AppError('notFound', question.none);
  return fit.map((entry) => {
    const view = worktreeView(entry, snapshot);
    return {
      label: iconless(view.name),
      iconPath: themeIcon(still(viewIcon(view))),
      description: [...(entry === context.windowEntry ? ['this window'] : []), ...worktreeFacts(view, entry)].join(
        ' · ',
      ),
      detail: iconless(entry.worktree.path),
      entry,
    };
  });
}

/**
 * The service that a command is about: the row's, the only one, or the one a person picks.
 *
 * @throws notFound when the environment has no service
 */
export async function targetService(
  context: CommandContext,
  argument: unknown,
  placeholder: string,
): Promise<{ entry: WorktreeEntry; service: ServiceStatus } | undefined> {
  const node = context.nodeOf(argument);
  if (node?.kind === 'service') return { entry: node.entry, service: node.service };
  const entry = await targetWorktree(context, argument, {
    placeholder: 'Choose a worktree',
    isFit: ({ environment }) => (environment?.services.length ?? 0) > 0,
    none: 'No worktree has an environment with services.',
  });
  if (!entry) return undefined;
  const services = entry.environment?.services ?? [];
  if (services.length === 0) throw new AppError('notFound', `${plainWorktreeName(entry)} has no services.`);
  const items = services.map((service) => ({
    label: iconless(service.name),
    iconPath: themeIcon(still(healthIcon(service.health, false))),
    description: iconless([service.state, service.reason].filter(Boolean).join(' · ')),
    service,
  }));
  const picked = items.length === 1 ? items[0] : await vscode.window.showQuickPick(items, { placeHolder: placeholder });
  return picked && { entry, service: picked.service };
}

/** Which of an environment's addresses a command is about. @throws notFound when it has none */
export async function targetUrl(
  context: CommandContext,
  argument: unknown,
  placeholder: string,
): Promise<string | undefined> {
  const node = context.nodeOf(argument);
  if (node?.kind === 'url') return node.url;
  if (node?.kind === 'forward') return `http://127.0.0.1:${node.forward.localPort}/`;
  if (node?.kind === 'service' || node?.kind === 'infraService') return node.service.urls[0];
  const entry = await targetWorktree(context, argument, {
    placeholder,
    isFit: ({ environment }) => environment?.services.some((service) => service.urls.length > 0) ?? false,
    none: 'No worktree has an environment with a URL.',
  });
  if (!entry) return undefined;
  const shortest = addressesOf(entry.environment?.services ?? [])[0]?.url;
  if (shortest === undefined)
    throw new AppError('notFound', `The environment of ${plainWorktreeName(entry)} has no URL.`);
  return shortest;
}

/** A command may be what wakes the extension: nothing has been read then. */
async function loaded(context: CommandContext): Promise<void> {
  if (!context.snapshot.repository) await context.refresh();
}
