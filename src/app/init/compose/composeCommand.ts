import { isPlainList, isPlainMapping, plainText, type PlainMapping, type PlainValue } from '../../../core/proposedFile';
import type { DockerfileFacts } from '../shared/dockerfile';
import { literal } from '../shared/literal';
import { onPort } from '../shared/onPort';
import { words } from '../shared/shellCommand';
import { withoutMarks } from './interpolate';

export interface ComposeCommand {
  readonly argv: readonly string[];
  readonly from: 'compose' | 'Dockerfile';
}

/** Programs that are in an image, and seldom on a machine where somebody develops. */
const imagesOnly = /^(?:\/|nginx$|httpd|apache2|php-fpm|catalina|tini$|dumb-init$|docker-entrypoint|\.?\/?wait-for)/;
/** Programs of languages, which a machine where somebody develops has at a place of its own. */
const language = /^\/usr\/(?:local\/)?bin\/((?:python|node|ruby|php|java|bash|sh)[\d.]*)$/;

/**
 * What a service runs, for a process of this machine: its entrypoint and command, else those of its Dockerfile. undefined: nothing says
 * it, or it is a program that only the image has.
 *
 * @param port that the service listens on: where a command names it, the environment's own takes its place
 */
export function composeCommand(
  service: PlainMapping,
  dockerfile: DockerfileFacts | undefined,
  port: number | undefined,
): ComposeCommand | undefined {
  const entrypoint = list(service['entrypoint']);
  const command = list(service['command']);
  const own = dockerfile?.command;
  const ofImage = own === undefined ? undefined : typeof own === 'string' ? ['sh', '-c', own] : own;
  const isSaid = entrypoint !== undefined || command !== undefined;
  // A command alone is what the image's own entrypoint is given.
  const before = entrypoint ?? (Array.isArray(dockerfile?.entrypoint) ? dockerfile.entrypoint.map(String) : []);
  const argv = isSaid ? [...before, ...(command ?? [])] : ofImage;
  if (argv === undefined || argv.length === 0) return undefined;
  const program = /^(?:sh|bash|\/bin\/(?:ba)?sh)$/.test(argv[0] ?? '')
    ? (words(argv[2] ?? '')?.[0] ?? '')
    : (argv[0] ?? '');
  if (imagesOnly.test(program.replace(language, '$1'))) return undefined;
  // What was compiled is where it was compiled.
  const isShell = /^(?:sh|bash|\/bin\/(?:ba)?sh)$/.test(argv[0] ?? '') && argv[1] === '-c';
  const all = isShell ? [...argv, ...(words(argv[2] ?? '') ?? [])] : argv;
  if (all.some((word) => /^[^\s]+\.(?:dll|jar|war|exe)$/.test(word))) return undefined;
  const first = argv[0]?.replace(/^\/bin\//, '').replace(language, '$1') ?? '';
  const plain = argv.map((word, at) => (at === 0 ? first : fromMarks(word)));
  const { environment } = service;
  const told = { ...dockerfile?.env, ...(isPlainMapping(environment) ? environment : {}) };
  const isTold = Object.entries(told).some(([name, value]) => /_PORT$/.test(name) && plainText(value) === String(port));
  return { argv: onPort(plain, port, isTold), from: isSaid ? 'compose' : 'Dockerfile' };
}

function list(value: PlainValue | undefined): readonly string[] | undefined {
  if (isPlainList(value)) return value.map(String);
  if (typeof value !== 'string') return undefined;
  // As the list without anything in it: it takes away what the image says.
  if (value.trim() === '') return [];
  return words(value) ?? ['sh', '-c', value];
}

/** A variable that Compose would have filled in is filled in when the service starts; what a shell calls is left to it. */
function fromMarks(text: string): string {
  return withoutMarks(literal(text).replace(/\uE000([^\uE001]*)\uE001/g, '$($1)'));
}
