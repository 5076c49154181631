// The dependencies of the peers, asked as their users ask them: a PING and a SELECT 1, each within a second.
import { Redis } from 'ioredis';
import pg from 'pg';

export const TIMEOUT_MS = 1000;

const redis = new Redis(process.env.REDIS_URL);
redis.on('error', () => undefined);
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, connectionTimeoutMillis: TIMEOUT_MS });
pool.on('error', () => undefined);

export const ping = async () => void (await redis.ping());
export const select = async () => void (await pool.query('SELECT 1'));
