import { curl, serveNginx } from './http.ts'
import type { Recording } from './recording.ts'

export const vlan: readonly Recording[] = [
  {
    name: 'vlan-http',
    title: 'One small HTTP/1.1 GET in 802.1Q frames of VLAN 100',
    vlan: 100,
    programs: ['nginx', 'curl', 'tcpreplay'],
    server: (lab) => serveNginx(lab, '80'),
    client: (lab) => curl(lab, [], ['/']),
    expects: {
      flows: [{ protocol: 'tcp', closes: 'fin' }],
      frames: { 'vlan.id == 100 && http.response.code == 200': 1, 'vlan.id == 100 && tcp': 8 },
    },
    point: {
      vlan: 'Every frame carries one 802.1Q tag with VLAN 100, put in by tcprewrite after the recording.',
    },
    varies: ['the Date header'],
  },
]
