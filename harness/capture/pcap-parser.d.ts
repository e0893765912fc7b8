declare module 'pcap-parser' {
  import type { EventEmitter } from 'node:events'

  export interface GlobalHeader {
    readonly majorVersion: number
    readonly minorVersion: number
    readonly linkLayerType: number
  }

  export interface PacketHeader {
    readonly timestampSeconds: number
    readonly timestampMicroseconds: number
    readonly capturedLength: number
    readonly originalLength: number
  }

  export interface Packet {
    readonly header: PacketHeader
    readonly data: Buffer
  }

  export interface Parser extends EventEmitter {
    on(event: 'globalHeader', listener: (header: GlobalHeader) => void): this
    on(event: 'packetHeader', listener: (header: PacketHeader) => void): this
    on(event: 'packet', listener: (packet: Packet) => void): this
    on(event: 'error', listener: (error: Error) => void): this
    on(event: 'end', listener: () => void): this
  }

  const pcapParser: {
    /** Of a stream it uses only the events, and the methods to pause and resume. */
    parse(input: EventEmitter & { pause(): void; resume(): void }): Parser
  }
  export default pcapParser
}
