import { tellsError } from '@coppice/host/tellingLine';

/** An error that does not begin its line: levels of loggers, names of errors with what they say. */
const inLine =
  /(?:^|[\s[(|])(?:ERROR|FATAL|CRITICAL|PANIC|ERR)(?=[\s\]):|])|\b(?:level|lvl|severity)["']?[=:]\s?["']?(?:error|fatal|critical|panic)\b|"level":(?:50|60)\b|(?:^|\s)(?:[A-Z]\w{0,60})?(?:Error|Exception): \S/;

/** Whether a line of a program's output tells an error, at its beginning or after a time and a name. @param line without what commands a terminal */
export function saysError(line: string): boolean {
  return tellsError(line) || inLine.test(line);
}
