/** What kind of failure it is: the CLI ends with an exit code for each. */
export type ErrorCode =
  | 'invalidInput'
  | 'notConfigured'
  | 'missingTool'
  | 'unreachable'
  | 'timeout'
  | 'denied'
  | 'notFound'
  | 'conflict'
  /** A repository's file runs what nobody has approved. */
  | 'unapproved'
  | 'failed'
  | 'bug';
