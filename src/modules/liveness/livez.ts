import type { LivenessState } from './liveness.js';

export interface LivezAnswer {
  readonly statusCode: 200 | 503;
  readonly body: string;
}

/** The answer of `GET /livez`; see the wire contract. `now` is epoch ms. */
export function livezAnswer(state: LivenessState, uptimeMs: number, now: number): LivezAnswer {
  return {
    statusCode: state.live ? 200 : 503,
    body: JSON.stringify({
      status: state.live ? 'alive' : 'dead',
      live: state.live,
      reason: state.reason,
      since: new Date(state.since).toISOString(),
      uptimeMs: Math.max(0, Math.round(uptimeMs)),
      timestamp: new Date(now).toISOString(),
    }),
  };
}
