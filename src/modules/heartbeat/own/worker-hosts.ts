import { Reflector } from '@nestjs/core';
import type { Worker } from 'bullmq';

/** What `@Processor` of @nestjs/bullmq leaves on a class, which is not imported: who has no worker has no need of it. */
const PROCESSOR = 'bullmq:processor_metadata';

/** As `DiscoveryService` finds them. */
export interface Provider {
  readonly metatype?: unknown;
  readonly instance?: unknown;
}

/** The workers of all `WorkerHost`s; those that did not start have none. */
export function workersOf(providers: readonly Provider[]): readonly Worker[] {
  const found = new Set<Worker>();
  const reflector = new Reflector();
  for (const { metatype, instance } of providers) {
    if (typeof metatype !== 'function') continue;
    if (reflector.get<unknown>(PROCESSOR, metatype) === undefined) continue;
    const worker = workerOf(instance);
    if (worker !== undefined) found.add(worker);
  }
  return [...found];
}

function workerOf(host: unknown): Worker | undefined {
  try {
    return (host as { readonly worker?: Worker }).worker;
  } catch {
    // The getter throws before there is one, as with a processor that registers no worker.
    return undefined;
  }
}
