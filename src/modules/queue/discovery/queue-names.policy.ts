/** Whatever a queue is called, its keys begin with this and end with that. */
const END = ':meta';

/** What SCAN is to match: the one key that every queue of BullMQ has, whatever characters the prefix is made of. */
export function metaKeys(prefix: string): string {
  return `${prefix.replaceAll(/[\\*?[\]]/g, '\\$&')}:*${END}`;
}

/** The queue whose key this is; null when it is no queue's, or of another prefix that begins alike. */
export function queueOfKey(prefix: string, key: string): string | null {
  if (!key.startsWith(`${prefix}:`) || !key.endsWith(END)) return null;
  return nameOf(key.slice(prefix.length + 1, -END.length));
}

/**
 * The queue of a worker, by the name of its connection: `<prefix>:<base64 of the queue>`, with `:w:` and the worker's own
 * name behind it when it has one. Null for any other connection, such as one that listens to events.
 */
export function queueOfConnection(prefix: string, name: string): string | null {
  if (!name.startsWith(`${prefix}:`)) return null;
  const [, base64] = /^([A-Za-z0-9+/]+=*)(?::w:.*)?$/.exec(name.slice(prefix.length + 1)) ?? [];
  if (base64 === undefined) return null;
  const queue = Buffer.from(base64, 'base64').toString();
  return Buffer.from(queue).toString('base64') === base64 ? nameOf(queue) : null;
}

/** The prefix of a key that may be a queue's, for whoever knows none; null when it cannot be one. */
export function prefixOfKey(key: string): string | null {
  const [, prefix = '', queue = ''] = /^(.+):([^:]+):meta$/s.exec(key) ?? [];
  return nameOf(queue) === null ? null : prefix;
}

/** `*` stands for any characters. */
export function matches(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return name === pattern;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length)
    return false;
  const end = name.length - last.length;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

/** BullMQ lets no name have a colon; one that is not UTF-8 cannot be asked after. */
function nameOf(text: string): string | null {
  return text === '' || text.includes(':') || text.includes('\uFFFD') ? null : text;
}
