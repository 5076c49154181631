import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { AppModule } from './terminus-controller.mjs';

const app = await NestFactory.create(AppModule, new ExpressAdapter(), { logger: false });
await app.listen(Number(process.env.PORT), '127.0.0.1');
