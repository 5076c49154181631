export type Format = 'json' | 'health+json' | 'text';

const TYPES: ReadonlyMap<string, Format> = new Map<string, Format>(
  Object.entries({
    'application/json': 'json',
    'application/*': 'json',
    '*/*': 'json',
    'application/health+json': 'health+json',
    'text/plain': 'text',
  } satisfies Record<string, Format>),
);

/** Chooses by the `Accept` header; the first of equal preference wins, and JSON whenever nothing of ours is named. */
export function negotiate(accept: string | undefined): Format {
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return 'json';
  let best: { format: Format; quality: number } = { format: 'json', quality: 0 };
  for (const part of accept.split(',')) {
    const [type = '', ...parameters] = part.split(';').map((each) => each.trim().toLowerCase());
    const format = TYPES.get(type);
    const q = parameters.find((each) => each.startsWith('q='));
    const quality = q === undefined ? 1 : Number(q.slice(2));
    if (format !== undefined && quality > best.quality) best = { format, quality };
  }
  return best.format;
}
