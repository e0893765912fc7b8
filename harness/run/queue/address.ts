import { readFileSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { listWords } from '../../suite/words.ts'
import { FlowbreakError, messageOf } from '../../support/errors.ts'

/** The Redis where runs and workers meet, and the times that they agree on. */
export interface QueueAddress {
  /** For messages: without user, password and options. */
  readonly name: string
  readonly host: string
  readonly port: number
  readonly database: number
  readonly username?: string
  readonly password?: string
  /** Absent: no TLS. PEM: certificates to trust in addition to Node's, and the client's own certificate and key. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string }
  /** The beginning of all keys; it has braces, so that a cluster keeps the keys on one node. */
  readonly prefix: string
  /** Seconds without a sign of life after which a worker, a run or the holder of an appliance is taken for dead. */
  readonly lost: number
  /** Seconds that a run waits for a worker with its targets. */
  readonly wait: number
  /** Seconds for which Redis may be unreachable. */
  readonly gone: number
}

const PORT = 6379
const FILES = ['ca', 'cert', 'key'] as const
const SECONDS = { lost: 30, wait: 60, gone: 60 } as const
const OPTIONS = ['prefix', ...Object.keys(SECONDS), ...FILES]
const MOST_SECONDS = 86_400

/**
 * Reads `redis[s]://[user[:password]@]host[:port][/database][?option=value&…]`, files relative to `folder`. Throws ERR_QUEUE_URL,
 * without any password.
 */
export function readAddress(text: string, folder: string): QueueAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !['redis:', 'rediss:'].includes(url.protocol) || url.hostname === '')
    throw wrong('it is to be redis://host:port or rediss://user:password@host:port')
  const { searchParams: options } = url
  const unknown = [...options.keys()].find((key) => !OPTIONS.includes(key))
  if (unknown !== undefined) throw wrong(`it has an option ${unknown}, and can have ${listWords(OPTIONS)}`)
  const database = /^\/?(\d*)$/.exec(url.pathname)?.[1]
  if (database === undefined) throw wrong(`${url.pathname} is not the number of a database`)
  const file = (key: (typeof FILES)[number]) => pem(key, options.get(key), folder)
  const tls = { ...file('ca'), ...file('cert'), ...file('key') }
  if (url.protocol === 'redis:' && Object.keys(tls).length > 0)
    throw wrong(`${Object.keys(tls).join(' and ')} are of use with rediss:// alone`)
  const prefix = options.get('prefix') ?? 'flowbreak'
  if (!/^[\w.-]{1,64}$/.test(prefix)) throw wrong('its prefix is to be of letters, digits, dots and dashes')
  const port = url.port === '' ? PORT : Number(url.port)
  return {
    name: `${url.protocol}//${url.hostname}:${port}`,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    database: Number(database),
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
    ...(url.protocol === 'rediss:' ? { tls } : {}),
    prefix: `{${prefix}}`,
    lost: seconds('lost', options, 2),
    wait: seconds('wait', options, 0),
    gone: seconds('gone', options, 1),
  }
}

/** The text without the password of an address in it, for logs; a placeholder for an environment variable stays. */
export function withoutPassword(text: string): string {
  return text.replace(/(rediss?:\/\/[^:@/?#]*):(?!\$\{\w+\}@)[^@/?#]*@/, '$1@')
}

function seconds(key: keyof typeof SECONDS, options: URLSearchParams, least: number): number {
  const text = options.get(key)
  if (text === null) return SECONDS[key]
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least && value <= MOST_SECONDS) return value
  throw wrong(`${key} is to be whole seconds from ${least} to ${MOST_SECONDS}`)
}

function pem(key: string, file: string | null, folder: string): Readonly<Record<string, string>> {
  if (file === null) return {}
  const path = isAbsolute(file) ? file : resolve(folder, file)
  try {
    return { [key]: readFileSync(path, 'utf8') }
  } catch (thrown) {
    throw wrong(`the file of its ${key} cannot be read (${messageOf(thrown)})`)
  }
}

function wrong(why: string): FlowbreakError {
  return new FlowbreakError('ERR_QUEUE_URL', `The address of the queue cannot be used: ${why}.`)
}
