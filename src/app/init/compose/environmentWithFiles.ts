import { isPlainMapping, type PlainValue } from '../../../core/proposedFile';
import { literal } from '../shared/literal';
import { variablesIn } from '../shared/variablesIn';
import { composeEnvironment, type EnvironmentContext, type EnvironmentResult } from './composeEnvironment';

/**
 * Variables of a service, and those of its files that say where another service of the compose file is: a file is carried over as it
 * stands, and what it says of these would lead nowhere.
 *
 * @param texts of the files, a later one counts before an earlier one
 */
export function environmentWithFiles(
  environment: PlainValue | undefined,
  texts: readonly string[],
  context: EnvironmentContext,
): EnvironmentResult {
  const written = isPlainMapping(environment) ? environment : {};
  const ofFiles = Object.fromEntries(texts.flatMap(variablesIn));
  const result = composeEnvironment({ ...ofFiles, ...written }, context);
  const isOfFile = (name: string): boolean => Object.hasOwn(ofFiles, name) && !Object.hasOwn(written, name);
  const isSame = ([name, value]: [string, string]): boolean => isOfFile(name) && value === literal(ofFiles[name] ?? '');
  return {
    ...result,
    env: Object.fromEntries(Object.entries(result.env).filter((entry) => !isSame(entry))),
    // What a file says is told where it leads to something that does not run here.
    leftOut: new Map([...result.leftOut].filter(([name, reason]) => !isOfFile(name) || reason.startsWith('leads to'))),
  };
}
