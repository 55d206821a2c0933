import { AppError } from '../../core/errors';
import type { HookTool } from '../../core/agents/hookTools';
import { isObject } from '../../core/records/isObject';
import { isOurs } from './entry';
import { parseJson, withValue, type JsonObject } from './jsonText';

/** A file of hooks by event: `{"hooks": {"Stop": [{"matcher": "…", "hooks": [{"type": "command", …}]}]}}`. */
export interface HookFile {
  readonly tool: HookTool;
  /** For messages. */
  readonly file: string;
}

/** What is there in another form than the tool reads would be written over. @throws conflict, invalidInput */
export function refuseOtherForms(text: string | undefined, { file }: HookFile, events: readonly string[]): void {
  const { hooks } = parseJson(text, file);
  if (hooks === undefined) return;
  const other = isObject(hooks)
    ? events.find((event) => hooks[event] !== undefined && !Array.isArray(hooks[event]))
    : 'hooks';
  if (other === undefined) return;
  const what = other === 'hooks' ? 'hooks is no object' : `hooks.${other} is no list`;
  throw new AppError('conflict', `${file} is left as it is: ${what}. Mend that or take it away, and try again.`);
}

/** With our hook of an event, in a group of its own behind those that are there; where it is already, it calls as `hook` does. */
export function withHook(
  text: string | undefined,
  { tool, file }: HookFile,
  event: string,
  hook: JsonObject & { readonly command: string },
  matcher?: string,
): string | undefined {
  const groups = hooksOf(parseJson(text, file), event);
  const place = findHook(groups, tool);
  if (place) {
    const [group, index, before] = place;
    if (before.command === hook.command) return text;
    return withValue(text, ['hooks', event, group, 'hooks', index, 'command'], hook.command);
  }
  const group = { ...(matcher === undefined ? {} : { matcher }), hooks: [hook] };
  return groups.length === 0
    ? withValue(text, ['hooks', event], [group])
    : withValue(text, ['hooks', event, groups.length], group, true);
}

/** The text without our hooks of these events. */
export function withoutHooks(text: string, { tool, file }: HookFile, ofEvents: readonly string[]): string {
  let result = text;
  for (const event of ofEvents) {
    for (let place = findHook(hooksOf(parseJson(result, file), event), tool); place;) {
      const [group, index] = place;
      const groups = hooksOf(parseJson(result, file), event);
      const isLastHook = handlersOf(groups[group]).length === 1;
      const isLastGroup = isLastHook && groups.length === 1;
      if (isLastGroup) result = withValue(result, ['hooks', event], undefined);
      else if (isLastHook) result = withValue(result, ['hooks', event, group], undefined);
      else result = withValue(result, ['hooks', event, group, 'hooks', index], undefined);
      place = findHook(hooksOf(parseJson(result, file), event), tool);
    }
  }
  if (result === text) return text;
  const { hooks } = parseJson(result, file);
  return isObject(hooks) && Object.keys(hooks).length === 0 ? withValue(result, ['hooks'], undefined) : result;
}

export function hooksOf({ hooks }: JsonObject, event: string): readonly unknown[] {
  const groups = isObject(hooks) ? hooks[event] : undefined;
  return Array.isArray(groups) ? groups : [];
}

export function handlersOf(group: unknown): readonly unknown[] {
  return isObject(group) && Array.isArray(group['hooks']) ? group['hooks'] : [];
}

/** Where ours is: its group, and its place in there. */
export function findHook(
  groups: readonly unknown[],
  tool: HookTool,
): [group: number, index: number, hook: JsonObject] | undefined {
  for (const [group, each] of groups.entries())
    for (const [index, hook] of handlersOf(each).entries())
      if (isObject(hook) && isOurs(hook['command'], tool)) return [group, index, hook];
  return undefined;
}
