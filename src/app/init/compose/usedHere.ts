import { isPlainList, isPlainMapping, plainText, type PlainMapping } from '../../../core/proposedFile';
import { usedTools } from '../../../core/uses/usedTools';
import type { UsedHere } from '../shared/usedReference';
import type { ClassifiedProject } from './classifiedProject';
import { serviceHosts } from './serviceFacts';

/** What of a project is used, with the names and numbers by which its other services and this machine reach it. */
export function usedHere({ used, names, service }: ClassifiedProject): UsedHere[] {
  return [...used].map(([name, tool]) => {
    const { ports } = usedTools[tool];
    return {
      name: names.get(name) ?? name,
      tool,
      hosts: serviceHosts(name, service(name)),
      ports: numbersOf(service(name), ports),
    };
  });
}

function numbersOf(service: PlainMapping, known: Readonly<Record<string, number>>): Map<number, string> {
  const names = new Map(Object.entries(known).map(([name, number]) => [number, name]));
  const numbers = new Map(names);
  const { ports } = service;
  for (const port of isPlainList(ports) ? ports : []) {
    if (!isPlainMapping(port)) continue;
    const name = names.get(Number(plainText(port['target'])));
    const published = Number(plainText(port['published']));
    if (name !== undefined && published > 0) numbers.set(published, name);
  }
  return numbers;
}
