import { z } from 'zod';

// What is read of the protocol of `codex app-server`, and no more: fields that are not used may come and go.
// `codex app-server generate-ts` prints all of it.

export const modelPage = z.object({
  data: z.array(z.object({ id: z.string(), model: z.string(), isDefault: z.boolean().optional() })),
  nextCursor: z.string().nullish(),
});

/** Of what applies in the end: files, profiles and the command line together. */
export const effectiveConfig = z.object({ config: z.object({ model: z.string().nullish() }) });

export const startedThread = z.object({ thread: z.object({ id: z.string() }), model: z.string() });

export const startedTurn = z.object({ turn: z.object({ id: z.string() }) });

export const turnError = z.object({
  message: z.string(),
  codexErrorInfo: z.unknown(),
  additionalDetails: z.string().nullish(),
});
export type TurnError = z.infer<typeof turnError>;

const ofThread = z.object({ threadId: z.string() });

export const notifications = {
  'item/agentMessage/delta': ofThread.extend({ itemId: z.string(), delta: z.string() }),
  'item/completed': ofThread.extend({
    item: z.object({ type: z.string(), id: z.string().optional(), text: z.string().optional() }),
  }),
  'thread/tokenUsage/updated': ofThread.extend({
    tokenUsage: z.object({
      total: z.object({ inputTokens: z.number(), outputTokens: z.number(), totalTokens: z.number() }),
    }),
  }),
  'turn/started': ofThread.extend({ turn: z.object({ id: z.string() }) }),
  'turn/completed': ofThread.extend({
    turn: z.object({ status: z.string(), error: turnError.nullish() }),
  }),
} as const;

export type NotificationName = keyof typeof notifications;

/** What happens on a thread, by the name of the notification. */
export type ThreadNews = {
  [Name in NotificationName]: { readonly name: Name; readonly params: z.infer<(typeof notifications)[Name]> };
}[NotificationName];

/** Notifications that nobody here reads; the server is asked not to send them. */
export const UNWANTED_NOTIFICATIONS = [
  'thread/started',
  'thread/status/changed',
  'thread/settings/updated',
  'thread/name/updated',
  'thread/deleted',
  'thread/closed',
  'item/started',
  'item/reasoning/summaryTextDelta',
  'item/reasoning/summaryPartAdded',
  'item/reasoning/textDelta',
  'item/commandExecution/outputDelta',
  'item/fileChange/outputDelta',
  'turn/diff/updated',
  'turn/plan/updated',
  'account/rateLimits/updated',
  'remoteControl/status/changed',
  'skills/changed',
] as const;
