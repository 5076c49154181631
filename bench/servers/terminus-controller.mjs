// A controller as the documentation of @nestjs/terminus writes it, without the syntax of decorators, which Node
// does not know.
import 'reflect-metadata';
import { Controller, Get, Inject, Module } from '@nestjs/common';
import { HealthCheck, HealthCheckService, HealthIndicatorService, TerminusModule } from '@nestjs/terminus';
import { ping, select, TIMEOUT_MS } from './dependencies.mjs';

class ReadyController {
  constructor(health, indicators) {
    this.health = health;
    this.indicators = indicators;
  }

  check() {
    return this.health.check([
      () => this.indicators.check('redis').attempt(ping).withTimeout(TIMEOUT_MS),
      () => this.indicators.check('database').attempt(select).withTimeout(TIMEOUT_MS),
    ]);
  }
}

const method = Object.getOwnPropertyDescriptor(ReadyController.prototype, 'check');
for (const decorate of [Get('readyz'), HealthCheck()]) decorate(ReadyController.prototype, 'check', method);
Inject(HealthCheckService)(ReadyController, undefined, 0);
Inject(HealthIndicatorService)(ReadyController, undefined, 1);
Controller()(ReadyController);

export class AppModule {}
Module({ imports: [TerminusModule.forRoot({ logger: false })], controllers: [ReadyController] })(AppModule);
