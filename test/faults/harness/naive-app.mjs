// What most services have: Terminus with a PING and a SELECT 1 in the request. Asked beside Probity, at the same
// moment, with the same dependencies. Decorators are applied by hand, for this runs as it is.
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { HealthCheckService, HealthIndicatorService, TerminusModule } from '@nestjs/terminus';
import { Redis } from 'ioredis';
import pg from 'pg';

const redis = new Redis(process.env.REDIS_URL);
redis.on('error', () => undefined);
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
pool.on('error', () => undefined);

class HealthController {
  constructor(health, indicators) {
    this.health = health;
    this.indicators = indicators;
  }

  check() {
    return this.health.check([
      () => this.up('redis', () => redis.ping()),
      () => this.up('database', () => pool.query('SELECT 1')),
    ]);
  }

  async up(key, ask) {
    const indicator = this.indicators.check(key);
    try {
      await ask();
      return indicator.up();
    } catch (error) {
      return indicator.down(error.message);
    }
  }
}
Controller('health')(HealthController);
const check = Object.getOwnPropertyDescriptor(HealthController.prototype, 'check');
Get()(HealthController.prototype, 'check', check);
Reflect.defineMetadata('design:paramtypes', [HealthCheckService, HealthIndicatorService], HealthController);

class App {}
Module({ imports: [TerminusModule], controllers: [HealthController] })(App);

const app = await NestFactory.create(App, new FastifyAdapter(), { logger: false });
await app.listen(Number(process.env.PORT), '127.0.0.1');
console.log('listening');
