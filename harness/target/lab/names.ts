/** How the namespaces of labs begin, whoever made them. */
export const PREFIX = 'flowbreak'

/** The namespace of a host, and the one that holds the outer ends. */
export function hostNamespace(lab: string, host: number): string {
  return `${PREFIX}-${lab}-${host}`
}

export function outerNamespace(lab: string): string {
  return `${PREFIX}-${lab}-x`
}

/** Links of a host that has one to its clients' and one to its servers' side. */
export const SIDES = ['c', 's'] as const

/** Hardware addresses by host and link: of the outer end, and of the host's own. */
export function hardwareAddress(host: number, side: number, end: 'outer' | 'host'): string {
  const byte = (value: number) => value.toString(16).padStart(2, '0')
  return `02:fb:${end === 'outer' ? '00' : '01'}:${byte(host >> 8)}:${byte(host & 255)}:${byte(side)}`
}
