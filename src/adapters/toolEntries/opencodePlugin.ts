/** By it a file is known as ours. */
export const pluginMark = 'Written by "coppice connect opencode"';

/**
 * A plugin of OpenCode (1.18.33) that tells what its sessions do, in the form of Claude Code's hooks, one after the other. What the types
 * of its plugins call permission.updated is permission.asked in the program. It needs nothing but what OpenCode runs it with, and nothing
 * that goes wrong in here is a matter of the session. A session that another one has begun has no person of its own; one whose turn is
 * stopped answers nothing that it asked for; and of a model that is away, which it asks again for good, a person is to know.
 *
 * @param command that is given each event; a shell reads it
 * @param patience how long it may take before the session goes on without. Milliseconds
 */
export function opencodePlugin(command: string, patience = 10_000): string {
  return `// ${pluginMark}, which writes it anew; with --remove it goes away.
// It tells Coppice what the sessions of OpenCode in your worktrees do.
import { spawn } from 'node:child_process';

const command = ${JSON.stringify(command)};

export const Coppice = async ({ client, directory }) => {
  const parents = new Map();
  const begun = new Map();
  const busy = new Set();
  const failed = new Map();
  const stuck = new Set();
  const answers = new Map();
  const said = new Map();
  const asked = new Map();
  let last = Promise.resolve();

  const within = (work, patience) => {
    let timer;
    const over = new Promise((resolve) => (timer = setTimeout(resolve, patience)));
    return Promise.race([work, over]).finally(() => clearTimeout(timer));
  };
  const call = (event) => {
    const options = { cwd: directory, shell: true, windowsHide: true, stdio: ['pipe', 'pipe', 'ignore'] };
    const child = spawn(command + ' ' + process.pid, options);
    // What the shell has started may live on when the shell is ended, and keep its output open.
    child.unref();
    const ended = new Promise((resolve) => {
      let answer = '';
      child.once('error', () => resolve(''));
      child.once('close', () => resolve(answer));
      child.stdout.on('data', (piece) => (answer += piece));
      child.stdin.on('error', () => undefined);
      child.stdin.end(JSON.stringify(event));
    });
    return within(ended, ${patience}).finally(() => {
      child.kill();
      child.stdout.destroy();
    });
  };
  const inTurn = (work) => (last = last.then(work).catch(() => ''));
  const rootOf = async (session) => {
    for (let depth = 0; depth < 16; depth++) {
      if (!parents.has(session)) {
        const asked = client.session.get({ path: { id: session } }).catch(() => undefined);
        const found = await within(asked, ${patience});
        parents.set(session, found?.data?.parentID);
      }
      if (parents.get(session) === undefined) break;
      session = parents.get(session);
    }
    return session;
  };
  const tell = (session, name, more) => call({ hook_event_name: name, session_id: session, ...more });
  const begin = (session) => {
    if (!begun.has(session)) begun.set(session, tell(session, 'SessionStart', { source: 'startup' }));
    return begun.get(session);
  };
  const ofRoot = (session, work) =>
    inTurn(async () => {
      if ((await rootOf(session)) !== session) return;
      await begin(session);
      await work();
    });
  const ask = (name, request, what) => {
    asked.set(request.id, what);
    inTurn(async () => {
      const root = await rootOf(request.sessionID);
      await begin(root);
      await tell(root, name, what);
    });
  };
  const answered = ({ sessionID, requestID }) => {
    const what = asked.get(requestID);
    asked.delete(requestID);
    if (what !== undefined) inTurn(async () => tell(await rootOf(sessionID), 'PostToolUse', what));
  };
  const fail = (session, why) => ofRoot(session, () => tell(session, 'StopFailure', { error_details: why }));
  const end = (session, error, text) => {
    if (error === undefined) return ofRoot(session, () => tell(session, 'Stop', { last_assistant_message: text }));
    if (error.name === 'MessageAbortedError')
      return ofRoot(session, async () => {
        await tell(session, 'PostToolBatch');
        await tell(session, 'Interrupt');
      });
    return fail(session, error.data?.message ?? error.name);
  };

  const on = {
    'session.created': ({ info }) => {
      parents.set(info.id, info.parentID);
      ofRoot(info.id, () => undefined);
    },
    'session.deleted': ({ info }) => {
      if (begun.delete(info.id)) inTurn(() => tell(info.id, 'SessionEnd'));
    },
    'session.status': ({ sessionID, status }) => {
      if (status.type !== 'idle') {
        if (status.type === 'retry' && status.attempt > 2 && !stuck.has(sessionID)) {
          stuck.add(sessionID);
          fail(sessionID, status.message);
        }
        if (busy.has(sessionID)) return;
        busy.add(sessionID);
        failed.delete(sessionID);
        said.delete(sessionID);
        ofRoot(sessionID, () => tell(sessionID, 'UserPromptSubmit'));
        return;
      }
      stuck.delete(sessionID);
      if (busy.delete(sessionID)) end(sessionID, failed.get(sessionID), said.get(sessionID));
    },
    'session.error': ({ sessionID, error }) => {
      if (sessionID === undefined || error === undefined) return;
      failed.set(sessionID, error);
      if (!busy.has(sessionID)) end(sessionID, error);
    },
    'message.updated': ({ info }) => {
      if (info.role === 'assistant') answers.set(info.sessionID, info.id);
    },
    'message.part.updated': ({ part }) => {
      if (answers.get(part.sessionID) !== part.messageID || (part.type !== 'text' && part.type !== 'tool')) return;
      if (part.type === 'text') said.set(part.sessionID, part.text);
      if (stuck.delete(part.sessionID)) ofRoot(part.sessionID, () => tell(part.sessionID, 'UserPromptSubmit'));
    },
    'permission.asked': (request) => {
      const what = request.metadata?.command ?? (request.patterns ?? []).join(', ');
      ask('PermissionRequest', request, { tool_name: request.permission, tool_input: { id: request.id, command: what } });
    },
    'permission.replied': answered,
    'question.asked': (request) => {
      const questions = request.questions.map(({ question }) => ({ question }));
      ask('PreToolUse', request, { tool_name: 'question', tool_input: { id: request.id, questions } });
    },
    'question.replied': answered,
    'question.rejected': answered,
  };

  return {
    event: async ({ event }) => {
      try {
        on[event.type]?.(event.properties);
      } catch {
        // Of another version it is not told.
      }
    },
    'experimental.chat.system.transform': async ({ sessionID }, { system }) => {
      try {
        const answer = sessionID === undefined ? '' : await begin(await rootOf(sessionID));
        const context = answer ? JSON.parse(answer).hookSpecificOutput?.additionalContext : undefined;
        if (context) system.push(context);
      } catch {
        // It can ask.
      }
    },
    dispose: async () => {
      // Which have begun is known once all that was said before is told.
      inTurn(async () => {
        for (const session of begun.keys()) await tell(session, 'SessionEnd');
      });
      await within(last, ${patience});
    },
  };
};
`;
}
