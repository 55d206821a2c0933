import type { JsonRecord } from '@coppice/host/parseRecord';

/** Whether a value is what JSON has between braces. */
export function isObject(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
