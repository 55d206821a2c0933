import { ageText } from '../cleanup/cleanupText';
import type { TrashList } from '../trash/listTrash';
import { deletedName, trashTotal } from '../trash/trashText';
import type { Finding } from './finding';

const check = 'trash';

/** How much deletes have kept of the repository at hand, and what of it no sweep can remove. @param now milliseconds since the epoch */
export function trashFindings({ rows }: TrashList, now: number): Finding[] {
  if (rows.length === 0) return [{ check, state: 'good', message: 'The trash is empty.' }];
  const oldest = Math.min(...rows.flatMap(({ deleted }) => deleted?.deletedAt ?? []));
  const since = Number.isFinite(oldest) ? `, the oldest deleted ${ageText(now - oldest)} ago` : '';
  const total: Finding = {
    ...{ check, state: 'good' },
    message: `In the trash: ${trashTotal(rows)}${since}. "coppice trash empty" removes them before their time.`,
  };
  const stuck = rows.flatMap(({ id, path, deleted, until, stays }): Finding[] => {
    if (stays === undefined) return [];
    const isOverdue = until === undefined || until <= now;
    return [
      {
        ...{ check, state: 'warning' },
        message: `${deleted ? deletedName(deleted) : id} stays in the trash${isOverdue ? '' : ' also when its time is over'}: ${stays}.`,
        advice: `Put that right, or move out of ${path} what you want to keep, and delete that folder.`,
      },
    ];
  });
  return [...stuck, total];
}
