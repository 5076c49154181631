/** The least that supervision asks of a logger; pino and Nest's adapters satisfy it. */
export interface SupervisionLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
