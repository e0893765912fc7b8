import type { PacketClass } from '../model/case.ts'

const BIT: Readonly<Record<PacketClass, number>> = {
  any: 1,
  syn: 2,
  'syn-ack': 4,
  'handshake-ack': 8,
  established: 16,
  data: 32,
  ack: 64,
  keepalive: 128,
  retransmission: 256,
  fin: 512,
  rst: 1024,
}

/** The classes of a packet within its flow, as a set. */
export class PacketClasses {
  #bits = BIT.any

  has(name: PacketClass): boolean {
    return (this.#bits & BIT[name]) !== 0
  }

  add(name: PacketClass): void {
    this.#bits |= BIT[name]
  }
}
