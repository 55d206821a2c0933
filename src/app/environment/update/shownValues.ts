import { secretsOf } from '../../../core/variables/secretsOf';
import { isObject } from '../../../core/records/isObject';
import { servicesOf, type PlainValues } from './wantedValues';

/** In the place of a value that is not to be read. */
const hiddenValue = '‹hidden›';

/**
 * What a person is shown of values, service by service: without what says nothing, and of variables that sound secret, and of those of
 * dotenv files, the names only.
 *
 * @param isOther whether what is hidden of a service's variable is another value than on the other side
 */
export function shownValues(
  values: PlainValues | undefined,
  isOther: (service: string, variable: string) => boolean = () => false,
): PlainValues {
  const { services: _services, ...others } = values ?? {};
  const services = servicesOf(values).map((service) => shownService(service, isOther));
  return plain({ ...others, services: Object.fromEntries(services) });
}

function shownService(
  { name, env, envOrder, envFiles, ...service }: PlainValues,
  isOther: (service: string, variable: string) => boolean,
): readonly [string, PlainValues] {
  const hidden = (variable: string): string =>
    isOther(String(name), variable) ? `${hiddenValue}, another value` : hiddenValue;
  const variables = Object.entries(isObject(env) ? env : {});
  const shown = {
    ...service,
    env: sorted(variables.map(([key, value]) => [key, isSecret(key, value) ? hidden(key) : value])),
    envFiles: sorted(namesOf(envFiles).map((key) => [key, hidden(key)])),
    envOrder,
  };
  return [String(name), shown];
}

export function isSecret(name: string, value: unknown): boolean {
  // However short it is.
  return typeof value === 'string' && secretsOf({ [name]: value.padEnd(4) }).length > 0;
}

/** The variables that a service has of dotenv files. */
export function namesOf(envFiles: unknown): readonly string[] {
  const names: unknown = isObject(envFiles) ? envFiles['names'] : undefined;
  return Array.isArray(names) ? names.map(String) : [];
}

function sorted<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Without what is empty, in any depth. */
function plain(values: PlainValues): PlainValues {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => {
      const left = isObject(value) ? plain(value) : value;
      return isNothing(left) ? [] : [[key, left]];
    }),
  );
}

/** What says as little as what is not there. */
export function isNothing(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}
