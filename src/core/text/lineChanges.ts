export interface LineChange {
  readonly kind: 'same' | 'added' | 'removed';
  readonly line: string;
}

/** What is compared is short: beyond this many lines everything counts as changed. */
const maxLines = 3000;

/** Which lines of two texts differ, in order: those that both have are as many as can be. undefined is no text. */
export function lineChanges(before: string | undefined, after: string | undefined): LineChange[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  const removed = (line: string): LineChange => ({ kind: 'removed', line });
  const added = (line: string): LineChange => ({ kind: 'added', line });
  if (old.length > maxLines || now.length > maxLines) return [...old.map(removed), ...now.map(added)];
  // How many lines both have from there on, for each pair of places.
  const common = Array.from({ length: old.length + 1 }, () => new Uint16Array(now.length + 1));
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--) {
      const [row, below] = [common[i], common[i + 1]];
      if (!row || !below) continue;
      row[j] = old[i] === now[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  const changes: LineChange[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    const [one, other] = [old[i], now[j]];
    if (one !== undefined && one === other) {
      changes.push({ kind: 'same', line: one });
      i++;
      j++;
    } else if (other === undefined || (one !== undefined && (common[i + 1]?.[j] ?? 0) >= (common[i]?.[j + 1] ?? 0))) {
      changes.push(removed(one ?? ''));
      i++;
    } else {
      changes.push(added(other));
      j++;
    }
  }
  return changes;
}

function linesOf(text: string | undefined): string[] {
  if (text === undefined || text === '') return [];
  return text.replace(/\r?\n$/, '').split(/\r?\n/);
}
