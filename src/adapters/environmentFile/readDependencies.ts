import { startConditions, type Dependencies } from '../../core/environmentFile';
import type { Value } from './readYaml';

/** A list says what is meant by "is there": ready, and for what runs to its end that it has. */
export function readDependencies(value: Value | undefined, onceServices: ReadonlySet<string>): Dependencies {
  if (Array.isArray(value)) {
    const names = value.filter((each) => typeof each === 'string');
    return Object.fromEntries(names.map((name) => [name, onceServices.has(name) ? 'completed' : 'healthy'] as const));
  }
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, said]) => {
      const condition = startConditions.find((each) => each === said);
      return condition ? [[name, condition] as const] : [];
    }),
  );
}
