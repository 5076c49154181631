/** What is known only when a request is answered. */
export interface RenderMoment {
  /** Epoch ms. */
  readonly now: number;
  /** Monotonic ms. */
  readonly mono: number;
  /** Monotonic ms at which the request began. */
  readonly startedAt: number;
  /** Of the process, by the monotonic clock: the other one is set now and then. */
  readonly uptimeMs: number;
}

/** A value spliced into an answer for each request; everything around it is serialized once per change. */
export class Live {
  constructor(readonly at: (moment: RenderMoment) => string | number | null) {}
}

export const timestamp = new Live((moment) => new Date(moment.now).toISOString());

export const uptime = new Live(({ uptimeMs }) => Math.round(uptimeMs));

/** An age that keeps growing after it was observed, as an integer of ms; null stays null. */
export function growing(ageMs: number | null, observedAt: number): Live | null {
  return ageMs === null ? null : new Live(({ mono }) => Math.max(0, Math.round(ageMs + mono - observedAt)));
}

/** JSON text with holes for the live values. */
export interface LiveTemplate {
  readonly texts: readonly string[];
  readonly lives: readonly Live[];
}

// A private-use character that JSON leaves alone: no text of ours holds it, and what comes from outside is stripped.
const HOLE = '\uE000';

export function toTemplate(value: unknown): LiveTemplate {
  const lives: Live[] = [];
  const json = JSON.stringify(value, (_key, each: unknown) => {
    if (each instanceof Live) {
      lives.push(each);
      return HOLE;
    }
    if (typeof each === 'string') return stripped(each);
    return isRecord(each) && Object.keys(each).some((name) => name.includes(HOLE)) ? renamed(each) : each;
  });
  // The replacer sees the members in the order in which they are written, so the nth hole is the nth value.
  return { texts: json.split(`"${HOLE}"`), lives };
}

const stripped = (text: string) => (text.includes(HOLE) ? text.replaceAll(HOLE, '?') : text);

function renamed(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [stripped(name), each]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Text that has no live values but the ones given at its holes. */
export function render(template: LiveTemplate, moment: RenderMoment): string {
  let text = template.texts[0] ?? '';
  template.lives.forEach((live, index) => {
    const value = live.at(moment);
    text += (typeof value === 'string' ? `"${value}"` : String(value)) + (template.texts[index + 1] ?? '');
  });
  return text;
}
