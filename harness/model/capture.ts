import type { Nanos, PacketBatch } from './batch.ts'

/** Where and why a capture stops being readable; everything before `offset` was delivered. */
export interface Damage {
  /** Byte offset in the file (or in the stream) of the record that could not be read. */
  readonly offset: number
  readonly reason: string
}

/** What a capture file says about itself, known once its first header has been read. */
export interface CaptureHeader {
  readonly format: 'pcap' | 'pcapng'
  /**
   * The zero of `Nanos`, in nanoseconds since 1970: the whole second in which the first packet was recorded, so that a clock
   * which counts whole seconds (Suricata) ticks in `Nanos` as in wall time. 0n until a packet was read.
   */
  readonly epoch: bigint
}

/**
 * Gives a capture's packets batch by batch. Pull, not push: the consumer brings the batch, the source clears and fills it.
 * Fills the columns marked capture/ and nothing else.
 */
export interface PacketSource extends AsyncDisposable {
  /** Its name in messages: a path, or `standard input`. */
  readonly name: string
  readonly header: CaptureHeader
  /** Names of the link types seen so far, by their usual names (`EN10MB`, `RAW`, …). */
  readonly links: ReadonlySet<string>
  /** Set once reading has met damage; the packets before it have been delivered. */
  readonly damage: Damage | undefined
  /** Fills `into`; false when there is nothing more (the batch is then empty). May answer synchronously. */
  read(into: PacketBatch): Promise<boolean> | boolean
}

/** What is known of a flow when its first packet has been seen. */
export interface FlowInfo {
  readonly id: number
  /** `ip`: any other. */
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'icmp6' | 'sctp' | 'ip'
  readonly family: 'ipv4' | 'ipv6'
  /** `192.0.2.10:40000`, `[2001:db8::1]:80`, or an address alone if there are no ports. */
  readonly client: string
  readonly server: string
  readonly firstPacket: number
  readonly firstTime: Nanos
  /** How it is known which side is the client. */
  readonly orientation: 'syn' | 'syn-ack' | 'ports' | 'first-packet'
  /** How a TCP flow starts: with an opening, with the answer to one, or midstream. */
  readonly opens: 'syn' | 'syn-ack' | 'mid' | 'n/a'
}
