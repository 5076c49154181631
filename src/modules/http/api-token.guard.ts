import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { SETTINGS, type Settings } from '../config/index.js';
import { apiGate, type Gate } from './gates.js';

/** The gate of workflows and executions, for controllers. */
@Injectable()
export class ApiTokenGuard implements CanActivate {
  private readonly gate: Gate;

  constructor(@Inject(SETTINGS) settings: Settings) {
    this.gate = apiGate(settings);
  }

  canActivate(context: ExecutionContext): boolean {
    const refused = this.gate(context.switchToHttp().getRequest<FastifyRequest>().headers.authorization);
    if (refused !== null) throw refused;
    return true;
  }
}
