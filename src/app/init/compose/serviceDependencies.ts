import { isPlainList, isPlainMapping, plainText, type PlainMapping, type PlainValue } from '../../../core/proposedFile';

/**
 * Whom a service waits for, each with how, as Compose reads it: also those that it names as links, those whose volumes it takes, and the
 * one whose network or processes it shares.
 */
export function serviceDependencies(service: PlainMapping): ReadonlyMap<string, PlainValue> {
  const { depends_on: said } = service;
  const found = new Map<string, PlainValue>(Object.entries(isPlainMapping(said) ? said : {}));
  for (const name of implied(service)) if (!found.has(name)) found.set(name, { condition: 'service_started' });
  return found;
}

function implied({ links, volumes_from: volumes, network_mode: network, ipc, pid }: PlainMapping): string[] {
  const texts = (list: PlainValue | undefined): string[] => (isPlainList(list) ? list.map(plainText) : []);
  return [
    ...texts(links).map((link) => link.replace(/:.*$/, '')),
    ...texts(volumes).flatMap((other) => (other.startsWith('container:') ? [] : [other.replace(/:.*$/, '')])),
    ...[network, ipc, pid].flatMap((mode) => /^service:(.+)$/.exec(plainText(mode ?? ''))?.[1] ?? []),
  ];
}
