import type { Settings } from '../../core/settings';

/** Texts that say how Coppice works and are of nobody's own; any other may hold a name, an address or a password. */
const told: ReadonlySet<string> = new Set<keyof Settings>([
  'agent.startWhen',
  'environments.automatic',
  'ingress.class',
  'quota.containerMemory',
  'quota.cpu',
  'quota.memory',
]);

/** The settings that a person has changed: numbers and switches with their value, other texts only as set. */
export function settingLines(settings: Settings, defaults: Settings): string[] {
  return Object.entries(settings).flatMap(([key, value]: [string, unknown]) => {
    if (JSON.stringify(value) === JSON.stringify(defaults[key as keyof Settings])) return [];
    if (typeof value === 'string' && !told.has(key)) return [`${key}: set`];
    return [`${key}: ${Array.isArray(value) ? `${value.length} set` : String(value)}`];
  });
}
