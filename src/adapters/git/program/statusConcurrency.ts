import { availableParallelism } from 'node:os';

/**
 * How many `git status` run at once: twice the cores. More is no faster, and starting them all at once keeps the event
 * loop from everything else.
 */
export const statusConcurrency = Math.min(8, 2 * availableParallelism());
