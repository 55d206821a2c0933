import type { ClusterOption, ClusterOptions } from '../../app/cluster/clusterOptions';
import { isCurrent } from '../../app/cluster/clusterOptions';
import { traitsOf } from '../../core/clusterTraits';
import type { AppError } from '../../core/errors';
import { iconless } from '../editor/text';

/** A row of the question which cluster it is to be. */
export interface ClusterChoice {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  readonly option?: ClusterOption;
  /** Why there may be more than the rows above. */
  readonly problem?: AppError;
}

/** The rows, those that can be chosen first. */
export function clusterChoices({ options, current, problem }: ClusterOptions): ClusterChoice[] {
  const rows = [...options]
    .sort((a, b) => Number(b.isAllowed) - Number(a.isAllowed))
    .map((option) => row(option, current));
  if (!problem) return rows;
  return [
    ...rows,
    { label: '$(warning) Contexts could not be read', description: '', detail: iconless(problem.message), problem },
  ];
}

function row(option: ClusterOption, current: ClusterOptions['current']): ClusterChoice {
  const { name, chosen, isAllowed, looksLikeProduction } = option;
  const { title, runsImages, isPinned } = traitsOf(chosen.identity);
  const marks = [
    isCurrent(option, current) ? 'in use' : '',
    isAllowed ? '' : 'not allowed',
    looksLikeProduction ? 'looks like production' : '',
  ].filter(Boolean);
  return {
    label: isPinned ? iconless(name) : title.charAt(0).toUpperCase() + title.slice(1),
    description: marks.join(' · '),
    detail: runsImages
      ? iconless(chosen.identity.server ?? '')
      : 'Processes of this machine; needs nothing to be installed',
    option,
  };
}
