export type Family = 'ipv4' | 'ipv6'

/** Fixed addresses, so that a capture recorded again has the same flows. Documentation prefixes only. */
export const ADDRESSES = {
  ipv4: { client: '192.0.2.10', router: ['192.0.2.1', '198.51.100.1'], server: '198.51.100.20', bits: 24 },
  ipv6: {
    client: '2001:db8:c::10',
    router: ['2001:db8:c::1', '2001:db8:5::1'],
    server: '2001:db8:5::20',
    bits: 64,
  },
} as const satisfies Record<Family, unknown>

export const MACS = {
  client: '02:00:00:00:00:0c',
  router: ['02:00:00:00:00:01', '02:00:00:00:00:02'],
  server: '02:00:00:00:00:05',
} as const

/** The port every client sends from, unless a recording needs more of them. */
export const CLIENT_PORT = 40000
