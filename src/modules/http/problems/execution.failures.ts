/** Why an execution or one of its steps failed, as `error.code` says; what the message adds is of the occasion. */
export const FAILURES = {
  'step.error': 'the step ended for a reason that was not foreseen',
  'step.timeout': 'one try of the step took longer than it may',
  'step.output_too_large': 'the output of the step is larger than may be kept',
  'execution.outputs_too_large': 'the outputs of all steps together are larger than may be kept',
  'transform.failed': 'the expression does not compile, or failed',
  'transform.too_deep': 'the expression recurses too deeply',
  'transform.timeout': 'the expression takes more processor time than it may use',
  'transform.memory': 'the expression needs more memory than it may use',
  'http.network': 'no answer came from the server',
  'http.certificate': "the server's certificate is not to be trusted",
  'http.address_forbidden': 'the step may not speak to this address',
  'http.invalid_request': 'the request cannot be sent as it is',
  'http.response_too_large': 'the answer is larger than a step may read',
  'http.redirects': 'the server redirects too often, or to what is no http address',
  'http.status_': 'the server answered with this status (`http.status_404`, `http.status_503`)',
  'llm.not_configured': 'no provider is configured that could be asked',
  'llm.key_rejected': 'the provider rejects the key',
  'llm.quota_exhausted': 'the quota at the provider is spent',
  'llm.rate_limited': 'the provider is asked too often',
  'llm.overloaded': 'the provider is overloaded',
  'llm.slow': 'the provider does not answer in time',
  'llm.unreachable': 'the provider cannot be reached',
  'llm.unexpected_answer': 'the provider answered what nobody understands',
  'llm.request_refused': 'the provider refuses this request',
  'step.unstorable': 'the output of the step cannot be stored',
  'workflow.damaged': 'the steps of the workflow cannot be read',
  'execution.unstorable': 'what the execution came to cannot be stored',
  'execution.too_many_starts': 'several workers began the execution, and none ended it',
} as const satisfies Readonly<Record<string, string>>;

type Named = Exclude<keyof typeof FAILURES, 'http.status_'>;
export type FailureCode = Named | `http.status_${number}`;
