import { AppError } from '../core/errors';
import { defaultSettings, settingLimits, type Settings } from '../core/settings';
import { variableOf } from '../core/settingVariable';

/** @throws invalidInput naming the variable whose value is no number within its limits, or neither true nor false, where that is needed */
export function settingsFromEnvironment(env: Readonly<Record<string, string | undefined>>): Settings {
  const entries = Object.entries(defaultSettings).map(([key, fallback]: [string, unknown]) => {
    const variable = variableOf(key);
    const value = env[variable];
    if (value === undefined || value === '') return [key, fallback];
    if (typeof fallback === 'boolean') return [key, toBoolean(variable, value)];
    if (Array.isArray(fallback)) return [key, toList(value)];
    if (typeof fallback !== 'number') return [key, value];
    const number = Number(value);
    if (!Number.isFinite(number) || number < 0)
      throw new AppError('invalidInput', `${variable} must be a number, not "${value}".`);
    const [least, most] = settingLimits[key as keyof Settings] ?? [0, Number.MAX_SAFE_INTEGER];
    if (!Number.isInteger(number) || number < least || number > most)
      throw new AppError(
        'invalidInput',
        `${variable} must be a whole number from ${least} to ${most}, not "${value}".`,
      );
    return [key, number];
  });
  return Object.fromEntries(entries) as Settings;
}

/** Parted by commas. */
function toList(value: string): string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function toBoolean(variable: string, value: string): boolean {
  if (value !== 'true' && value !== 'false')
    throw new AppError('invalidInput', `${variable} must be true or false, not "${value}".`);
  return value === 'true';
}
