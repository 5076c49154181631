const LACKING = new Set(['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM']);

/**
 * Whether nothing was started for lack of descriptors, processes or memory, be it the cause of the error or that of
 * its cause: that may pass, and says nothing of what was to start.
 */
export function isLackOfResources(error: unknown): boolean {
  const { code, cause } = Object(error) as { readonly code?: unknown; readonly cause?: unknown };
  return [code, (Object(cause) as { readonly code?: unknown }).code].some((each) =>
    LACKING.has(String(each)),
  );
}
