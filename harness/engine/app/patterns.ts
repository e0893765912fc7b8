import { AppProtocol } from './app-view.ts'
import { lower } from './characters.ts'
import { METHODS } from './http-methods.ts'

interface Pattern {
  readonly protocol: number
  /** At the very start of the stream; with `anyCase`, ASCII letters in lower case match either case. */
  readonly bytes: readonly number[]
  readonly anyCase: boolean
}

/**
 * Patterns of what a client sends first, and of what a server does, by their first byte (letters in lower case). Suricata 7,
 * app-layer-htp.c, app-layer-ssl.c, app-layer-ssh.c. Streams that Suricata recognises as something else (FTP, SMTP, …) end as `failed`
 * here, which is equivalent for rules about these four.
 */
const TO_SERVER = byFirstByte([
  ...METHODS.flatMap((method) => [
    text(AppProtocol.http, `${method} `),
    text(AppProtocol.http, `${method}\t`),
  ]),
  ...tlsRecords([1, 0x16]),
  text(AppProtocol.ssh, 'ssh-'),
])
const TO_CLIENT = byFirstByte([
  ...['http/0.9', 'http/1.0', 'http/1.1'].map((version) => text(AppProtocol.http, version)),
  ...tlsRecords([0x15, 0x16, 0x17]),
  text(AppProtocol.ssh, 'ssh-'),
])

/** With this many bytes and no match, no pattern will match: the length of the longest one among all protocols of suricata.yaml. */
export const SERVER_DEPTH = 17
export const CLIENT_DEPTH = 8

/** The protocol whose pattern the stream `bytes[from … to-1]` starts with, or `unknown`. */
export function matchPattern(toServer: boolean, bytes: Uint8Array, from: number, to: number): number {
  const first = lower(bytes[from] ?? 0)
  for (const pattern of (toServer ? TO_SERVER : TO_CLIENT)[first] ?? [])
    if (startsWith(bytes, from, to, pattern)) return pattern.protocol
  return AppProtocol.unknown
}

function startsWith(bytes: Uint8Array, from: number, to: number, pattern: Pattern): boolean {
  const { length } = pattern.bytes
  if (to - from < length) return false
  for (let i = 0; i < length; i++) {
    const byte = bytes[from + i] ?? 0
    if ((pattern.anyCase ? lower(byte) : byte) !== pattern.bytes[i]) return false
  }
  return true
}

function text(protocol: number, start: string): Pattern {
  return { protocol, bytes: [...start].map((letter) => letter.charCodeAt(0)), anyCase: true }
}

/** Record types followed by a version, SSL 3.0 … TLS 1.2; TLS 1.3 has 1.0 or 1.2 there. */
function tlsRecords(types: readonly number[]): Pattern[] {
  return types.flatMap((type) =>
    [0, 1, 2, 3].map((minor) => ({ protocol: AppProtocol.tls, bytes: [type, 3, minor], anyCase: false })),
  )
}

function byFirstByte(patterns: readonly Pattern[]): readonly (readonly Pattern[])[] {
  const found = Array.from({ length: 256 }, (): Pattern[] => [])
  for (const pattern of patterns) found[pattern.bytes[0] ?? 0]?.push(pattern)
  return found
}
