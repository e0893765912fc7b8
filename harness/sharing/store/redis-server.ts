import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { chown, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sudoCaller } from '../../support/caller.ts'
import { ExitCode, FlowbreakError, messageOf } from '../../support/errors.ts'
import { isAlive, makeScratch } from '../../support/scratch.ts'
import { makeCertificate } from './certificate.ts'
import { requirePrograms } from './programs.ts'
import { type RedisAddress, RedisStore } from './redis-store.ts'

const PID_FILE = 'redis.pid'
/** Databases of a server, and so the number of stores that can be open at once. */
export const DATABASES = 1024
const START_LIMIT_MS = 15_000
const POLL_MS = 10
/** Another process may take a port between its choice and its use. */
const ATTEMPTS = 5

/**
 * Runs the server, and ends it once standard input ends. That happens however the parent process ends: the kernel closes the pipe of a
 * process that was killed, too. When the server has ended, for whatever reason, its folder is removed and this script ends.
 */
const GUARD = `
exec 3<&0
redis-server "$1/redis.conf" >"$1/log" 2>&1 3<&- &
server=$!
trap '' INT TERM HUP
{ read -r _ <&3; kill -KILL "$server" 2>/dev/null; } &
watch=$!
wait "$server"
kill -KILL "$watch" 2>/dev/null
rm -rf "$1"
`

/** A Redis of our own on a free port of the loopback: TLS, a random password, nothing stored on disk, nothing evicted. */
export interface RedisServer {
  readonly address: RedisAddress
  /** Its process id, for those who pause or kill it. */
  readonly pid: number
  /** The folder of its certificate. */
  readonly folder: string
  /** Whether it still runs: somebody may have killed it. */
  readonly isAlive: boolean
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

/** Starts a server. Throws ERR_STORE_MISSING if it cannot be run here, ERR_STORE_START if it does not come up. */
export async function startRedis(): Promise<RedisServer> {
  requirePrograms()
  let problem: unknown
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      return await launch()
    } catch (thrown) {
      problem = thrown
    }
  }
  throw new FlowbreakError(
    'ERR_STORE_START',
    `redis-server does not start on the loopback interface (${messageOf(problem)}): try to start one by hand, with TLS.`,
    { exitCode: ExitCode.broken, cause: problem },
  )
}

async function launch(): Promise<RedisServer> {
  const folder = makeScratch('store')
  let guard: ChildProcess | undefined
  try {
    const address = {
      host: '127.0.0.1',
      port: await freePort(),
      password: randomBytes(24).toString('hex'),
      ca: await makeCertificate(folder),
    }
    await writeFile(join(folder, 'redis.conf'), configuration(folder, address), { mode: 0o600 })
    await giveAway(folder)
    const running = guarded(folder)
    guard = running
    await untilReady(address, folder)
    const pid = Number(await readFile(join(folder, PID_FILE), 'utf8'))
    return {
      ...{ address, pid, folder },
      get isAlive() {
        return isRunning(running) && isAlive(pid)
      },
      stop: () => end(running),
    }
  } catch (thrown) {
    if (guard === undefined) await rm(folder, { recursive: true, force: true })
    else await end(guard)
    throw thrown
  }
}

function configuration(folder: string, { host, port, password }: RedisAddress): string {
  return `port 0
tls-port ${port}
bind ${host}
tls-cert-file ${folder}/cert.pem
tls-key-file ${folder}/key.pem
tls-ca-cert-file ${folder}/cert.pem
tls-auth-clients no
requirepass ${password}
dir ${folder}
pidfile ${folder}/${PID_FILE}
databases ${DATABASES}
save ""
appendonly no
maxmemory-policy noeviction
`
}

/** Gives its files to the user who called through sudo: the server runs as that user, and reads its certificate and configuration. */
async function giveAway(folder: string): Promise<void> {
  const caller = sudoCaller()
  if (caller === undefined) return
  for (const name of await readdir(folder)) await chown(join(folder, name), caller.uid, caller.gid)
  await chown(folder, caller.uid, caller.gid)
}

/** The server and its guard, neither of which keeps this process alive. */
function guarded(folder: string): ChildProcess {
  const guard = spawn('/bin/sh', ['-c', GUARD, 'flowbreak-store', folder], {
    // In a process group of its own: an interrupt from the keyboard is for flowbreak to handle.
    detached: true,
    ...sudoCaller(),
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  guard.unref()
  if (guard.stdin instanceof Socket) guard.stdin.unref()
  return guard
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null
}

async function end(guard: ChildProcess): Promise<void> {
  const gone = isRunning(guard) ? once(guard, 'exit') : undefined
  guard.ref()
  guard.stdin?.destroy()
  await gone
}

/** Asks until it answers; if it cannot listen, its log says so at once. */
async function untilReady(address: RedisAddress, folder: string): Promise<void> {
  const store = new RedisStore(address, { prefix: '', owned: false })
  const limit = performance.now() + START_LIMIT_MS
  for (;;) {
    try {
      await store.command('PING')
      await store.close()
      return
    } catch (thrown) {
      const log = existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8') : ''
      const fatal = log.split('\n').find((line) => /Failed listening|FATAL|Fatal|Failed to/.test(line))
      if (fatal !== undefined) throw new Error(fatal.trim(), { cause: thrown })
      if (performance.now() > limit) throw thrown
    }
    await sleep(POLL_MS)
  }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  probe.listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
