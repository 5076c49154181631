/**
 * The answers to what the server asks of its client. Nobody is there to approve anything: with the approval
 * policy `never` it should not ask, and when it does all the same, the answer is no.
 */
const REFUSALS: Readonly<Record<string, unknown>> = {
  'item/commandExecution/requestApproval': { decision: 'decline' },
  'item/fileChange/requestApproval': { decision: 'decline' },
  'item/permissions/requestApproval': { permissions: {}, scope: 'turn' },
  'item/tool/requestUserInput': { answers: {} },
  'item/tool/call': { contentItems: [], success: false },
  'mcpServer/elicitation/request': { action: 'decline', content: null, _meta: null },
  applyPatchApproval: { decision: { denied: { rejection: 'This client approves nothing.' } } },
  execCommandApproval: { decision: { denied: { rejection: 'This client approves nothing.' } } },
};

/** Throws for a request that is not known, which the peer is told as "method not found". */
export function refuse(method: string): unknown {
  const refusal = Object.hasOwn(REFUSALS, method) ? REFUSALS[method] : undefined;
  if (refusal === undefined) throw new Error('this client answers no such request');
  return refusal;
}
