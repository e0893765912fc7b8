import { $ } from 'zx/core'
import type { Family } from './addresses.ts'
import type { Flow } from './flows.ts'
import type { Expects } from './recording.ts'

const CHECKSUMS = ['ip', 'tcp', 'udp']
  .flatMap((protocol) => ['-o', `${protocol}.check_checksum:TRUE`])
  .concat('-o', 'sctp.checksum:CRC32C')
const bad = (...protocols: string[]): string => protocols.map((p) => `${p}.checksum.status == 0`).join(' || ')
// tshark takes the cut quote in an ICMP error for the whole segment.
const BAD_CHECKSUM = `${bad('ip', 'icmp', 'icmpv6', 'sctp')} || (!icmp && !icmpv6 && (${bad('tcp', 'udp')}))`
const ETHERNET_FRAME = 1514
const VLAN_TAG = 4

/** Refuses a capture that no device could be sent: a frame above the MTU, a bad checksum. */
export async function checkSendable(file: string, tagged: boolean): Promise<void> {
  const longest = ETHERNET_FRAME + (tagged ? VLAN_TAG : 0)
  await matches(file, `frame.len > ${longest}`, 0, 0)
  await matches(file, BAD_CHECKSUM, 0, 0)
}

/** Refuses a capture that does not hold what its recording expects of it. */
export async function checkExpected(
  file: string,
  flows: readonly Flow[],
  expects: Expects,
  family: Family,
): Promise<void> {
  const wanted = expects.flows.flatMap(({ protocol, closes, times = 1 }) => {
    const name = protocol === 'icmp' && family === 'ipv6' ? 'icmp6' : protocol
    const opens = protocol === 'tcp' ? 'syn' : 'n/a'
    return Array<string>(times).fill(`${name} ${opens} ${closes ?? 'n/a'}`)
  })
  const found = flows.map(({ protocol, opens, closes }) => `${protocol} ${opens} ${closes}`)
  if (found.join('\n') !== wanted.join('\n')) {
    throw new Error(
      `The flows are not the expected ones.\nexpected:\n${wanted.join('\n')}\nfound:\n${found.join('\n')}`,
    )
  }
  for (const [filter, least] of Object.entries(expects.frames ?? {})) await matches(file, filter, least)
}

async function matches(
  file: string,
  filter: string,
  least: number,
  most = Number.POSITIVE_INFINITY,
): Promise<void> {
  const { stdout } = await $({
    quiet: true,
  })`tshark -n -2 -r ${file} ${CHECKSUMS} -Y ${filter} -T fields -e frame.number`
  const frames = stdout.split('\n').filter(Boolean)
  if (frames.length >= least && frames.length <= most) return
  const range = most === 0 ? 'none' : `at least ${least}`
  throw new Error(
    `${frames.length} frames match "${filter}", expected ${range}: ${frames.slice(0, 10).join(' ')}`,
  )
}
