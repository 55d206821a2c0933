import { defaultSettings, type Settings } from './settings';

/** `create.readyTimeout` is COPPICE_CREATE_READY_TIMEOUT in the environment. */
export function variableOf(key: string): string {
  return `COPPICE_${key
    .replace(/[A-Z]/g, (letter) => `_${letter}`)
    .replaceAll('.', '_')
    .toUpperCase()}`;
}

/** By which variables the program `coppice` knows settings that are not as they come. */
export function settingVariables(settings: Settings): Record<string, string> {
  const changed = Object.entries(settings).filter(
    ([key, value]) => String(value) !== String(defaultSettings[key as keyof Settings]),
  );
  return Object.fromEntries(changed.map(([key, value]: [string, unknown]) => [variableOf(key), String(value)]));
}
