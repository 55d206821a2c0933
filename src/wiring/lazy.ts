import type { UseCase } from '../app/run/run';

/** A use case whose ports are made when it is first used. */
export function lazy<Ports, Input, Result>(
  ports: (input: Input) => Promise<Ports>,
  useCase: (ports: Ports) => UseCase<Input, Result>,
): UseCase<Input, Result> {
  return async (input, run) => useCase(await ports(input))(input, run);
}
