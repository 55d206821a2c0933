import * as vscode from 'vscode';
import { defaultSettings, settingLimits, type Settings } from '../../core/settings';

/**
 * Reads the settings as they are now. A value of the wrong type counts as not set, and of a number beyond its limits, which the settings
 * page tells, the nearest that is allowed.
 */
export function readSettings(): Settings {
  const configuration = vscode.workspace.getConfiguration('coppice');
  return toSettings((key) => configuration.get(key));
}

export function toSettings(get: (key: keyof Settings) => unknown): Settings {
  const entries = Object.entries(defaultSettings).map(([key, fallback]: [string, unknown]) => {
    const value = get(key as keyof Settings);
    return [key, isLike(value, fallback) ? withinLimits(key as keyof Settings, value) : fallback];
  });
  return Object.fromEntries(entries) as Settings;
}

function withinLimits(key: keyof Settings, value: unknown): unknown {
  const limits = settingLimits[key];
  if (!limits || typeof value !== 'number') return value;
  const [least, most] = limits;
  return Math.min(Math.max(Math.round(value), least), most);
}

/** Lists are lists of text. */
function isLike(value: unknown, fallback: unknown): boolean {
  if (!Array.isArray(fallback)) return typeof value === typeof fallback && !Number.isNaN(value);
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
