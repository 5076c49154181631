import type { LoggerService } from '@nestjs/common';
import { destination, pino, stdSerializers, type Logger } from 'pino';
import type { Redact } from '../modules/config/index.js';
import { withoutValues } from '../modules/database/index.js';

/** One JSON object a line on stdout. Every line passes the redaction last, whoever wrote it. */
export function createLogger(level: string, processName: string, redact: Redact): Logger {
  const stdout = destination({ fd: 1, sync: true });
  return pino(
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
    { write: (line: string) => stdout.write(redact(line)) },
  );
}

/** A driver's error, wherever in the chain of causes, keeps its code and names, and loses what it quotes of rows. */
export function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const seen = new Set<Error>();
  const clean = (each: unknown): void => {
    if (!(each instanceof Error) || seen.has(each)) return;
    seen.add(withoutValues(each));
    clean(each.cause);
    if (each instanceof AggregateError) each.errors.forEach(clean);
  };
  clean(error);
  return stdSerializers.err(error);
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
    if (message instanceof Error) this.logger[level]({ context, err: message }, message.message);
    else if (typeof message === 'object' && message !== null) this.logger[level]({ context, ...message });
    else this.logger[level]({ context }, String(message));
  }
}

function contextOf(rest: unknown[]): string | undefined {
  const last = rest.at(-1);
  return typeof last === 'string' ? last : undefined;
}
