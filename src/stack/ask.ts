/** The JSON that a process answered, or why it did not. */
export type Reply =
  | { readonly ok: true; readonly status: number; readonly body: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly why: string };

const DEADLINE_MS = 2000;

/** One question to a process of the stack. Never throws. */
export async function ask(url: string, token: string | undefined): Promise<Reply> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.timeout(DEADLINE_MS),
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
    const body: unknown = await response.json();
    if (typeof body !== 'object' || body === null) return { ok: false, why: `${url} answered no object` };
    return { ok: true, status: response.status, body: body as Record<string, unknown> };
  } catch (error) {
    const { message, cause } = error as Error;
    return { ok: false, why: `${url}: ${cause instanceof Error ? cause.message : message}` };
  }
}
