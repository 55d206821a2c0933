import { relative, sep } from 'node:path';
import { AppError, toAppError } from '../core/errors';

/** An error of a file in Coppice's own folder says that the folder can be another one; any other error stays as it is. */
export function explainHome(error: unknown, home: string): unknown {
  const known = toAppError(error);
  const { cause } = known;
  const path = cause instanceof Error && 'path' in cause ? cause.path : undefined;
  if (typeof path !== 'string' || known.explanation !== undefined) return error;
  // In it, or on the way to it.
  if (![relative(home, path), relative(path, home)].some((way) => way.split(sep)[0] !== '..')) return error;
  return new AppError(known.code, known.message, {
    explanation: `${home} is where Coppice keeps its state: the variable COPPICE_HOME names another folder.`,
    cause,
  });
}
