import type { LoggerService } from '@nestjs/common';
import { pino, stdSerializers, type Logger } from 'pino';
import { withoutValues } from '../modules/database/index.js';
import type { Redact } from '../modules/kernel/index.js';
import type { LogSink } from '../modules/logging/index.js';

/** One JSON object a line. Every line passes the redaction last, whoever wrote it. */
export function createLogger(level: string, processName: string, redact: Redact, sink: LogSink): Logger {
  const logger = pino(
    {
      level,
      base: { process: processName },
      serializers: { err: serializeError, error: serializeError, reason: serializeError },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: {
        level: (label) => ({ level: label }),
        // The output of a supervised child carries the pid of the child.
        log: (line) => ('pid' in line ? line : { pid: process.pid, ...line }),
      },
    },
    { write: (line: string) => sink.write(redact(line)) },
  );
  sink.tellGap(({ droppedLines, failure, lastedMs }) =>
    logger.warn(
      { context: 'Log', code: 'log.failing', droppedLines, failure, lastedMs },
      `${droppedLines} lines were dropped here: ${whyNot(failure)}`,
    ),
  );
  return logger;
}

function whyNot(failure: string | null): string {
  return failure === 'EAGAIN'
    ? 'nobody read the log'
    : `the log could not be written (${failure ?? 'too large'})`;
}

export function serializeError(error: unknown): unknown {
  return error instanceof Error ? stdSerializers.err(cleaned(error)) : error;
}

/** A driver's error, wherever in the chain of causes, keeps its code and names, and loses what it quotes of rows. */
function cleaned(error: Error): Error {
  const seen = new Set<Error>();
  const clean = (each: unknown): void => {
    if (!(each instanceof Error) || seen.has(each)) return;
    seen.add(withoutValues(each));
    clean(each.cause);
    if (each instanceof AggregateError) each.errors.forEach(clean);
  };
  clean(error);
  return error;
}

/** Contexts in which Nest narrates its own start; of interest to nobody at three in the morning. */
const NARRATORS = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
  'NestApplicationContext',
]);

/** Routes Nest's logger, which all modules use, to pino. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    const context = contextOf(rest);
    this.write(context !== undefined && NARRATORS.has(context) ? 'debug' : 'info', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  private write(
    level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal',
    message: unknown,
    rest: unknown[],
  ): void {
    const context = contextOf(rest);
    try {
      if (message instanceof Error) this.logger[level]({ context, err: message }, cleaned(message).message);
      else if (typeof message === 'object' && message !== null) this.logger[level]({ context, ...message });
      else this.logger[level]({ context }, String(message));
    } catch (error) {
      // What cannot be turned into text must not end who logs it.
      this.logger[level]({ context }, `a line that cannot be written down: ${(error as Error).name}`);
    }
  }
}

function contextOf(rest: unknown[]): string | undefined {
  const last = rest.at(-1);
  return typeof last === 'string' ? last : undefined;
}
