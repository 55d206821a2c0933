import { engineTime } from '../engine/engineTime';

/** What a line of a container's log file looks like: time, stream, whether the line is whole, text (Kubernetes' CRI log format). */
export interface LogLine {
  /** RFC 3339 in UTC with nine digits: such times sort as text. */
  time: string;
  /** False for a piece of a line that goes on, or that the process never ended. */
  whole: boolean;
  text: Buffer;
}

const TIME_LENGTH = '2026-01-01T00:00:00.000000000Z'.length;
let last = 0n;

/** The time now. Each call gives a later time than the one before, so that the order of lines is never in doubt. */
export function logTime(): string {
  const now = BigInt(engineTime.now()) * 1_000_000n;
  last = now > last ? now : last + 1n;
  return formatNanoseconds(last);
}

/** A moment in the form in which log lines carry it. */
export function logTimeOf(moment: Date): string {
  return formatNanoseconds(BigInt(moment.getTime()) * 1_000_000n);
}

function formatNanoseconds(nanoseconds: bigint): string {
  const seconds = new Date(Number(nanoseconds / 1_000_000n)).toISOString().slice(0, 19);
  return `${seconds}.${String(nanoseconds % 1_000_000_000n).padStart(9, '0')}Z`;
}

export function formatLogLine(stream: 'stdout' | 'stderr', whole: boolean, text: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${logTime()} ${stream} ${whole ? 'F' : 'P'} `), text, NEWLINE]);
}

/** Undefined for what is no such line (a file that a person edited). */
export function parseLogLine(line: Buffer): LogLine | undefined {
  const time = line.toString('latin1', 0, TIME_LENGTH);
  const streamEnd = line.indexOf(0x20, TIME_LENGTH + 1);
  if (!time.endsWith('Z') || streamEnd < 0) return undefined;
  return { time, whole: line[streamEnd + 1] === 0x46, text: line.subarray(streamEnd + 3) };
}

export const NEWLINE = Buffer.from('\n');
