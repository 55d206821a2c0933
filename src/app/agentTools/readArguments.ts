import { AppError } from '../../core/errors';
import type { OfferedTool } from '../../core/ports/toolServer';

export type ToolArguments = Readonly<Record<string, string | number | boolean | undefined>>;

/** What an agent gave, if it is what the tool takes. @throws invalidInput: what is wrong, and what it takes */
export function readArguments({ name, takes }: Pick<OfferedTool, 'name' | 'takes'>, given: unknown): ToolArguments {
  const names = Object.keys(takes);
  const all = names.length === 0 ? 'no arguments' : names.map((each) => `"${each}" (${takes[each]?.type})`).join(', ');
  const refuse = (what: string): never => {
    throw new AppError('invalidInput', `${what} ${name} takes ${all}. It is always about this worktree.`);
  };
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return refuse('Arguments are an object.');
  const read: Record<string, string | number | boolean> = {};
  for (const [key, value] of Object.entries(given) as [string, unknown][]) {
    const of = Object.hasOwn(takes, key) ? takes[key] : undefined;
    if (!of) return refuse(`There is no argument ${JSON.stringify(key.slice(0, 40))}.`);
    const { type, maximum } = of;
    const fits =
      type === 'integer'
        ? Number.isInteger(value) && (value as number) >= 1 && (value as number) <= (maximum ?? Number.MAX_SAFE_INTEGER)
        : typeof value === type;
    if (!fits)
      return refuse(
        `"${key}" must be ${type === 'integer' ? `a whole number from 1 to ${maximum ?? 'any'}` : `a ${type}`}.`,
      );
    read[key] = value as string | number | boolean;
  }
  for (const key of names) if (takes[key]?.isNeeded && read[key] === undefined) return refuse(`"${key}" is missing.`);
  return read;
}
