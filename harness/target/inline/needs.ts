import { execFile } from 'node:child_process'
import { checkNodePcap } from '../../observe/live/pcap/port.ts'
import { ExitCode, FlowbreakError } from '../../support/errors.ts'
import { isRecord } from '../../support/record.ts'
import type { InlineOptions } from './options.ts'

type Needed = Pick<InlineOptions, 'hosts' | 'mtu' | 'namespace'>

/** The name of that kind of link in the output of `ip`. */
const ETHERNET = 'ether'
const PATIENCE = 10_000
/** Features that merge segments before they are heard, by their names in ethtool. */
const MERGING = { gro: 'generic-receive-offload', lro: 'large-receive-offload' } as const

/** Throws ERR_INLINE or ERR_NODE_PCAP, with the command to type, if something that an inline target needs is missing. */
export async function checkNeeds(
  name: string,
  needed: Needed,
  machine: { readonly platform: string; readonly uid: number | undefined } = {
    platform: process.platform,
    uid: process.getuid?.(),
  },
): Promise<void> {
  if (machine.platform !== 'linux')
    throw broken(
      `Target ${name} sends frames by interfaces of Linux, which this machine does not run: use a machine that does.`,
    )
  if (machine.uid !== 0)
    throw broken(
      `Target ${name} sends and hears frames at interfaces, which needs root: sudo -E npx flowbreak run --target ${name}.`,
    )
  checkNodePcap()
  const devices = new Set(needed.hosts.flatMap(({ client, server }) => [client.interface, server.interface]))
  for (const device of devices) await checkInterface(device, needed)
}

async function checkInterface(device: string, { mtu, namespace }: Needed): Promise<void> {
  const ip = namespace === undefined ? 'ip' : `ip -n ${namespace}`
  const there = namespace === undefined ? [] : ['-n', namespace]
  const link = await asked('ip', ['-json', ...there, 'link', 'show', 'dev', device])
  if (link.missing)
    throw broken('Interfaces are looked at by ip, which is not here: apt-get install iproute2.')
  const facts: unknown = link.failed ? [] : JSON.parse(link.output || '[]')
  const [found] = Array.isArray(facts) ? facts.filter(isRecord) : []
  const where = namespace === undefined ? '' : ` in the namespace ${namespace}`
  if (found === undefined)
    throw broken(
      `There is no interface ${device}${where}: name an existing one (${ip} -brief link lists them).`,
    )
  const flags: readonly unknown[] = Array.isArray(found.flags) ? found.flags : []
  if (found.link_type !== ETHERNET)
    throw broken(`The interface ${device} is not Ethernet: name one that is (${ip} -brief link).`)
  if (!flags.includes('UP')) throw broken(`The interface ${device} is down: ${ip} link set dev ${device} up.`)
  if (!flags.includes('LOWER_UP'))
    throw broken(
      `The interface ${device} has no carrier: bring up the other end of its link (${ip} link show dev ${device}).`,
    )
  if (typeof found.master === 'string')
    throw broken(
      `The interface ${device} is part of ${found.master}, which would pass on what it hears: ${ip} link set dev ${device} nomaster.`,
    )
  if (Number(found.mtu) < mtu)
    throw broken(
      `The interface ${device} takes ${found.mtu} bytes, and the target's mtu is ${mtu}: ${ip} link set dev ${device} mtu ${mtu}.`,
    )
  await checkMerging(device, namespace)
}

/** Segments that the kernel merges are no longer what a device sent. */
async function checkMerging(device: string, namespace: string | undefined): Promise<void> {
  const inside = namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace]
  const [program = '', ...args] = [...inside, 'ethtool', '-k', device]
  const { output, missing } = await asked(program, args)
  if (missing)
    throw broken(
      'What an interface does to frames is asked of ethtool, which is not here: apt-get install ethtool.',
    )
  const on = Object.entries(MERGING).filter(([, feature]) => output.includes(`${feature}: on`))
  if (on.length === 0) return
  const off = on.map(([short]) => `${short} off`).join(' ')
  throw broken(
    `The interface ${device} puts segments together before they are heard: ${[...inside, 'ethtool', '-K', device, off].join(' ')}.`,
  )
}

interface Asked {
  readonly output: string
  readonly failed: boolean
  /** Whether there is no such program. */
  readonly missing: boolean
}

function asked(program: string, args: readonly string[]): Promise<Asked> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: PATIENCE }, (error, output) =>
      resolve({ output, failed: error !== null, missing: error?.code === 'ENOENT' }),
    )
  })
}

function broken(message: string): FlowbreakError {
  return new FlowbreakError('ERR_INLINE', message, { exitCode: ExitCode.broken })
}
