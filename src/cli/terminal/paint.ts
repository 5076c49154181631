import type { Status } from '../../modules/health/observe.js';

/** Colours of the terminal; the identity where there are none. Nothing is said by a colour alone. */
export interface Paint {
  readonly status: Readonly<Record<Status, (text: string) => string>>;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
}

const code = (open: number, close: number) => (text: string) => `\u001b[${open}m${text}\u001b[${close}m`;
const plain = (text: string): string => text;

const COLOURS: Paint = {
  status: { pass: code(32, 39), warn: code(33, 39), fail: code(31, 39) },
  dim: code(2, 22),
  bold: code(1, 22),
};
const NO_COLOURS: Paint = { status: { pass: plain, warn: plain, fail: plain }, dim: plain, bold: plain };

export const paintOf = (coloured: boolean): Paint => (coloured ? COLOURS : NO_COLOURS);

export const MARK: Readonly<Record<Status, string>> = { pass: '✓', warn: '▲', fail: '✕' };
