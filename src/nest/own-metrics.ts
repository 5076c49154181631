import { register } from 'prom-client';
import { ProbityOptionsError, type MetricsRegistry } from './probity.options.js';

const OURS = /^probity_(check|queue|heartbeat|database)_/;
const made = new WeakSet<object>();

/**
 * Runs what makes metrics of ours, which go to prom-client's own registry, and puts them where the application wants
 * them: there, in a registry of its own, or nowhere. Throws `ProbityOptionsError` where a name is taken by another.
 */
export async function withMetricsIn<T>(
  wanted: MetricsRegistry | false | undefined,
  make: () => Promise<T>,
): Promise<T> {
  const taken = own().find(({ metric }) => !made.has(metric));
  if (taken !== undefined)
    throw new ProbityOptionsError('metrics', `cannot go to the registry, which has a ${taken.name} already`);
  const value = await make();
  for (const { name, metric } of own()) {
    made.add(metric);
    if (wanted === undefined) continue;
    register.removeSingleMetric(name);
    if (wanted !== false) wanted.registerMetric(metric as never);
  }
  return value;
}

function own(): readonly { readonly name: string; readonly metric: object }[] {
  return register
    .getMetricsAsArray()
    .map((metric) => ({ name: (metric as unknown as { readonly name: string }).name, metric }))
    .filter(({ name }) => OURS.test(name));
}
