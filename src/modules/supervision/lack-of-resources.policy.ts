const LACKING = new Set(['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM']);

/** Whether nothing was started for lack of descriptors, processes or memory: that may pass, and says nothing of what was to start. */
export function isLackOfResources(error: unknown): boolean {
  return LACKING.has(String((error as { code?: unknown } | null | undefined)?.code));
}
