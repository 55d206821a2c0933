import { Option } from 'commander';
import { AppError } from '../core/errors';

/**
 * An option that takes several names: parted by commas, and as often as it is given. Without it the command gets undefined.
 *
 * @param noun what such a name is, for the refusal of one that is none: "a loss"
 */
export function listOption<Name extends string>(
  flags: string,
  description: string,
  noun: string,
  names: readonly Name[],
): Option {
  const parse = (text: string, before: readonly Name[] = []): readonly Name[] => {
    const given = text.split(',').map((name) => name.trim());
    const more = given.map((name) => {
      const known = names.find((candidate) => candidate === name);
      if (known !== undefined) return known;
      throw new AppError('invalidInput', `"${name}" is no ${noun}: there are ${names.join(', ')}.`);
    });
    return [...new Set([...before, ...more])];
  };
  return new Option(flags, `${description}: ${names.join(', ')}`).argParser(parse);
}
