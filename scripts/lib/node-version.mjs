// Which Node this package runs on: package.json's own `engines`, asked before anything is installed. Plain Node.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build.mjs';

/** Why this Node will not do, and which one will; undefined when it does. */
export function unsuitableNode(version = process.versions.node, range = wanted()) {
  return satisfies(version, range) ? undefined : `Node ${range} is needed, this is ${version}`;
}

/** Whether `version` is in a range of the parts `^1.2.3` and `>=1.2.3`, joined by `||`: all that we write there. */
function satisfies(version, range) {
  return range.split('||').some((part) => {
    const [, operator, least] = /^\s*(\^|>=)\s*(\d+\.\d+\.\d+)\s*$/.exec(part) ?? [];
    if (least === undefined) throw new Error(`engines.node of package.json is not understood: ${range}`);
    const [have, from] = [numbers(version), numbers(least)];
    return compare(have, from) >= 0 && (operator === '>=' || have[0] === from[0]);
  });
}

function wanted() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).engines.node;
}

const numbers = (version) => version.split('.').map((part) => Number.parseInt(part, 10));

function compare(one, other) {
  const at = one.findIndex((number, index) => number !== other[index]);
  return at === -1 ? 0 : one[at] - other[at];
}
