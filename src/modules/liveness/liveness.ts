/**
 * A module's word on whether a restart of this process would help: a code when it would, else null.
 * Synchronous and from memory, for `/livez` waits for nothing.
 */
export type LivenessVeto = () => string | null;

export interface LivenessState {
  readonly live: boolean;
  /** The code of the first veto, null while alive. */
  readonly reason: string | null;
  /** Epoch ms since when it has been so. */
  readonly since: number;
}

/** Liveness of this process. It imports nothing, so nothing that is broken can break it. */
export class Liveness {
  private readonly vetoes = new Set<LivenessVeto>();
  private state: LivenessState;

  constructor(readonly startedAt: number) {
    this.state = { live: true, reason: null, since: startedAt };
  }

  /** Adds a veto; the answer takes it away again. */
  add(veto: LivenessVeto): () => void {
    this.vetoes.add(veto);
    return () => this.vetoes.delete(veto);
  }

  read(now: number): LivenessState {
    const reason = this.firstVeto();
    if (reason !== this.state.reason) this.state = { live: reason === null, reason, since: now };
    return this.state;
  }

  private firstVeto(): string | null {
    for (const veto of this.vetoes) {
      const reason = ask(veto);
      if (reason !== null) return reason;
    }
    return null;
  }
}

/** A veto that throws could not tell, and "could not tell" never counts towards a restart. */
function ask(veto: LivenessVeto): string | null {
  try {
    return veto();
  } catch {
    return null;
  }
}
