import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { dialectOf, insertIgnore } from '#common/persistence/dialect.js';

export interface NewKey {
  accountId: string;
  name: string;
  scopes: string;
  secretHash: Buffer;
}

@Injectable()
export class AccountsStore {
  constructor(private readonly dataSource: DataSource) {}

  /** The account's id; creates it where it is missing. Several gateways may do this at once. */
  async ensureAccount(name: string): Promise<string> {
    await insertIgnore(this.dataSource, 'accounts', ['id', 'name', 'created_at'], [[uuidv7(), name, Date.now()]]);
    const [account] = await this.dataSource.query('SELECT id FROM accounts WHERE name = ?', [name]);
    return account.id;
  }

  ensureKey(key: NewKey): Promise<boolean> {
    return insertKey(this.dataSource, key);
  }

  /** Adds the key if there is none at all. Locks the account, so that of several gateways one creates the first key. */
  ensureFirstKey(key: NewKey): Promise<boolean> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query(`SELECT id FROM accounts WHERE id = ? ${dialectOf(manager).forUpdate}`, [key.accountId]);
      const [existing] = await manager.query('SELECT id FROM api_keys LIMIT 1');
      return existing === undefined && insertKey(manager, key);
    });
  }

  /** Index ux_api_keys_secret. */
  async findKey(secretHash: Buffer): Promise<{ id: string; accountId: string; scopes: string } | undefined> {
    const [key] = await this.dataSource.query(
      'SELECT id, account_id AS accountId, scopes FROM api_keys WHERE secret_hash = ?',
      [secretHash],
    );
    return key;
  }
}

async function insertKey(source: DataSource | EntityManager, key: NewKey): Promise<boolean> {
  const columns = ['id', 'account_id', 'name', 'scopes', 'secret_hash', 'created_at'];
  const row = [uuidv7(), key.accountId, key.name, key.scopes, key.secretHash, Date.now()];
  return (await insertIgnore(source, 'api_keys', columns, [row])) > 0;
}
