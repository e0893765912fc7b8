/** One arm: an Ethernet interface, and the addresses on its link. */
export interface PcapArm {
  readonly device: string
  /** Hardware addresses, as `02:00:00:00:00:01`: the harness's, which a device answers to, and the device's. */
  readonly own: string
  readonly peer: string
  /** VLAN id of its frames (IEEE 802.1Q), 1 … 4094; absent: untagged. */
  readonly vlan?: number
  /** Whether the harness claims every address that `peer` asks for by ARP or neighbour discovery. */
  readonly answers?: boolean
}

/** Bytes of an Ethernet header without a tag, and of a tag. */
export const ETHERNET = 14
export const TAG = 4

export const EtherType = {
  ipv4: 0x0800,
  arp: 0x0806,
  vlan: 0x8100,
  serviceVlan: 0x88a8,
  ipv6: 0x86dd,
} as const

export function hardwareBytes(text: string): readonly number[] {
  return text.split(':').map((part) => Number.parseInt(part, 16))
}

/** The header before an IP datagram that is sent by an arm. */
export function headerOf({ own, peer, vlan }: PcapArm, type: number): Uint8Array {
  const tag = vlan === undefined ? [] : [0x81, 0x00, vlan >> 8, vlan & 255]
  return Uint8Array.from([...hardwareBytes(peer), ...hardwareBytes(own), ...tag, type >> 8, type & 255])
}

/** Finds the arm of a frame heard at an interface: by interface and VLAN, and if several arms are there, by the frame's sender. */
export class ArmFinder {
  readonly #groups = new Map<string, { readonly arm: number; readonly peer: number }[]>()

  constructor(arms: readonly PcapArm[]) {
    for (const [arm, { device, vlan = 0, peer }] of arms.entries()) {
      const key = `${device} ${vlan}`
      const group = this.#groups.get(key) ?? []
      group.push({ arm, peer: Buffer.from(hardwareBytes(peer)).readUIntBE(0, 6) })
      this.#groups.set(key, group)
    }
  }

  /** A function that returns the arm of a frame; -1: none. */
  at(device: string): (frame: Buffer) => number {
    const untagged = this.#groups.get(`${device} 0`) ?? []
    return (frame) => {
      const type = frame.readUInt16BE(ETHERNET - 2)
      const vlan = isTag(type) ? frame.readUInt16BE(ETHERNET) & 0xfff : 0
      const group = vlan === 0 ? untagged : this.#groups.get(`${device} ${vlan}`)
      if (group === undefined) return -1
      if (group.length === 1) return group[0]?.arm ?? -1
      const sender = frame.readUIntBE(6, 6)
      return group.find(({ peer }) => peer === sender)?.arm ?? -1
    }
  }
}

/** Offset of a frame's payload, after its VLAN tag if it has one. */
export function bodyOf(frame: Buffer): number {
  return isTag(frame.readUInt16BE(ETHERNET - 2)) ? ETHERNET + TAG : ETHERNET
}

function isTag(type: number): boolean {
  return type === EtherType.vlan || type === EtherType.serviceVlan
}
