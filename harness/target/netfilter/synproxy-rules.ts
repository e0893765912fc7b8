/** The options offered for a proxied server: the scale is that of Linux with its buffers, so that windows of both sides keep it. */
const OFFER = 'mss 1460 wscale 7 timestamp sack-perm'

/** Seconds within which a client may complete the handshake: no cookie is accepted for longer. */
const PATIENCE = 120

/**
 * A script that has checksums of clients' segments verified on arrival, as network cards do, because `synproxy` itself takes that of IPv6
 * for one of IPv4 (net/netfilter/nft_synproxy.c of Linux 6.18). GRO does it, and with this size limit it merges nothing.
 */
export const VERIFYING = `ip link set dev c gro_max_size 1
ethtool -K c gro on
`

const FAMILIES = ['ip', 'ip6'] as const
const flowOf = (family: string) => `${family} saddr . tcp sport . ${family} daddr . tcp dport`
const each = (lines: (family: (typeof FAMILIES)[number]) => string) => FAMILIES.map(lines).join('')

/**
 * Parts of a ruleset with which a host opens connections of its clients in place of the servers. It answers their SYNs and remembers whom
 * it has answered: a later packet without a connection is, once, the end of such a handshake; any other meets the policy. Packets that
 * the host makes itself are sent to the side of their destination.
 */
export const PROXYING = {
  passing: `    iifname c ct state new tcp flags & (fin | syn | rst | ack) == syn jump beginning
    iifname c ct state invalid,new tcp flags & (fin | syn | rst | ack) == ack jump ending
`,
  chains: `${each(
    (family) => `  set ${family}-answered {
    typeof ${flowOf(family)}
    flags dynamic,timeout
    timeout ${PATIENCE}s
    size 65535
  }
`,
  )}  chain beginning {
${each((family) => `    update @${family}-answered { ${flowOf(family)} } synproxy ${OFFER}\n`)}  }
  chain ending {
${each((family) => `    ${flowOf(family)} @${family}-answered delete @${family}-answered { ${flowOf(family)} } synproxy ${OFFER}\n`)}  }
  chain made {
    type route hook output priority mangle; policy accept;
    meta mark != 0 accept
    meta l4proto tcp ct direction original meta mark set 2 accept
    meta l4proto tcp meta mark set 1
  }
`,
} as const
