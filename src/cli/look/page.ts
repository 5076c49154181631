import type { Paint } from '../terminal/paint.js';

export interface Page {
  /** Columns. */
  readonly width: number;
  readonly paint: Paint;
}
