export type RpcId = number | string;

/** One line from the peer, understood. The real server sends no `jsonrpc` member, so none is asked for. */
export type Message =
  | { readonly kind: 'result'; readonly id: RpcId; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: RpcId; readonly code: number; readonly message: string }
  | { readonly kind: 'request'; readonly id: RpcId; readonly method: string; readonly params: unknown }
  | { readonly kind: 'notification'; readonly method: string; readonly params: unknown }
  | { readonly kind: 'malformed'; readonly why: string };

export function readMessage(line: string): Message {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return malformed('it is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return malformed('it is not an object');
  }
  const { id, method, params, result, error } = value as Record<string, unknown>;
  if (typeof method === 'string') {
    if (id === undefined || id === null) return { kind: 'notification', method, params };
    return isId(id) ? { kind: 'request', id, method, params } : malformed('its id is no number or string');
  }
  if (!isId(id)) return malformed('it has neither a method nor an id');
  if (error !== undefined) return readError(id, error);
  return 'result' in value ? { kind: 'result', id, result } : malformed('it has no result and no error');
}

/** The id that a line answered of which only the two ends are known; null when neither shows one. */
export function answeredId(head: string, tail: string): RpcId | null {
  if (/"method"\s*:/.test(head)) return null;
  const found = /^\s*\{\s*(?:"jsonrpc"\s*:\s*"[^"]*"\s*,\s*)?"id"\s*:\s*(\d+)/.exec(head)?.[1];
  const last = found ?? /,\s*"id"\s*:\s*(\d+)\s*\}\s*$/.exec(tail)?.[1];
  return last === undefined ? null : Number(last);
}

function readError(id: RpcId, error: unknown): Message {
  const { code, message } = (typeof error === 'object' && error !== null ? error : {}) as Record<
    string,
    unknown
  >;
  return {
    kind: 'error',
    id,
    code: typeof code === 'number' ? code : 0,
    message: typeof message === 'string' ? message : 'no message',
  };
}

function isId(value: unknown): value is RpcId {
  return typeof value === 'number' || typeof value === 'string';
}

function malformed(why: string): Message {
  return { kind: 'malformed', why };
}
