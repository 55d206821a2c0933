/** As the editor's language writes it, of 24 hours: two of the same day are told apart at a glance. @param at milliseconds since the epoch */
export function timeText(at: number, withSeconds = true): string {
  const seconds = withSeconds ? ({ second: '2-digit' } as const) : {};
  return new Date(at).toLocaleTimeString(undefined, {
    hour: '2-digit',
    minute: '2-digit',
    ...seconds,
    hourCycle: 'h23',
  });
}
