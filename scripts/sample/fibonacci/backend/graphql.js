import { countVisits, latestNumbers } from './database.js';
import { fibonacci } from './fibonacci.js';

// As much of GraphQL as this app needs: queries with the fields below, one level deep, arguments written out.
const fields = {
  visits: () => countVisits(),
  branch: () => process.env.WORKTREE_BRANCH ?? null,
  fibonacci: ({ n }) => String(fibonacci(n)),
  numbers: ({ last = 5 }) => latestNumbers(Math.min(last, 100)),
};

/** Answers a query such as `{ visits fibonacci(n: 10) numbers(last: 3) { n value } }`. */
export async function answer(query) {
  const body = /^\s*(?:query\b[^{]*)?\{(.*)\}\s*$/s.exec(query ?? '')?.[1];
  if (body === undefined) return { errors: [{ message: 'expected a query: { field … }' }] };
  const data = {};
  const errors = [];
  for (const [, name, args = '', selection] of body.matchAll(/(\w+)\s*(?:\(([^)]*)\))?\s*(?:\{([^}]*)\})?/g)) {
    const resolve = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!resolve) {
      errors.push({ message: `there is no field "${name}": ask for ${Object.keys(fields).join(', ')}` });
      continue;
    }
    try {
      const numbers = [...args.matchAll(/(\w+)\s*:\s*(-?\d+)/g)].map(([, key, value]) => [key, Number(value)]);
      data[name] = select(await resolve(Object.fromEntries(numbers)), selection);
    } catch (error) {
      data[name] = null;
      errors.push({ message: error.message, path: [name] });
    }
  }
  return errors.length > 0 ? { data, errors } : { data };
}

function select(value, selection) {
  if (!selection || !Array.isArray(value)) return value;
  const names = selection.match(/\w+/g) ?? [];
  return value.map((item) => Object.fromEntries(names.map((name) => [name, item[name] ?? null])));
}
