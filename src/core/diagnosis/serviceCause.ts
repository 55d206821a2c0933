import { tellingLine } from '@coppice/host/tellingLine';
import type { ServiceStatus } from '../model';
import type { Cause, CauseKind } from './cause';
import { hintRules } from './hintRules';
import { furtherRules } from './furtherRules';
import { generalRules, reasonRules, type ReasonRule } from './reasonRules';

/** What a service has printed last: of the run before, and of the one that is. */
export interface ServiceOutput {
  readonly previous: readonly string[];
  readonly current: readonly string[];
}

const imageStates = new Set(['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull']);
/** So many of its last lines may tell why. */
const lastLines = 40;
const maxLine = 300;

/**
 * Why a service is in trouble: by what the cluster says, and where that says only how it ended, by what it has printed.
 *
 * @param isOnce whether it is one that runs to its end
 */
export function serviceCause(status: ServiceStatus, output: ServiceOutput, isOnce: boolean): Cause {
  const { name, state, reason = '' } = status;
  const said = `${state}${reason === '' ? '' : `: ${reason}`}`;
  const evidence = [`${name}: ${said}`];
  const make = (kind: CauseKind, what: string, todo: string, more: readonly string[] = []): Cause => ({
    ...{ kind, service: name, what: sentence(`${isOnce ? 'The job ' : ''}${name} ${what}`), todo },
    evidence: [...evidence, ...more.filter((line) => !said.includes(line))].map(shortened).slice(0, 4),
  });
  const by = ({ rule, found, line }: Found): Cause => make(rule.kind, rule.what(found), rule.todo(name, found), [line]);
  const waited = /^waits for (\S{1,63}?)(?:,| to be )/.exec(reason)?.[1];
  if (state === 'Waiting' && waited !== undefined) {
    const fails = /, which (?:fails|there is not)/.test(reason);
    return make(fails ? 'dependencyDown' : 'starting', reason, `coppice logs ${waited} --errors`);
  }
  if (imageStates.has(state.replace(/^Init:/, '')))
    return make(
      'imageMissing',
      'has an image that cannot be had',
      `Correct services.${name}.image of coppice.yaml, or have it built (build:), then: coppice create`,
    );
  if (/CreateContainerConfigError$/.test(state))
    return make(
      'configurationMissing',
      'lacks a Secret or ConfigMap that its pod names',
      'coppice create makes it again',
    );
  if (state === 'Evicted') return make('evicted', 'was evicted from its node', `coppice restart ${name}`);
  if (/\bnodes? are available\b|Insufficient (?:cpu|memory)/.test(reason))
    return make('unschedulable', 'finds no node with room for it', 'coppice sleep the environments that nobody uses');
  // Where its log is quoted, that alone is what the program said.
  const spoken = tellingLine(output.previous.join('\n'), 'last') ?? tellingLine(output.current.join('\n'), 'last');
  const ofReason = ruled([...hintRules, ...reasonRules, ...furtherRules], [said]);
  if (ofReason) return by(ofReason);
  const general = ruled(generalRules, [said]);
  // What listens or ends by itself went on after whatever it printed.
  const isTold = general !== undefined && !['probeFails', 'killed', 'nothingListens'].includes(general.rule.kind);
  const printed = [...(spoken === undefined ? [] : [spoken]), ...lastOf(output.previous), ...lastOf(output.current)];
  const ofOutput = isTold ? undefined : ruled([...reasonRules, ...furtherRules], printed);
  if (ofOutput) return by(ofOutput);
  if (general)
    return make(
      general.rule.kind,
      general.rule.what(general.found),
      general.rule.todo(name, general.found),
      told(spoken),
    );
  const log = `coppice logs ${name} --errors`;
  if (status.health === 'progressing')
    return make('starting', `is not ready yet${reason === '' ? '' : `: ${reason}`}`, log, told(spoken));
  const why = spoken === undefined ? reason || state : spoken;
  if (isOnce) return make('jobFailed', `failed: ${why}`, `${log}; once it is mended: coppice create`, told(spoken));
  if (/exit code|Error|CrashLoopBackOff/.test(said))
    return make(
      'crash',
      `ends with an error as it starts: ${why}`,
      `${log}; once it is mended: coppice restart ${name}`,
      told(spoken),
    );
  return make('troubled', `is ${said}`, `coppice describe ${name}`, told(spoken));
}

interface Found {
  readonly rule: ReasonRule;
  readonly found: string;
  readonly line: string;
}

/** By the first rule that any of the lines fits. */
function ruled(rules: readonly ReasonRule[], lines: readonly string[]): Found | undefined {
  const looked = lines.map((line) => line.slice(0, 2000));
  for (const rule of rules)
    for (const line of looked) {
      const match = rule.pattern.exec(line);
      if (match) return { rule, found: match.slice(1).find((group) => group !== undefined) ?? '', line };
    }
  return undefined;
}

/** The last first. */
function lastOf(lines: readonly string[]): string[] {
  return lines.slice(-lastLines).reverse();
}

function told(line: string | undefined): string[] {
  return line === undefined ? [] : [line];
}

function shortened(line: string): string {
  return line.length > maxLine ? `${line.slice(0, maxLine)}…` : line;
}

function sentence(text: string): string {
  const one = shortened(text.replace(/\s+/g, ' ').trim());
  return /[.!?…]$/.test(one) ? one : `${one}.`;
}
