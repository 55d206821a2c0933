import type { CommandContext } from '../context/commandContext';

/** As long as a request for an agent lasts: whoever typed it has gone on without it by then. Milliseconds. */
const keptMs = 60 * 60 * 1000;
const key = 'agentPrompts';

interface Kept {
  readonly prompt: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

type Where = Pick<CommandContext, 'remembered' | 'snapshot'>;

/** What a person typed for the agent of a branch, and what no agent was asked for with since. */
export function keptPrompt(context: Where, branch: string): string | undefined {
  return stillKept(context)[nameOf(context, branch)]?.prompt;
}

/** @param prompt undefined: an agent was asked for with it */
export async function keepPrompt(context: Where, branch: string, prompt: string | undefined): Promise<void> {
  const { [nameOf(context, branch)]: before, ...others } = stillKept(context);
  if (prompt === undefined && before === undefined) return forgetOld(context);
  const kept = prompt === undefined ? others : { ...others, [nameOf(context, branch)]: { prompt, at: Date.now() } };
  await context.remembered.update(key, kept);
  if (prompt !== undefined) setTimeout(() => void forgetOld(context), keptMs + 1).unref();
}

/** What is offered to nobody any more is not left where the editor keeps it. */
async function forgetOld(context: Where): Promise<void> {
  const still = stillKept(context);
  const all = context.remembered.get<Readonly<Record<string, Kept>>>(key) ?? {};
  if (Object.keys(still).length < Object.keys(all).length) await context.remembered.update(key, still);
}

function stillKept({ remembered }: Where): Readonly<Record<string, Kept>> {
  const all = Object.entries(remembered.get<Readonly<Record<string, Kept>>>(key) ?? {});
  return Object.fromEntries(all.filter(([, { at }]) => Math.abs(Date.now() - at) <= keptMs));
}

function nameOf({ snapshot }: Where, branch: string): string {
  return `${snapshot.repository?.id ?? ''} ${branch}`;
}
