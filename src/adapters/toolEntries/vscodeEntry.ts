import { isObject } from '../../core/records/isObject';
import { byHand, isOurs, type Entry } from './entry';
import { isBare, parseJson, withValue, type JsonObject } from './jsonText';

const file = '.vscode/tasks.json';
const label = 'Coppice: environment of this worktree';

/** VS Code's agent sessions run a task that asks for it in each worktree that they make, by whatever shell they have; none waits for it. */
export const vscodeEntry: Entry = {
  file,
  add(text, call) {
    const command = call.anywhere('hook vscode');
    const value = parseJson(text, file);
    const tasks = tasksOf(value);
    const index = tasks.findIndex(isOurTask);
    if (index >= 0) {
      const task = tasks[index];
      return isObject(task) && task['command'] === command
        ? (text ?? '')
        : withValue(text, ['tasks', index, 'command'], command);
    }
    const task = {
      label,
      type: 'shell',
      command,
      inAgents: true,
      runOptions: { runOn: 'worktreeCreated' },
      problemMatcher: [],
    };
    const { version } = value;
    if (version !== undefined && version !== '2.0.0')
      throw byHand('it is of an old version of tasks', file, JSON.stringify(task, undefined, 2));
    // Without one it is of this version; one that is put into a file of somebody's would not be known as ours later.
    const versioned =
      text === undefined || isBare(text) || text.trim() === '' ? withValue(text, ['version'], '2.0.0') : text;
    return tasks.length === 0
      ? withValue(versioned, ['tasks'], [task])
      : withValue(versioned, ['tasks', tasks.length], task, true);
  },
  remove(text) {
    const tasks = tasksOf(parseJson(text, file));
    const index = tasks.findIndex(isOurTask);
    if (index < 0) return text;
    if (tasks.length > 1) return withValue(text, ['tasks', index], undefined);
    const result = withValue(text, ['tasks'], undefined);
    const { version, ...rest } = parseJson(result, file);
    const without =
      Object.keys(rest).length === 0 && version !== undefined ? withValue(result, ['version'], undefined) : '';
    return isBare(without) || isBare(result) ? undefined : result;
  },
};

function tasksOf({ tasks }: JsonObject): readonly unknown[] {
  return Array.isArray(tasks) ? tasks : [];
}

function isOurTask(task: unknown): boolean {
  return isObject(task) && isOurs(task['command'], 'vscode');
}
