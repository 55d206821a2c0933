import type { SeenProcess } from './seenProcess';

/** What names the processes of one run of a container. */
export interface RunIdentity {
  /** Its first process. */
  leader: number;
  /** When that started, once a census has said so. */
  leaderStart: string | undefined;
  /** A moment before that, where a census tells moments: on Windows. */
  notBefore?: string | undefined;
  /** Its number (`RunMarks`). */
  run: string;
  /** Those that were its own at an earlier look, by number: when they started. */
  known: ReadonlyMap<number, string>;
}

/**
 * Those processes that are provably the run's: they carry its number, are in the group or the session of its first process, were
 * its own earlier, or descend from one of these. A process with a terminal of its own session is somebody's who sits there: it is
 * left alone, and ends when the program that made the terminal does.
 */
export function membersOf(identity: RunIdentity, all: readonly SeenProcess[]): SeenProcess[] {
  const { leader, leaderStart, notBefore, run, known } = identity;
  const holder = all.find(({ pid }) => pid === leader);
  // While a group or session has members its number is given to nobody else; afterwards it may be a stranger's.
  const isOurs = holder === undefined || leaderStart === undefined || holder.start === leaderStart;
  const ledBy = (one: SeenProcess): boolean => isOurs && (one.group === leader || one.session === leader);
  const isLeft = (one: SeenProcess): boolean => one.hasTerminal && one.session !== leader;
  const members = new Map<number, SeenProcess>();
  const add = (one: SeenProcess): void => {
    if (!isLeft(one)) members.set(one.pid, one);
  };
  for (const one of all) {
    const isLeader = one.pid === leader && isOurs;
    if (isLeader || one.run === run || known.get(one.pid) === one.start || ledBy(one)) add(one);
  }
  const children = new Map<number, SeenProcess[]>();
  for (const one of all) {
    const siblings = children.get(one.parent);
    if (siblings) siblings.push(one);
    else children.set(one.parent, [one]);
  }
  const descend = (parent: number, since: string): void => {
    for (const child of children.get(parent) ?? []) {
      // Windows keeps the number of a parent that has ended, which another process may have got by now.
      if (members.has(child.pid) || (child.group === undefined && later(since, child.start))) continue;
      // A program that was started beside the container's own has another number of ours: it is not asked to end with it.
      if (child.run !== undefined && child.run !== run) continue;
      add(child);
      if (members.has(child.pid)) descend(child.pid, child.start);
    }
  };
  for (const one of [...members.values()]) descend(one.pid, one.start);
  const since = leaderStart ?? notBefore;
  if (holder === undefined && since !== undefined) descend(leader, since);
  return [...members.values()];
}

/** Whether `a` is later than `b`; both are numbers as text. */
function later(a: string, b: string): boolean {
  return a.length === b.length ? a > b : a.length > b.length;
}
