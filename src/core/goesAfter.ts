/** How long notice stands before something goes by itself. Milliseconds */
export const noticeMs = 24 * 3600_000;

/** When what such a notice is of goes at the earliest: milliseconds since the epoch. @param lookedAt when it was looked at last */
export function goesAfter({ stood }: { readonly stood: number }, lookedAt: number): number {
  return lookedAt + Math.max(0, noticeMs - stood);
}
