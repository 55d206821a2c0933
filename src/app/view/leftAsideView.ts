import type { LeftFolder } from '../../core/model';

/** What is said of a folder that a delete has set aside, and that no command leads to any more. */
export function leftAsideView({ folder, name }: LeftFolder): { readonly words: string; readonly why: string } {
  return {
    words: 'set aside by a delete',
    why: `A delete that was cut off has set the folder of ${name} aside in ${folder}, and git has forgotten its worktree since. Move out of it what you want to keep, and delete it; what is left of its environment is offered by the next create of its branch.`,
  };
}
