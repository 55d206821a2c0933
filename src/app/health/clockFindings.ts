import type { Finding } from './finding';

const check = 'clocks';
/** Milliseconds. Less is in the way of nothing that goes by them. */
const most = 60_000;

/** What a server's clock said, between two looks at this machine's: milliseconds since the epoch. */
export interface ClockReading {
  /** "the database server" */
  readonly of: string;
  /** undefined: it does not tell. */
  readonly time: number | undefined;
  readonly before: number;
  readonly after: number;
}

/** Reads another clock between two looks at this machine's. */
export async function readClock(
  of: string,
  clock: { now(): number },
  read: () => Promise<number | undefined>,
): Promise<ClockReading> {
  const before = clock.now();
  const time = await read();
  return { of, time, before, after: clock.now() };
}

/** Clocks that differ from this machine's for sure, however long the answer took. Of what does not tell nothing is told. */
export function clockFindings(readings: readonly ClockReading[]): Finding[] {
  const told = readings.filter(({ time }) => time !== undefined);
  const wrong = told.flatMap(({ of, time = 0, before, after }): Finding[] => {
    const ahead = time - after;
    const behind = before - time;
    const off = Math.max(ahead, behind);
    if (off <= most) return [];
    const direction = ahead > behind ? 'ahead of' : 'behind';
    return [
      {
        ...{ check, state: 'warning' },
        message: `The clock of ${of} is ${spanText(off)} ${direction} this machine's.`,
        advice: 'What deletes keep is kept, and swept, by both: have the two set by a time server (NTP).',
      },
    ];
  });
  if (wrong.length > 0 || told.length === 0) return wrong;
  return [
    {
      check,
      state: 'good',
      message: `The clock of this machine agrees with that of ${told.map(({ of }) => of).join(' and ')}.`,
    },
  ];
}

function spanText(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes < 120) return `${Math.floor(minutes)} min`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} days`;
}
