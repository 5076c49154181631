/**
 * - `answered`: the peer answered with an error; `rpcCode` is its code
 * - `timeout`: no answer within the deadline
 * - `closed`: the peer has ended, or its life is over for us
 * - `not_sent`: the peer does not read what it is sent, or too much is under way
 * - `oversized`: the answer was longer than any answer may be
 */
export type RpcErrorKind = 'answered' | 'timeout' | 'closed' | 'not_sent' | 'oversized';

/** The peer's way to say that it is overloaded: busy, not dead. */
export const OVERLOADED = -32001;

/** A call that has no result. */
export class RpcError extends Error {
  override readonly name = 'RpcError';

  constructor(
    readonly kind: RpcErrorKind,
    message: string,
    readonly rpcCode: number | null = null,
  ) {
    super(message);
  }
}
