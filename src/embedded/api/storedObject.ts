const timeFields = /(?:Time|Timestamp)$/;
/** The only times of the API that keep their fractions (MicroTime). */
const preciseTimes = new Set(['eventTime', 'acquireTime', 'renewTime', 'lastObservedTime']);
const fractionalTime = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.\d+Z$/;

/**
 * An object from etcd. webernetes writes times with milliseconds, Kubernetes without: clients that compare or print them see
 * what a Kubernetes API sends.
 */
export function parseStored(text: string): unknown {
  return JSON.parse(text, (field, value: unknown) => {
    if (typeof value !== 'string' || !timeFields.test(field) || preciseTimes.has(field)) return value;
    const seconds = fractionalTime.exec(value)?.[1];
    return seconds === undefined ? value : `${seconds}Z`;
  });
}
