import { isExact, scaledTimeout } from '../lab/scale.ts'
import { configurationOf } from '../suricata/configuration.ts'
import type { SuricataSettings } from '../suricata/settings.ts'
import { LINK } from './namespace.ts'

/** Frames that may wait at an interface: more than the driver ever has on their way. */
const RING = 1024
/** The number of packets to read is not known in advance. */
const UNBOUNDED = Number.POSITIVE_INFINITY

/** The same settings for a clock that is `scale` times as fast. Throws ERR_CLOCK_SCALE if a time-out would be shorter than 2 s. */
export function scaledSettings(settings: SuricataSettings, scale: number): SuricataSettings {
  const { timeouts, fragmentTimeout } = settings
  const of = (name: keyof typeof timeouts) => scaledTimeout(name, timeouts[name], scale)
  return {
    ...settings,
    timeouts: {
      tcpNew: of('tcpNew'),
      tcpEstablished: of('tcpEstablished'),
      tcpClosed: of('tcpClosed'),
      udpNew: of('udpNew'),
      udpEstablished: of('udpEstablished'),
      icmpNew: of('icmpNew'),
      icmpEstablished: of('icmpEstablished'),
      other: of('other'),
      otherEstablished: of('otherEstablished'),
    },
    fragmentTimeout: scaledTimeout('fragmentTimeout', fragmentTimeout, scale),
  }
}

/** Knobs whose time-outs Suricata, which counts in whole seconds, cannot keep exactly if its clock is `scale` times as fast. */
export function inexactKnobs(
  { timeouts, fragmentTimeout }: SuricataSettings,
  scale: number,
): readonly string[] {
  const kept = { ...timeouts, fragmentTimeout4: fragmentTimeout, fragmentTimeout6: fragmentTimeout }
  return Object.entries(kept).flatMap(([name, seconds]) => (isExact(seconds, scale) ? [] : [name]))
}

/** Suricata's configuration between two interfaces: that of the offline target, with the way that frames come and go. */
export function liveConfigurationOf(settings: SuricataSettings): string {
  // In this mode it writes its own packets as frames, to the interface named on its command line.
  return `${configurationOf(settings, UNBOUNDED)}host-mode: sniffer-only
unix-command: { enabled: no }
af-packet:
${side(LINK.in, LINK.out, 1)}${side(LINK.out, LINK.in, 2)}`
}

/** One thread, so that frames are processed in the order in which they came. */
function side(from: string, to: string, cluster: number): string {
  return `  - interface: ${from}
    copy-mode: ips
    copy-iface: ${to}
    threads: 1
    cluster-id: ${cluster}
    cluster-type: cluster_flow
    defrag: no
    use-mmap: yes
    tpacket-v3: no
    ring-size: ${RING}
    checksum-checks: no
`
}
