import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';

const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter());
app.setGlobalPrefix('v1', { exclude: ['health', 'health/queue', 'metrics'] });
await app.listen(Number(process.env['PORT']), '127.0.0.1');

// Its own way to end, which nobody else may take part in.
process.once('SIGTERM', () => {
  void app.close().then(() => process.exit(3));
});
