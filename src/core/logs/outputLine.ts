import { saysError } from '../diagnosis/saysError';
import { withoutSequences } from '../text/terminalText';

export type LogLevel = 'error' | 'warning' | 'info';

/** A line of a program's output as a person reads it. */
export interface OutputLine {
  readonly level: LogLevel;
  /** Of a line that is a JSON object its message, else the line. */
  readonly text: string;
  /** What else such an object has, in its order. */
  readonly fields: readonly (readonly [name: string, value: string])[];
}

/** What is longer is data: its level is told by its beginning, and nothing in it is taken apart. */
const maxObject = 50_000;
const maxLooked = 1000;
const mostFields = 50;

const messages = ['msg', 'message', '@m', '@mt', 'event', 'error'];
const levels = ['level', 'lvl', 'severity', 'levelname', 'log.level', '@l', 'loglevel'];
const times = ['time', 'timestamp', '@timestamp', 'ts', '@t'];

const warning =
  /^\(?(?:\S+ )?\[?(?:WARN|WARNING|Warning|warning|warn)\]?[:\s]|(?:^|[\s[(|])(?:WARN|WARNING)(?=[\s\]):|]|$)|\b(?:level|lvl|severity)["']?[=:]\s?["']?warn(?:ing)?\b|(?:^|\s)(?:[A-Z]\w{0,60})?Warning: \S/;

/** How the traces of most languages go on: indented, or with how they begin. */
const continued = /^(?:\s+\S|Traceback \(most recent call last\):|Caused by: |\.{3} \d+ more)/;

/** Reads the lines of one service, in their order: what goes on with an error is as bad as where it begins. */
export class OutputLines {
  #last: LogLevel = 'info';

  read(raw: string): OutputLine {
    const line = withoutSequences(raw).trimEnd();
    const object = objectIn(line);
    if (object) {
      this.#last = 'info';
      return object;
    }
    const level = levelOf(line.slice(0, maxLooked));
    const goesOn = level === 'info' && continued.test(line);
    if (line.startsWith('Traceback ')) this.#last = 'error';
    else if (!goesOn) this.#last = level;
    return { level: goesOn ? this.#last : level, text: line, fields: [] };
  }
}

function levelOf(line: string): LogLevel {
  const text = line.trim();
  if (text === '') return 'info';
  return saysError(text) ? 'error' : warning.test(text) ? 'warning' : 'info';
}

function objectIn(line: string): OutputLine | undefined {
  const text = line.trim();
  if (text.length > maxObject || !text.startsWith('{') || !text.endsWith('}')) return undefined;
  let found: Readonly<Record<string, unknown>>;
  try {
    found = JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
  const message = messages.find((name) => typeof found[name] === 'string' && found[name] !== '');
  const level = levels.find((name) => ['string', 'number'].includes(typeof found[name]));
  // One that says neither is what the program prints, not how it speaks of itself.
  if (message === undefined && level === undefined) return undefined;
  const fields = Object.entries(found)
    .filter(([name]) => name !== message && name !== level && !times.includes(name))
    .slice(0, mostFields)
    .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const);
  const said = message === undefined ? '' : String(found[message]);
  return {
    level: level === undefined ? levelOf(said.slice(0, maxLooked)) : namedLevel(found[level]),
    text: message === undefined ? text : said,
    fields,
  };
}

/** By its name, or by the number that pino and bunyan give it. */
function namedLevel(level: unknown): LogLevel {
  if (typeof level === 'number') return level >= 50 ? 'error' : level >= 40 ? 'warning' : 'info';
  const name = String(level).toLowerCase();
  if (/^(?:err|fatal|crit|panic|emerg|alert)/.test(name)) return 'error';
  return name.startsWith('warn') ? 'warning' : 'info';
}
