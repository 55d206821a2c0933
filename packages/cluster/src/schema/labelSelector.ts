import { StatusError } from './statusError';

type Labels = Readonly<Record<string, string>>;
export type LabelPredicate = (labels: Labels | undefined) => boolean;

const key = String.raw`(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?`;
const value = String.raw`(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?`;
const setRequirement = new RegExp(String.raw`^(${key})\s+(in|notin)\s*\(([^()]*)\)$`);
const equality = new RegExp(String.raw`^(${key})\s*(==|=|!=)\s*(${value})$`);
const comparison = new RegExp(String.raw`^(${key})\s*([<>])\s*(-?\d+)$`);
const existence = new RegExp(String.raw`^(!?)\s*(${key})$`);
const labelValue = new RegExp(`^${value}$`);

/** `app=web,tier in (a,b),!old`: a selector as in the query of a list. Throws a StatusError of 400. */
export function parseLabelSelector(text: string): LabelPredicate {
  const requirements = splitRequirements(text).map(parseRequirement);
  return (labels) => requirements.every((matches) => matches(labels ?? {}));
}

/** At the commas that are not inside parentheses. */
function splitRequirements(text: string): string[] {
  const parts = text.match(/(?:\([^)]*\)?|[^,(])+/g) ?? [];
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

function parseRequirement(text: string): (labels: Labels) => boolean {
  const set = setRequirement.exec(text);
  if (set) {
    const [, name = '', operator, list = ''] = set;
    const values = list.split(',').map((one) => one.trim());
    if (!values.every((one) => labelValue.test(one))) throw refuse(text);
    return operator === 'in'
      ? (labels) => labels[name] !== undefined && values.includes(labels[name])
      : (labels) => labels[name] === undefined || !values.includes(labels[name]);
  }
  const equal = equality.exec(text);
  if (equal) {
    const [, name = '', operator, wanted = ''] = equal;
    return operator === '!=' ? (labels) => labels[name] !== wanted : (labels) => labels[name] === wanted;
  }
  const compare = comparison.exec(text);
  if (compare) {
    const [, name = '', operator, bound = ''] = compare;
    return (labels) => {
      const found = labels[name];
      if (found === undefined || !/^-?\d+$/.test(found)) return false;
      return operator === '>' ? Number(found) > Number(bound) : Number(found) < Number(bound);
    };
  }
  const exists = existence.exec(text);
  if (exists) {
    const [, not, name = ''] = exists;
    return (labels) => (labels[name] !== undefined) === (not === '');
  }
  throw refuse(text);
}

function refuse(text: string): StatusError {
  return StatusError.badRequest(`unable to parse requirement: ${JSON.stringify(text)} is not a label selector`);
}
