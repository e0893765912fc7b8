/** How the namespaces of this target begin, whoever made them. */
export const PREFIX = 'flowbreak'

/** The namespace of a host, and the one that holds the outer ends. */
export function hostNamespace(lab: string, host: number): string {
  return `${PREFIX}-${lab}-${host}`
}

export function outerNamespace(lab: string): string {
  return `${PREFIX}-${lab}-x`
}

/** Hardware addresses by host and side: of the outer end, and of the host's own. */
export function hardwareAddress(host: number, side: 0 | 1, end: 'outer' | 'host'): string {
  const byte = (value: number) => value.toString(16).padStart(2, '0')
  return `02:fb:${end === 'outer' ? '00' : '01'}:${byte(host >> 8)}:${byte(host & 255)}:${byte(side)}`
}

/** The interface by which two hosts tell each other of their sessions, and their addresses there. */
export const SYNC_LINK = 'y'
export const SYNC_ADDRESSES = ['192.0.0.9', '192.0.0.10'] as const
