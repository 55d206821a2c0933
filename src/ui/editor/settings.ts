import * as vscode from 'vscode';
import { defaultSettings, type Settings } from '../../core/settings';

/** Reads the settings as they are now; a value of the wrong type counts as not set. */
export function readSettings(): Settings {
  const configuration = vscode.workspace.getConfiguration('coppice');
  return toSettings((key) => configuration.get(key));
}

export function toSettings(get: (key: keyof Settings) => unknown): Settings {
  const entries = Object.entries(defaultSettings).map(([key, fallback]: [string, unknown]) => {
    const value = get(key as keyof Settings);
    return [key, isLike(value, fallback) ? value : fallback];
  });
  return Object.fromEntries(entries) as Settings;
}

/** Lists are lists of text. */
function isLike(value: unknown, fallback: unknown): boolean {
  if (!Array.isArray(fallback)) return typeof value === typeof fallback;
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
