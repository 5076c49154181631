import { describe, expect, it } from '@jest/globals';
import { refuse } from '../../../src/modules/app-server/protocol/server-requests.policy.js';

const denied = { decision: { denied: { rejection: 'This client approves nothing.' } } };

describe('what the child asks', () => {
  it.each([
    ['item/commandExecution/requestApproval', { decision: 'decline' }],
    ['item/fileChange/requestApproval', { decision: 'decline' }],
    ['item/permissions/requestApproval', { permissions: {}, scope: 'turn' }],
    ['item/tool/requestUserInput', { answers: {} }],
    ['item/tool/call', { contentItems: [], success: false }],
    ['mcpServer/elicitation/request', { action: 'decline', content: null, _meta: null }],
    ['applyPatchApproval', denied],
    ['execCommandApproval', denied],
  ])('by %s is answered with no, in the form of its own', (method, answer) => {
    expect(refuse(method)).toStrictEqual(answer);
  });

  it.each(['attestation/generate', '', 'constructor', '__proto__', 'toString'])(
    'by %j is nothing that anybody here knows',
    (method) => {
      expect(() => refuse(method)).toThrow(new Error('this client answers no such request'));
    },
  );
});
