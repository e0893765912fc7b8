import type { Family } from './addresses.ts'
import type { Lab, LabShape } from './lab.ts'

export type Protocol = 'tcp' | 'udp' | 'icmp' | 'icmp6' | 'sctp'

/** The programs a recording may name; their versions go into its manifest. */
export type Program =
  | 'curl'
  | 'dig'
  | 'dnsmasq'
  | 'nginx'
  | 'node'
  | 'openssh'
  | 'openssl'
  | 'ping'
  | 'postgresql'
  | 'redis'
  | 'tcpreplay'
  | 'usrsctp'
  | 'vsftpd'

/** One recording, declared: what runs at each end, on which lab, and what the file must then hold. */
export interface Recording {
  /** The capture's name without its family: `http-get` gives `http-get-ipv4.pcap`. */
  readonly name: string
  /** One line that says what the capture shows. */
  readonly title: string
  /** Default: both. */
  readonly families?: readonly Family[]
  /** Default: `direct`. */
  readonly shape?: LabShape
  /** The 802.1Q tag that every frame gets once it has been recorded. */
  readonly vlan?: number
  /** Whose end of its link is recorded. Default: `server`. */
  readonly at?: 'client' | 'server'
  readonly programs: readonly Program[]
  /** Sets the lab up beyond its shape: a smaller MTU, a loss, a filter. */
  readonly prepare?: (lab: Lab) => Promise<void>
  /** Starts the server and returns once it listens. */
  readonly server?: (lab: Lab) => Promise<void>
  /** Runs the client to its end: this is what is recorded. */
  readonly client: (lab: Lab) => Promise<unknown>
  readonly expects: Expects
  /** What is special in the file, a sentence each. */
  readonly point?: Readonly<Record<string, string>>
  /** What differs when it is recorded again, beyond what every capture of its protocol varies in. */
  readonly varies?: readonly string[]
}

/** What a finished capture must hold, or the recording is refused. */
export interface Expects {
  /** Every flow, in order of first packet; `times` for many alike. */
  readonly flows: readonly ExpectedFlow[]
  /** Display filters and how many frames at least must match each. */
  readonly frames?: Readonly<Record<string, number>>
}

export interface ExpectedFlow {
  /** `icmp` stands for ICMPv6 too where the family is IPv6. */
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'sctp'
  readonly closes?: 'fin' | 'rst' | 'open'
  readonly times?: number
}
