import type { ProcessPromise } from 'zx/core'
import { ADDRESSES } from './addresses.ts'
import { type Lab, sleep } from './lab.ts'

const SETTLE = 500

/** Records one end's link into `file` while `conversation` runs, and half a second more for what is still under way. */
export async function recordWhile(
  lab: Lab,
  at: 'client' | 'server',
  file: string,
  conversation: () => Promise<unknown>,
): Promise<void> {
  const filter = `host ${ADDRESSES[lab.family][at]}`
  const device = at === 'client' ? 'c0' : 's0'
  const dump = lab.in(
    at,
  )`tcpdump -i ${device} -w ${file} -U --immediate-mode -s 0 -B 8192 -n -Z root ${filter}`.nothrow()
  await listening(dump)
  try {
    await conversation()
    await sleep(SETTLE)
  } finally {
    dump.child?.kill('SIGINT')
  }
  const { exitCode, stderr } = await dump
  if (exitCode !== 0) throw new Error(`tcpdump ended with ${exitCode}: ${stderr.trim()}`)
  if (!stderr.includes('\n0 packets dropped by kernel')) {
    throw new Error(`tcpdump lost packets; record again on a quieter machine: ${stderr.trim()}`)
  }
}

function listening(dump: ProcessPromise): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    dump.stderr.on('data', (chunk: Buffer) => {
      said += String(chunk)
      if (said.includes('listening on')) resolve()
    })
    void dump.then(() => reject(new Error(`tcpdump did not start: ${said.trim()}`)))
  })
}
