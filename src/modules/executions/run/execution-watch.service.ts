import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { every } from '../../kernel/index.js';
import { RunRepository, type Claim } from '../store/run.repository.js';

const LOOK_EVERY_MS = 500;

/** Notices that an execution was cancelled or taken over while this worker runs it: one question for all of them. */
@Injectable()
export class ExecutionWatch implements OnApplicationShutdown {
  private readonly watched = new Map<Claim, () => void>();
  private stopLooking: (() => void) | undefined;
  private looking = false;

  constructor(private readonly runs: RunRepository) {}

  /** Calls `lost` once when the execution is no longer in this worker's hands. Answers how to stop watching. */
  add(claim: Claim, lost: () => void): () => void {
    this.watched.set(claim, lost);
    this.stopLooking ??= every(LOOK_EVERY_MS, () => this.look());
    return () => {
      this.watched.delete(claim);
      if (this.watched.size === 0) this.stop();
    };
  }

  onApplicationShutdown(): void {
    this.stop();
  }

  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    const claims = [...this.watched.keys()];
    try {
      const mine = await this.runs.stillMine(claims);
      for (const claim of claims) {
        if (!mine.has(claim.id)) this.watched.get(claim)?.();
      }
    } catch {
      // Could not tell; the fence holds, and the next look will tell.
    } finally {
      this.looking = false;
    }
  }

  private stop(): void {
    this.stopLooking?.();
    this.stopLooking = undefined;
  }
}
