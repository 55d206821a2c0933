import { isPlainList, isPlainMapping, plainText, type PlainMapping, type PlainValue } from '../../../core/proposedFile';
import { isOutside } from './canonicalService';
import type { LeftKeys } from './leftKeys';

/** Whether git has a file; `ignored` is there and git ignores it, `loose` is there and it does neither. */
export type FileKind = 'tracked' | 'ignored' | 'loose' | 'absent';

export interface ComposeEnvFiles {
  readonly envFile: readonly string[];
  /** Those that git does not have: worktrees get them from the main one. */
  readonly copy: readonly string[];
}

/** The files of variables of a canonical service. One that a worktree may be without is none of them: envFile needs each. */
export function composeEnvFiles(
  value: PlainValue | undefined,
  kindOf: (path: string) => FileKind,
  left: LeftKeys,
): ComposeEnvFiles {
  const [envFile, copy, why]: [string[], string[], string[]] = [[], [], []];
  const changed = new Map<string, string>();
  const files = (isPlainList(value) ? value : []).filter((each): each is PlainMapping => isPlainMapping(each));
  for (const { path: written = '', required, format } of files) {
    const path = plainText(written);
    const shown = path.replace(/[\uE000\uE001]/g, '');
    if (isOutside(path) || path.includes('\uE000')) {
      why.push('lies outside of the repository, or has a name that is made of variables');
      continue;
    }
    const kind = kindOf(path);
    if (kind === 'loose') {
      why.push(`git neither has nor ignores ${shown}, so that no worktree gets it`);
      continue;
    }
    if (kind === 'ignored' || (kind === 'absent' && required !== false)) copy.push(path);
    if (kind === 'absent' && required !== false)
      changed.set(
        shown,
        'it is not there yet: make it, then run init again, which leads its addresses to those of each environment',
      );
    if (kind !== 'tracked' && required === false) {
      why.push(`${shown} need not be there, and a file of envFile must; where everybody has it, name it there`);
      continue;
    }
    envFile.push(path);
    if (required === false) changed.set('required', 'a file of envFile must be there');
    if (format !== undefined) changed.set('format', 'a file of envFile is read as Node.js reads one');
  }
  // Where the key itself is told of, all that there is to say of it stands there.
  if (why.length > 0) left.leave('env_file', [...new Set([...why, ...changed.values()])].join('; '));
  else for (const [key, reason] of changed) left.leave(`env_file.${key}`, reason);
  return { envFile, copy };
}
