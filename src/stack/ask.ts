/** The JSON that a process answered, or why it did not; `silent` when nothing came within the deadline. */
export type Reply =
  | { readonly ok: true; readonly status: number; readonly body: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly why: string; readonly silent: boolean };

const DEADLINE_MS = 2000;

/** One question to a process of the stack. Never throws. */
export async function ask(url: string, token: string | undefined): Promise<Reply> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.timeout(DEADLINE_MS),
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
    const body: unknown = await response.json();
    if (typeof body !== 'object' || body === null) {
      return { ok: false, why: `${url} answered no object`, silent: false };
    }
    return { ok: true, status: response.status, body: body as Record<string, unknown> };
  } catch (error) {
    const { name, message, cause } = error as Error;
    const why = cause instanceof Error ? cause.message : message;
    return { ok: false, why: `${url}: ${why}`, silent: name === 'TimeoutError' };
  }
}
