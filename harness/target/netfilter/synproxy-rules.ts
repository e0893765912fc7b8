/** What a proxied server is said to support: the scale is what Linux has with its buffers, so that windows of either side keep it. */
const OFFER = 'mss 1460 wscale 7 timestamp sack-perm'

/** Seconds for which a client may end the handshake: no cookie is taken for longer. */
const PATIENCE = 120

/**
 * A script by which checksums of clients' segments are verified as they arrive, as network cards do: `synproxy` itself takes that of IPv6
 * for one of IPv4 (net/netfilter/nft_synproxy.c of Linux 6.18). GRO does it; of that size, it puts nothing together.
 */
export const VERIFYING = `ip link set dev c gro_max_size 1
ethtool -K c gro on
`

const FAMILIES = ['ip', 'ip6'] as const
const flowOf = (family: string) => `${family} saddr . tcp sport . ${family} daddr . tcp dport`
const each = (lines: (family: (typeof FAMILIES)[number]) => string) => FAMILIES.map(lines).join('')

/**
 * Parts of a ruleset by which a host opens connections of its clients in the servers' place. It answers their SYNs and remembers whom it
 * has answered: what is of no connection is the end of a handshake once after that, and else meets the policy. What the host makes
 * itself is sent to the side that it is for.
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
