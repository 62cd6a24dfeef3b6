// What can go wrong between the console and the server, as one type that every page can show.

/** One thing that is wrong with a document; `path` as in `CustomErrorResponses.Items[2].ErrorCode`. */
export interface Problem {
  code: string;
  path: string;
  message: string;
}

export type FailureKind =
  /** Nothing answered. */
  | 'unreachable'
  /** An answer did not come in time. */
  | 'slow'
  /** The session is over. */
  | 'signed-out'
  /** Too many calls, or no room: try again later. */
  | 'busy'
  /** Somebody else changed the document. */
  | 'conflict'
  /** The server refuses the request and says why. */
  | 'refused'
  /** The operation is not there yet. */
  | 'unsupported'
  /** The server failed, or answered what is no answer. */
  | 'broken';

export class Failure extends Error {
  constructor(
    readonly kind: FailureKind,
    message: string,
    readonly details: {
      status?: number;
      code?: string;
      requestId?: string;
      retryAfterSeconds?: number;
      problems?: Problem[];
    } = {},
  ) {
    super(message);
    this.name = 'Failure';
  }

  get problems(): Problem[] {
    return this.details.problems ?? [];
  }

  /** Whether trying again may help without changing anything. */
  get isPassing(): boolean {
    return this.kind === 'unreachable' || this.kind === 'slow' || this.kind === 'busy';
  }
}

export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new Failure('broken', error instanceof Error ? error.message : String(error));
}

/** A refusal of the API; the session answers `code` and `message` alone. */
interface Envelope {
  Error?: { Code?: string; Message?: string };
  code?: string;
  message?: string;
  RequestId?: string;
  Problems?: { Code: string; Path: string; Message: string }[];
}

/** The failure that an answer stands for. */
export function failureOf(status: number, headers: Headers, body: unknown): Failure {
  const envelope = (typeof body === 'object' && body !== null ? body : {}) as Envelope;
  const code = envelope.Error?.Code ?? envelope.code ?? '';
  const details = {
    status,
    code,
    requestId: envelope.RequestId ?? headers.get('x-amzn-requestid') ?? undefined,
    retryAfterSeconds: seconds(headers.get('retry-after')),
    problems: (envelope.Problems ?? []).map((problem) => ({
      code: problem.Code,
      path: problem.Path,
      message: problem.Message,
    })),
  };
  const message = envelope.Error?.Message ?? envelope.message ?? `The server answered with status ${status}.`;
  return new Failure(kindOf(status, code), message, details);
}

/** How the API, which knows signatures too, says that there is no session: with 403. */
const SESSION_OVER = ['MissingAuthenticationToken', 'ExpiredToken'];

function kindOf(status: number, code: string): FailureKind {
  if (status === 401 || SESSION_OVER.includes(code)) return 'signed-out';
  if (status === 412) return 'conflict';
  if (status === 429 || status === 503) return 'busy';
  if (code === 'UnsupportedOperation' || code === 'UnknownOperationException') return 'unsupported';
  if (status >= 500) return 'broken';
  return 'refused';
}

function seconds(text: string | null): number | undefined {
  const number = text === null ? NaN : Number(text);
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}
