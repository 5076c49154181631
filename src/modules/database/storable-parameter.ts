import { storable } from '../kernel/index.js';

/** The border at which all text becomes what PostgreSQL takes; what travels as JSON goes through `storableJson`. */
export function storableParameter(value: unknown): unknown {
  if (typeof value === 'string') return storable(value);
  return Array.isArray(value) ? value.map(storableParameter) : value;
}
