import { createHash, randomBytes } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Config } from '#common/config/config.schema.js';
import { whenReachable } from '#common/persistence/open-database.js';
import { AccountsStore } from './accounts.store.js';
import type { Caller, Scope } from './caller.js';

const CACHED_KEYS = 1000;
const CACHE_MS = 30_000;
const MAX_SECRET_LENGTH = 200;
const ALL_SCOPES = 'read,write,admin';

/** Knows the keys of the API; sees to it that there is a first one. */
@Injectable()
export class ApiKeys implements OnModuleInit {
  /** Valid keys only: guesses must not push them out. */
  private readonly cache = new LRUCache<string, Caller>({ max: CACHED_KEYS, ttl: CACHE_MS });

  constructor(
    private readonly store: AccountsStore,
    private readonly config: Config,
  ) {}

  async onModuleInit(): Promise<void> {
    // One secret for all attempts: an insert whose answer was lost may have stored it.
    const secret = `gl_${randomBytes(32).toString('base64url')}`;
    await whenReachable(this.config.DATABASE_URL, () => this.ensureKey(secret));
  }

  private async ensureKey(secret: string): Promise<void> {
    const accountId = await this.store.ensureAccount('default');
    const given = this.config.GLEANER_API_KEY;
    if (given !== undefined) {
      await this.store.ensureKey({ accountId, name: 'GLEANER_API_KEY', scopes: ALL_SCOPES, secretHash: hash(given) });
      return;
    }
    const isNew = await this.store.ensureFirstKey({
      accountId,
      name: 'first key',
      scopes: ALL_SCOPES,
      secretHash: hash(secret),
    });
    if (isNew || (await this.store.findKey(hash(secret)))) {
      // Not by the logger: the key is for the person who starts the service, not for the log archive.
      process.stdout.write(`API key (shown once): ${secret}\n`);
    }
  }

  async find(secret: string): Promise<Caller | null> {
    if (secret.length > MAX_SECRET_LENGTH) return null;
    const secretHash = hash(secret);
    const cacheKey = secretHash.toString('base64');
    const cached = this.cache.get(cacheKey);
    if (cached) return cached;
    const key = await this.store.findKey(secretHash);
    if (!key) return null;
    const caller: Caller = { keyId: key.id, accountId: key.accountId, scopes: key.scopes.split(',') as Scope[] };
    this.cache.set(cacheKey, caller);
    return caller;
  }
}

function hash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
