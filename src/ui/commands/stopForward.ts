import type { CommandHandler } from '../context/commandContext';

export const stopForward: CommandHandler = (context, argument) => {
  const node = context.nodeOf(argument);
  if (node?.kind === 'forward') context.forwardedPorts.stop(node.forward.localPort);
};
