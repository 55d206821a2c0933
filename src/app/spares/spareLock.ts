/** Held by whoever makes, removes or claims this one. */
export function spareLock(id: string): string {
  return `spare ${id}`;
}
