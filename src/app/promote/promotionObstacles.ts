import { commandWord } from '../../core/text/commandWord';
import { AppError } from '../../core/errors';
import type { MergeLook } from '../../core/ports/branchMerges';
import { plural } from '../../core/text/plural';

/** What keeps a promotion from being done, and what to do about it. */
export interface Obstacle {
  readonly kind:
    | 'uncommitted'
    | 'operation'
    | 'beingMade'
    | 'gone'
    | 'locked'
    | 'baseChanged'
    | 'inTheWay'
    | 'conflicts'
    | 'unrelated'
    | 'forbidden'
    | 'needsWorktree';
  /** Sentences. */
  readonly text: string;
  /** The worktree in which it is put right. */
  readonly path?: string;
}

const maxShown = 5;

/** In the order in which they are put right. None where there is nothing to merge. */
export function obstaclesOf(
  look: MergeLook,
  { committedOnly = false, pullRequest = false }: { readonly committedOnly?: boolean; readonly pullRequest?: boolean },
): readonly Obstacle[] {
  // What is only proposed is merged elsewhere.
  const isMerged = look.kind !== 'none' && !pullRequest;
  return [...ofSource(look, committedOnly), ...(isMerged ? [...ofPlace(look), ...ofMerge(look)] : [])];
}

/** Whoever commits there what git calls changed takes it back. */
function movedText(name: string, tip: string, path: string, leftAt: string): string {
  const [to, at] = [tip, leftAt].map((id) => id.slice(0, 7));
  return `${name} was moved to ${to} from elsewhere, and index and files of ${path} are still of ${at}: what git calls changed there takes back what came (git history and git replay leave it so). Bring them along, with what else is changed kept, by: git -C ${commandWord(path)} read-tree -m -u ${at} HEAD`;
}

function ofSource({ branch, tip, source }: MergeLook, committedOnly: boolean): readonly Obstacle[] {
  if (!source) return [];
  const { worktree, changed, untracked, operations, leftAt } = source;
  const { path } = worktree;
  const [operation] = operations;
  if (worktree.beingMade !== undefined)
    return [{ kind: 'beingMade', text: `The worktree of ${branch} is still being made: its files are not complete.` }];
  if (operation !== undefined)
    return [{ kind: 'operation', text: `A ${operation} of ${branch} is under way in ${path}: end it first.`, path }];
  const count = changed + untracked;
  if (count === 0 || committedOnly) return [];
  if (leftAt !== undefined) return [{ kind: 'uncommitted', text: movedText(branch, tip, path, leftAt), path }];
  const are = count === 1 ? 'is no' : 'are no';
  return [
    {
      kind: 'uncommitted',
      text: `${plural(count, 'file')} in ${path} ${count === 1 ? 'is' : 'are'} not committed, and so ${are} part of ${branch}: commit what is meant first.`,
      path,
    },
  ];
}

function ofPlace({ base, from, place }: MergeLook): readonly Obstacle[] {
  if (!place) return [];
  const { worktree, changed, inTheWay, operations, leftAt } = place;
  const { path, locked, prunable } = worktree;
  const [operation] = operations;
  const there = `${path}, where ${base} is checked out`;
  if (prunable !== undefined)
    return [{ kind: 'gone', text: `The folder ${there}, is not there: bring it back, or "git worktree prune" first.` }];
  if (locked !== undefined)
    return [
      {
        kind: 'locked',
        text: `The worktree ${there}, is locked${locked === '' ? '' : ` (${locked})`}: "git worktree unlock" first.`,
        path,
      },
    ];
  if (operation !== undefined)
    return [{ kind: 'operation', text: `A ${operation} is under way in ${there}: end it first.`, path }];
  return [
    ...(changed > 0
      ? [
          {
            kind: 'baseChanged' as const,
            text:
              leftAt === undefined
                ? `${plural(changed, 'file')} in ${there}, ${changed === 1 ? 'has' : 'have'} changes that are not committed: commit or stash them first.`
                : movedText(base, from, path, leftAt),
            path,
          },
        ]
      : []),
    ...(inTheWay.length > 0
      ? [
          {
            kind: 'inTheWay' as const,
            text: `In ${there}, it would write over ${plural(inTheWay.length, 'file')} that git does not track: ${shortList(inTheWay)}. Move ${inTheWay.length === 1 ? 'it' : 'them'} away first.`,
            path,
          },
        ]
      : []),
  ];
}

function ofMerge({ branch, base, conflicts, isUnrelated, forbiddenBy, needsWorktree, place, source }: MergeLook) {
  const found: Obstacle[] = [];
  const at = source ? { path: source.worktree.path } : {};
  if (isUnrelated) found.push({ kind: 'unrelated', text: `${branch} and ${base} have no commit in common.` });
  if (conflicts && conflicts.length > 0)
    found.push({
      kind: 'conflicts',
      text: `${branch} and ${base} are in conflict: ${shortList(conflicts)}. Merge ${base} into ${branch} first, where they are settled.`,
      ...at,
    });
  if (forbiddenBy !== undefined)
    found.push({
      kind: 'forbidden',
      text: `The setting ${forbiddenBy} lets nothing but a fast-forward into ${base}: rebase ${branch} onto it first.`,
      ...at,
    });
  if (!place && needsWorktree.length > 0)
    found.push({
      kind: 'needsWorktree',
      text: `${base} is checked out in no worktree, and ${needsWorktree.join(' and ')} must be heeded in one: check it out first.`,
    });
  return found;
}

/** "a.ts, b.ts and 3 more" */
export function shortList(names: readonly string[]): string {
  const more = names.length - maxShown;
  return names.slice(0, maxShown).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** @throws conflict where something stands in the way, with the worktree in which the first of it is put right */
export function refuseObstacles({ branch, base }: MergeLook, obstacles: readonly Obstacle[]): void {
  const [first, ...others] = obstacles;
  if (!first) return;
  throw new AppError('conflict', `${branch} was not taken into ${base}. ${first.text}`, {
    explanation: others.map(({ text }) => text).join('\n'),
    ...(first.path === undefined
      ? {}
      : { remedy: { title: 'Open That Worktree', action: { kind: 'openWorktree', path: first.path } } }),
  });
}
