/** What a proxied server is said to support: the scale is what Linux has with its buffers, so that windows of either side keep it. */
const OFFER = 'mss 1460 wscale 7 timestamp sack-perm'

/** Words of a TCP header, 5 without options. */
const HEADERS = Array.from({ length: 11 }, (_, more) => 5 + more)

/** Segments without payload by the length of the packet, in which rules can do no sums: IPv4 without options, IPv6 without extensions. */
const BARE = HEADERS.flatMap((words) => [
  `    ip length ${20 + 4 * words} tcp doff ${words} synproxy ${OFFER}`,
  `    ip6 length ${4 * words} tcp doff ${words} synproxy ${OFFER}`,
])

/**
 * A script by which checksums of clients' segments are verified as they arrive, as network cards do: `synproxy` itself takes that of IPv6
 * for one of IPv4 (net/netfilter/nft_synproxy.c of Linux 6.18). GRO does it; of that size, it puts nothing together.
 */
export const VERIFYING = `ip link set dev c gro_max_size 1
ethtool -K c gro on
`

/**
 * Parts of a ruleset by which a host opens connections of its clients in the servers' place: it answers their SYNs, and has what ends a
 * handshake, which is an acknowledgement of no connection. Only one without payload is taken for that, so that data of no connection
 * meets the policy. What the host makes itself is sent to the side that it is for.
 */
export const PROXYING = {
  passing: `    iifname c ct state new tcp flags & (fin | syn | rst | ack) == syn synproxy ${OFFER}
    iifname c ct state invalid,new tcp flags & (fin | syn | rst | psh | ack) == ack jump ending
`,
  chains: `  chain ending {
${BARE.join('\n')}
  }
  chain made {
    type route hook output priority mangle; policy accept;
    meta mark != 0 accept
    meta l4proto tcp ct direction original meta mark set 2 accept
    meta l4proto tcp meta mark set 1
  }
`,
} as const
