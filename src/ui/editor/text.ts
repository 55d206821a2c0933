import { withoutSequences } from '../../core/text/terminalText';

/*
 * Branch names, reasons and paths are other people's text: what a place of the editor would read as markup is taken out
 * of them before they are shown there.
 */

// Control characters would move the cursor of a log, and bidirectional overrides would show another name than there is.
const unprintable = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** One line that shows every character for what it is. */
export function plainLine(text: string): string {
  return withoutSequences(text)
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replaceAll('\t', ' ')
    .replace(unprintable, '\ufffd');
}

/** For labels of quick picks and the status bar, where `$(name)` would be drawn as an icon. */
export function iconless(text: string): string {
  return plainLine(text).replace(/\$\(/g, '\\$(');
}

/** For notifications, where `[text](command:…)` would be drawn as a link. */
export function linkless(text: string): string {
  return text
    .split('\n')
    .map((line) => plainLine(line).replaceAll('](', '] ('))
    .join('\n');
}

export function shortened(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}

/** An ISO 8601 time as this machine's clock and calendar tell it: `2026-11-22 08:36`. */
export function localTime(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return 'a while ago';
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
