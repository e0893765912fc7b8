/** The beginning of the names of all labs' namespaces. */
export const PREFIX = 'flowbreak'

/** The namespace of a host, and the one with the outer ends. */
export function hostNamespace(lab: string, host: number): string {
  return `${PREFIX}-${lab}-${host}`
}

export function outerNamespace(lab: string): string {
  return `${PREFIX}-${lab}-x`
}

/** Names of a host's links to its clients' and its servers' side. */
export const SIDES = ['c', 's'] as const

/** Hardware addresses by host and link: of the outer end, and of the host's own end. */
export function hardwareAddress(host: number, side: number, end: 'outer' | 'host'): string {
  const byte = (value: number) => value.toString(16).padStart(2, '0')
  return `02:fb:${end === 'outer' ? '00' : '01'}:${byte(host >> 8)}:${byte(host & 255)}:${byte(side)}`
}
