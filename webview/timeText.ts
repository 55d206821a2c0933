/** Made once: each costs more than all that it is asked for. */
const minutes = formatOf({});
const seconds = formatOf({ second: '2-digit' });

/** As the editor's language writes it, of 24 hours: two of the same day are told apart at a glance. @param at milliseconds since the epoch */
export function timeText(at: number, withSeconds = true): string {
  return (withSeconds ? seconds : minutes).format(at);
}

function formatOf(more: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', ...more, hourCycle: 'h23' });
}
