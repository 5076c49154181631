// Runs one example: an application that it exports is started. Whoever started this reads the line, and asks.
import { pathToFileURL } from 'node:url';

const example = await import(pathToFileURL(process.env.EXAMPLE));
if (example.AppModule !== undefined) {
  const { NestFactory } = await import('@nestjs/core');
  const app = await NestFactory.create(example.AppModule, { abortOnError: false });
  await app.listen(Number(process.env.PORT), '127.0.0.1');
}
console.log('example: it ran');
