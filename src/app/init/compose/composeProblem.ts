import { AppError } from '../../../core/errors';

/** One clear line about a compose file that cannot be read as Compose reads it. */
export function composeProblem(file: string, message: string): AppError {
  return new AppError('invalidInput', `${file}: ${message}`);
}
