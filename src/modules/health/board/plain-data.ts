/** Deeper, and more of them, than a check of ours needs: what a stranger's indicator says has to end somewhere. */
const MAX_DEPTH = 8;
const MAX_NODES = 10_000;

/**
 * What a check said beside its message, as data that JSON and another thread can take: whatever it holds, a circle, a
 * function, a property that throws when it is read. `clean` is applied to every text and name.
 */
export function plainData(
  details: Readonly<Record<string, unknown>>,
  clean: (text: string) => string,
): Readonly<Record<string, unknown>> {
  let nodes = 0;
  const plain = (value: unknown, depth: number): unknown => {
    if (++nodes > MAX_NODES) return '[cut off: too much]';
    switch (typeof value) {
      case 'string':
        return clean(value);
      case 'bigint':
      case 'symbol':
      case 'function':
        return clean(String(value).slice(0, 100));
      case 'object':
        break;
      default:
        return value;
    }
    if (value === null) return null;
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
    if (value instanceof Error) return clean(value.message);
    if (depth >= MAX_DEPTH) return '[cut off: too deep]';
    if (Array.isArray(value)) return value.slice(0, MAX_NODES).map((each) => plain(each, depth + 1));
    const names = Object.keys(value).slice(0, MAX_NODES);
    return Object.fromEntries(
      names.map((name) => [
        clean(name),
        readable(() => plain(Reflect.get(value, name), depth + 1), '[cannot be read]'),
      ]),
    );
  };
  return readable(() => plain(details, 0) as Record<string, unknown>, { unreadable: true });
}

function readable<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
