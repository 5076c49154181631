import { makeCounterProvider, makeGaugeProvider, makeHistogramProvider } from '@willsoto/nestjs-prometheus';

export const UNFINISHED = 'probity_executions_unfinished';
export const FINISHED = 'probity_executions_finished_total';
export const DURATION = 'probity_executions_duration_seconds';
export const SUBMITTED = 'probity_executions_submitted_total';
export const RECONCILED = 'probity_executions_reconciled_total';

export const unfinishedMetric = makeGaugeProvider({
  name: UNFINISHED,
  help: 'Accepted executions that have not ended, as Postgres has it',
  labelNames: ['status'],
});

export const submittedMetric = makeCounterProvider({
  name: SUBMITTED,
  help: 'Executions that clients asked for: accepted, repeated (a known idempotency key) or refused',
  labelNames: ['outcome'],
});

export const finishedMetric = makeCounterProvider({
  name: FINISHED,
  help: 'Executions that this process ended or gave back',
  labelNames: ['outcome'],
});

export const durationMetric = makeHistogramProvider({
  name: DURATION,
  help: 'From acceptance to the end',
  buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900],
});

export const reconciledMetric = makeCounterProvider({
  name: RECONCILED,
  help: 'Executions whose job was lost: requeued, or given up',
  labelNames: ['remedy', 'job'],
});
