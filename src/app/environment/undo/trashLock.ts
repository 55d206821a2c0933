/** What is brought back is not swept at the same time. */
export function trashLock({ id }: { readonly id: string }): string {
  return `trash ${id}`;
}
