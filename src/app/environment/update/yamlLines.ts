import { isObject } from '../../../core/records/isObject';

/** What YAML reads as a text whether it stands in quotes or not, for every reader. */
const bare = /^(?!(?:true|false|null|yes|no|on|off|y|n)$)[a-z_/][\w./-]*$/i;

/** Plain values as lines of YAML, for a person to compare: each key on a line of its own, lists of texts on one. */
export function yamlLines(value: unknown, indent = ''): string {
  if (!isObject(value)) return `${indent}${inline(value)}\n`;
  return Object.entries(value)
    .map(([key, each]) => {
      const isMapping = isObject(each) && Object.keys(each).length > 0;
      return isMapping
        ? `${indent}${text(key)}:\n${yamlLines(each, `${indent}  `)}`
        : `${indent}${text(key)}: ${inline(each)}\n`;
    })
    .join('');
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  return typeof value === 'string' ? text(value) : (JSON.stringify(value) ?? 'null');
}

function text(value: string): string {
  return bare.test(value) ? value : JSON.stringify(value);
}
