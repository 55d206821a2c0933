/** The environment variable that tells which run of a container a process of an embedded cluster belongs to. */
export const RUN_MARK = 'COPPICE_RUN_MARK';
