import type { UseCase } from '../run/run';
import { unlessCancelled } from './lookAtWorktree';

type Keep = UseCase<{ readonly paths: readonly string[] }, void>;

/**
 * What somebody does with an environment from elsewhere is use of it, which neither its files nor its services tell: notice that it goes
 * by itself is taken back first. What keeps that from being written down, as that there is no environment, keeps nobody from it.
 */
export function countedAsUse<Input extends { readonly path: string }, Result>(
  keep: Keep,
  useCase: UseCase<Input, Result>,
): UseCase<Input, Result> {
  return async (input, run) => {
    await keep({ paths: [input.path] }, run).catch(unlessCancelled);
    return useCase(input, run);
  };
}
