import { AppProtocol, Buffer } from '../app/app-view.ts'
import type { BufferMatch, RuleProtocol } from './rule.ts'
import { complain, type Piece } from './text.ts'

interface StickyBuffer {
  readonly code: number
  /** The protocol of the buffer. */
  readonly protocol: RuleProtocol
  /** Which packets carry it; undefined: those of both directions. */
  readonly toServer: boolean | undefined
}

const STICKY: ReadonlyMap<string, StickyBuffer> = new Map([
  ['http.method', { code: Buffer.httpMethod, protocol: 'http', toServer: true }],
  ['http.uri', { code: Buffer.httpUri, protocol: 'http', toServer: true }],
  ['http.host', { code: Buffer.httpHost, protocol: 'http', toServer: true }],
  ['tls.sni', { code: Buffer.tlsSni, protocol: 'tls', toServer: true }],
  ['dns.query', { code: Buffer.dnsQuery, protocol: 'dns', toServer: true }],
  ['ssh.proto', { code: Buffer.sshProto, protocol: 'ssh', toServer: undefined }],
])

/** The sticky buffer of a keyword; undefined if the keyword is none. */
export function stickyBuffer(keyword: string): StickyBuffer | undefined {
  return STICKY.get(keyword)
}

/** The `AppProtocol` of a buffer; 0: none. */
export function protocolOfBuffer(buffer: number | undefined): number {
  for (const { code, protocol } of STICKY.values())
    if (code === buffer && protocol in AppProtocol) return AppProtocol[protocol as keyof typeof AppProtocol]
  return AppProtocol.unknown
}

/** The direction of a rule's buffers; undefined if it has none or they have both directions. */
export function wayOfBuffers(buffers: readonly BufferMatch[]): boolean | undefined {
  return buffers.some(({ buffer }) => buffer !== Buffer.sshProto) ? true : undefined
}

/** Refuses contents that can never occur in a normalised buffer, as Suricata 7 does. */
export function checkBuffer({ buffer, contents }: BufferMatch, keyword: Piece): void {
  if (contents.length === 0) throw complain(keyword, `${keyword.text} needs a content behind it`)
  for (const { bytes, nocase } of contents) {
    if (buffer === Buffer.httpHost && (nocase || bytes.some((byte) => byte >= 0x41 && byte <= 0x5a)))
      throw complain(keyword, 'http.host is in lower case: give its content in lower case and without nocase')
    if (buffer === Buffer.httpMethod && (isBlank(bytes[0]) || isBlank(bytes.at(-1))))
      throw complain(keyword, 'http.method has no blank at its ends, so its content cannot have one')
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09
}
