import type { Audience } from '../views/index.js';

/** Members that a module adds to `/healthz` of its process. The public audience gets the same shape without details. */
export type HealthzSection = (audience: Audience) => Readonly<Record<string, unknown>>;

/** What `/healthz` says beyond the board; asked per request, so that it needs no change of the board to be current. */
export class HealthzSections {
  private readonly sections: HealthzSection[] = [];

  add(section: HealthzSection): void {
    this.sections.push(section);
  }

  /** Undefined when no module adds anything. */
  read(audience: Audience): Readonly<Record<string, unknown>> | undefined {
    if (this.sections.length === 0) return undefined;
    return Object.assign({}, ...this.sections.map((section) => section(audience))) as Record<string, unknown>;
  }
}
