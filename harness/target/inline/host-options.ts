import { listWords } from '../../suite/words.ts'
import { isRecord } from '../../support/record.ts'
import type { Wrong } from '../wrong.ts'

/** One side of a host: the interface of this machine at the other end of its link. */
export interface InlineArm {
  readonly interface: string
  /** VLAN id of its frames (IEEE 802.1Q); absent: untagged. */
  readonly vlan?: number
  /** The host's own hardware address there, the next hop of what is sent to it; absent: the host is a bridge. */
  readonly mac?: string
  /** The harness's hardware address there. */
  readonly own: string
}

export interface InlineHost {
  /** Its name in messages and hooks; absent: the name in the suites. */
  readonly name?: string
  readonly client: InlineArm
  readonly server: InlineArm
}

const MOST_HOSTS = 64
const HOST = ['name', 'client', 'server']
const ARM = ['interface', 'vlan', 'mac', 'own']
/** A unicast address, and not that of nobody. */
const HARDWARE = /^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/
const NOBODY = '00:00:00:00:00:00'

/** Reads `hosts`. */
export function readHosts(value: unknown, wrong: Wrong): readonly InlineHost[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_HOSTS)
    throw wrong(
      `hosts must be a list of 1 to ${MOST_HOSTS} as { client: { interface: eth1 }, server: { interface: eth2 } }`,
    )
  const hosts = value.map((host: unknown, index) => readHost(host, index, wrong))
  const names = hosts.flatMap(({ name }) => (name === undefined ? [] : [name]))
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw wrong(`hosts: the name ${twice} is there twice`)
  checkShared(hosts, wrong)
  return hosts
}

function readHost(value: unknown, index: number, wrong: Wrong): InlineHost {
  const place = `hosts[${index}]`
  if (!isRecord(value))
    throw wrong(`${place} must be as { client: { interface: eth1 }, server: { interface: eth2 } }`)
  checkKeys(value, HOST, place, wrong)
  const { name, client, server } = value
  if (name !== undefined && !(typeof name === 'string' && name !== ''))
    throw wrong(`${place}.name must be a text`)
  const host = {
    ...(typeof name === 'string' ? { name } : {}),
    client: readArm(client, `${place}.client`, ownAddress(index, 0), wrong),
    server: readArm(server, `${place}.server`, ownAddress(index, 1), wrong),
  }
  if ((host.client.mac === undefined) !== (host.server.mac === undefined))
    throw wrong(
      `${place} must have a mac at both of its arms, or at none: a host that routes has a hardware address on each side, one that bridges on none`,
    )
  if (host.client.mac === undefined && host.client.own === host.server.own)
    throw wrong(`${place} must have another own at each of its arms, since it bridges`)
  return host
}

function readArm(value: unknown, place: string, usual: string, wrong: Wrong): InlineArm {
  if (!isRecord(value)) throw wrong(`${place} must be as { interface: eth1 }`)
  checkKeys(value, ARM, place, wrong)
  const { interface: device, vlan } = value
  // As in the kernel; a name that begins like an option is refused.
  if (typeof device !== 'string' || !/^[^\s/:-][^\s/:]{0,14}$/.test(device))
    throw wrong(`${place}.interface must be the name of an interface (ip -brief link)`)
  if (vlan !== undefined && !(Number.isInteger(vlan) && Number(vlan) >= 1 && Number(vlan) <= 4094))
    throw wrong(`${place}.vlan must be a whole number from 1 to 4094`)
  const mac = readHardware(value.mac, `${place}.mac`, wrong)
  return {
    interface: device,
    ...(typeof vlan === 'number' ? { vlan } : {}),
    ...(mac === undefined ? {} : { mac }),
    own: readHardware(value.own, `${place}.own`, wrong) ?? usual,
  }
}

function readHardware(value: unknown, place: string, wrong: Wrong): string | undefined {
  if (value === undefined) return undefined
  const text = String(value).toLowerCase()
  if (!HARDWARE.test(text) || text === NOBODY)
    throw wrong(`${place} must be a hardware address of one interface, as 02:00:00:00:00:01`)
  return text
}

function checkKeys(value: object, known: readonly string[], place: string, wrong: Wrong): void {
  const stranger = Object.keys(value).find((key) => !known.includes(key))
  if (stranger !== undefined) throw wrong(`${place} has no ${stranger}, only ${listWords(known)}`)
}

/** Arms on one link are distinguished by the sender of a frame. */
function checkShared(hosts: readonly InlineHost[], wrong: Wrong): void {
  const taken = new Map<string, string>()
  const arms = hosts.flatMap(({ client, server }, index) => [
    { place: `hosts[${index}].client`, arm: client },
    { place: `hosts[${index}].server`, arm: server },
  ])
  const linkOf = ({ interface: device, vlan }: InlineArm) =>
    vlan === undefined ? device : `VLAN ${vlan} of ${device}`
  for (const { place, arm } of arms) {
    const link = linkOf(arm)
    const other = arms.find((each) => each.arm !== arm && linkOf(each.arm) === link)
    if (other === undefined) continue
    const key = `${link} ${arm.mac}`
    if (arm.mac === undefined || taken.has(key))
      throw wrong(
        `${place} and ${taken.get(key) ?? other.place} share ${link}: each must have a mac of its own there, or another vlan`,
      )
    taken.set(key, place)
  }
}

/** The harness's address at an arm: locally administered, so that the kernel does not take frames to it for its own. */
function ownAddress(host: number, side: 0 | 1): string {
  return `02:fb:02:00:${host.toString(16).padStart(2, '0')}:0${side}`
}
