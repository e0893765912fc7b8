import type { ExceptionPolicy } from '../../model/setup.ts'
import { CONTROL_CLIENT, CONTROL_PORT, CONTROL_SERVER } from '../../observe/control-frames.ts'
import type { Knobs } from '../../profile/index.ts'
import type { NetfilterOptions } from './options.ts'
import { PROXYING } from './synproxy-rules.ts'

/** What happens to a packet that belongs to no connection and does not open one. */
const LAST_RULE = { drop: '', reject: 'meta l4proto tcp reject with tcp reset', continue: 'accept' } as const

const ENDS = {
  ip: `{ ${CONTROL_CLIENT.ipv4}, ${CONTROL_SERVER.ipv4} }`,
  ip6: `{ ${CONTROL_CLIENT.ipv6}, ${CONTROL_SERVER.ipv6} }`,
}

/**
 * The rules of one host, for `nft -f`. They do not mention controls, except those that must be denied. Marks tell by
 * which side a packet came, so that what the host sends about it goes back there, whatever its addresses.
 */
export function rulesetOf(
  exception: ExceptionPolicy,
  knobs: Knobs,
  { nat, synproxy = false }: Pick<NetfilterOptions, 'nat'> & Partial<Pick<NetfilterOptions, 'synproxy'>>,
): string {
  const isSyn = 'tcp flags & (syn | ack) == syn'
  return `flush ruleset
table inet flowbreak {
  chain arriving {
    type filter hook prerouting priority -450; policy accept;
    iifname c meta mark set 1
    iifname s meta mark set 2
  }
  chain passing {
    type filter hook forward priority 0; policy drop;
${Object.entries(ENDS)
  .flatMap(([family, ends]) =>
    ['dport', 'sport'].map(
      (port) =>
        `    ${family} saddr ${ends} ${family} daddr ${ends} udp ${port} ${CONTROL_PORT.denied} drop\n`,
    ),
  )
  .join(
    '',
  )}${synproxy ? PROXYING.passing : ''}    ${knobs.invalid?.value === 'drop' ? 'ct state invalid drop' : ''}
    ct state established,related accept
    ${isSyn} ct state new accept
    meta l4proto != tcp ct state new accept
    ${LAST_RULE[exception]}
  }
${synproxy ? PROXYING.chains : ''}${nat === 'masquerade' ? masquerading(exception) : ''}}
`
}

/** A packet to the host's own address without a connection there meets the policy as if it were to be forwarded. */
function masquerading(exception: ExceptionPolicy): string {
  return `  chain leaving {
    type nat hook postrouting priority 100; policy accept;
    oifname s masquerade
  }
  chain own {
    type filter hook input priority 0; policy accept;
    iifname != s accept
    ct state established,related accept
    meta l4proto { icmp, ipv6-icmp } accept
    ${LAST_RULE[exception]}
    drop
  }
`
}

/** Makes a host drop all packets, and undoes that; it does not send what it would have sent about them. */
export const DOWN = `table inet down {
  chain arriving { type filter hook prerouting priority -400; policy drop; }
}
`
