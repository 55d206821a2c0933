import type { Cause } from '../../core/diagnosis/cause';
import type { Diagnosis } from './diagnosis';

const shownOthers = 4;

/** A few lines that a person, or an agent, reads at once: what, by what it is known, what to do, where the rest is. */
export function diagnosisLines({ name, words, cause, others, untold, file }: Diagnosis): readonly string[] {
  const rest = [
    ...untold.map((line) => `Not known: ${line}`),
    ...(file === undefined ? [] : [`All that was looked at: ${file}`]),
  ];
  if (!cause) return [`${name}: ${words || 'no environment'}; nothing is wrong that can be seen.`, ...rest];
  const more = others.length > shownOthers ? [`and ${others.length - shownOthers} more`] : [];
  return [
    `${name}: ${cause.what}`,
    ...cause.evidence.map((line) => `  ${line}`),
    `What to do: ${cause.todo}`,
    ...others.slice(0, shownOthers).map(({ what }) => `Besides: ${what}`),
    ...more,
    ...rest,
  ];
}

/** Fields are added, never renamed or taken away: others build on them. */
export function diagnosisJson({ name, path, state, words, cause, others, untold, file }: Diagnosis): object {
  const view = { state, words };
  return {
    name,
    path,
    view,
    cause: cause ? causeJson(cause) : null,
    others: others.map(causeJson),
    untold,
    file: file ?? null,
  };
}

function causeJson({ kind, service, what, evidence, todo }: Cause): object {
  return { kind, service: service ?? null, what, evidence, todo };
}
