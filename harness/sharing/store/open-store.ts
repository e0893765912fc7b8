import { randomBytes } from 'node:crypto'
import type { StoreSharing } from '../../model/setup.ts'
import type { OpenSharing } from '../open-sharing.ts'
import { broken, StoreModel } from './model.ts'
import { RedisStore } from './redis-store.ts'
import { leaseDatabase } from './shared-server.ts'

/** Bytes of the random prefix for a store among others' keys. */
const PREFIX_BYTES = 4
/** Keys in somebody else's Redis expire after PAN-OS's time-out of TCP sessions, in case nobody removes them. */
const EXPIRY_S = 3600
/** A key that no session has. */
const NO_KEY = new Uint8Array(1)
/** The variable with the password of somebody else's Redis. */
export const PASSWORD_VARIABLE = 'FLOWBREAK_STORE_AUTH'

/** Makes sharing `store` ready. Throws ERR_STORE_MISSING and ERR_STORE_START if a Redis has to be started and cannot be. */
export async function openStore(sharing: StoreSharing): Promise<OpenSharing> {
  const { store, release } = sharing.endpoint === undefined ? await ownStore() : foreignStore(sharing)
  return {
    make: (tables) => new StoreModel(tables, store, sharing),
    async connect() {
      try {
        await store.get(NO_KEY)
      } catch (thrown) {
        throw broken(store, thrown)
      }
    },
    async [Symbol.asyncDispose]() {
      await store.close()
      release()
    },
  }
}

interface Opened {
  readonly store: RedisStore
  readonly release: () => void
}

async function ownStore(): Promise<Opened> {
  const { address, database, release } = await leaseDatabase()
  return { store: new RedisStore(address, { database, prefix: '', owned: true }), release }
}

function foreignStore({ endpoint = '', group }: StoreSharing): Opened {
  const [, host = '', port] = /^(.*):(\d+)$/.exec(endpoint) ?? []
  const address = { host, port: Number(port), password: process.env[PASSWORD_VARIABLE] }
  const prefix = group ?? randomBytes(PREFIX_BYTES).toString('hex')
  const keyspace = { prefix, owned: group === undefined, expiry: EXPIRY_S }
  return { store: new RedisStore(address, keyspace), release: () => undefined }
}
