/** The answer with the moment at which it was given, which every answer of the platform carries. */
export function stamped<T extends object>(body: T): T & { timestamp: string } {
  return { ...body, timestamp: new Date().toISOString() };
}
