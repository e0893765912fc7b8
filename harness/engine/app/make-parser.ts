import { AppProtocol } from './app-view.ts'
import { DnsParser } from './dns.ts'
import { HttpParser } from './http1.ts'
import type { Parser } from './parser.ts'
import { SshParser } from './ssh.ts'
import { TlsParser } from './tls.ts'

/** A parser for a flow of that protocol; `stream`: over TCP; `begun`: not from its start. Undefined if there is none. */
export function makeParser(protocol: number, stream: boolean, begun = false): Parser | undefined {
  switch (protocol) {
    case AppProtocol.http:
      return new HttpParser(begun)
    case AppProtocol.tls:
      return new TlsParser()
    case AppProtocol.ssh:
      return new SshParser()
    case AppProtocol.dns:
      return new DnsParser(stream)
    default:
      return undefined
  }
}
