/** One reason within a Status: which field, and what is wrong with it. */
export interface StatusCause {
  reason: string;
  message: string;
  field?: string;
}

export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

/** `kind: Status`, the answer of Kubernetes to what failed. Wording and fields follow k8s.io/apimachinery/pkg/api/errors. */
export interface StatusObject {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: Record<string, unknown>;
  status: 'Success' | 'Failure';
  message?: string;
  reason?: string;
  details?: StatusDetails;
  code?: number;
}

/** How Kubernetes names a resource in messages: `pods`, `deployments.apps`. */
export interface QualifiedResource {
  group: string;
  plural: string;
}

function qualified({ group, plural }: QualifiedResource): string {
  return group === '' ? plural : `${plural}.${group}`;
}

/** A request that the API refuses, with what it answers. */
export class StatusError extends Error {
  override readonly name = 'StatusError';

  constructor(
    readonly code: number,
    readonly reason: string,
    message: string,
    readonly details?: StatusDetails,
  ) {
    super(message);
  }

  toStatus(): StatusObject {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      ...(this.reason === '' ? {} : { reason: this.reason }),
      ...(this.details ? { details: this.details } : {}),
      code: this.code,
    };
  }

  static badRequest(message: string): StatusError {
    return new StatusError(400, 'BadRequest', message);
  }

  static unauthorized(): StatusError {
    return new StatusError(401, 'Unauthorized', 'Unauthorized');
  }

  static forbidden(resource: QualifiedResource, name: string, why: string, causes?: StatusCause[]): StatusError {
    return new StatusError(403, 'Forbidden', `${qualified(resource)} "${name}" is forbidden: ${why}`, {
      ...detailsOf(resource, name),
      ...(causes ? { causes } : {}),
    });
  }

  static notFound(resource: QualifiedResource, name: string): StatusError {
    return new StatusError(404, 'NotFound', `${qualified(resource)} "${name}" not found`, detailsOf(resource, name));
  }

  /** A path that no resource is served at. `what` is the resource, where a client asks for one that Kubernetes has. */
  static noSuchResource(what?: string): StatusError {
    const known = what === undefined ? '' : `: the embedded cluster has no ${what}`;
    return new StatusError(404, 'NotFound', `the server could not find the requested resource${known}`, {});
  }

  static methodNotAllowed(message = 'the server does not allow this method on the requested resource'): StatusError {
    return new StatusError(405, 'MethodNotAllowed', message, {});
  }

  static notAcceptable(accepted: readonly string[]): StatusError {
    return new StatusError(406, 'NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`);
  }

  static alreadyExists(resource: QualifiedResource, name: string): StatusError {
    return new StatusError(
      409,
      'AlreadyExists',
      `${qualified(resource)} "${name}" already exists`,
      detailsOf(resource, name),
    );
  }

  static conflict(resource: QualifiedResource, name: string, why: string): StatusError {
    return new StatusError(
      409,
      'Conflict',
      `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`,
      detailsOf(resource, name),
    );
  }

  static modified(resource: QualifiedResource, name: string): StatusError {
    return StatusError.conflict(
      resource,
      name,
      'the object has been modified; please apply your changes to the latest version and try again',
    );
  }

  /** Fields of a server-side apply that belong to other managers. */
  static applyConflict(causes: StatusCause[], message: string): StatusError {
    return new StatusError(409, 'Conflict', message, { causes });
  }

  static expired(message: string): StatusError {
    return new StatusError(410, 'Expired', message);
  }

  static unsupportedMediaType(accepted: readonly string[]): StatusError {
    return new StatusError(
      415,
      'UnsupportedMediaType',
      `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
    );
  }

  /** The object breaks rules of its kind. Each cause becomes part of the message, as in `kubectl`'s output. */
  static invalid(kind: { group: string; kind: string }, name: string, causes: readonly StatusCause[]): StatusError {
    const named = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
    const lines = causes.map((cause) => `${cause.field ?? ''}: ${cause.message}`);
    const text = lines.length === 1 ? lines.join('') : `[${lines.join(', ')}]`;
    return new StatusError(422, 'Invalid', `${named} "${name}" is invalid: ${text}`, {
      ...(name === '' ? {} : { name }),
      ...(kind.group === '' ? {} : { group: kind.group }),
      kind: kind.kind,
      causes: [...causes],
    });
  }

  static internal(message: string): StatusError {
    return new StatusError(500, 'InternalError', `Internal error occurred: ${message}`, {
      causes: [{ reason: 'InternalError', message }],
    });
  }
}

function detailsOf(resource: QualifiedResource, name: string): StatusDetails {
  return { name, ...(resource.group === '' ? {} : { group: resource.group }), kind: resource.plural };
}
