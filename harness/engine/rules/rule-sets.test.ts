/** Rule sets for which engine and real Suricata must agree: each keyword and modifier, and how they work together. */
export interface RuleSetExample {
  readonly name: string
  readonly rules: readonly string[]
}

/** Packet rules: nothing of the application layer. */
const PACKET: readonly RuleSetExample[] = [
  {
    name: 'alerts of header rules, per packet and per flow',
    rules: [
      'alert tcp any any -> any any (flow:stateless; sid:1;)',
      'alert tcp any any -> any any (sid:2;)',
      'alert udp any any -> any any (sid:3;)',
      'alert icmp any any -> any any (flow:to_server; sid:4;)',
      'alert ip any any -> any any (flow:to_client; sid:5;)',
      'alert tcp any any -> any any (flow:established; sid:6;)',
      'alert ip any any -> any any (flow:not_established,to_server; sid:7;)',
      'alert ip any any -> any any (flow:to_server; sid:8;)',
    ],
  },
  {
    name: 'addresses: negated, lists, prefixes, both families',
    rules: [
      'alert ip !192.0.2.0/24 any -> any any (sid:1;)',
      'alert ip [10.0.0.0/8,!10.1.0.0/16,2001:db8::/32] any -> any any (sid:2;)',
      'alert ip any any -> [192.0.2.0/25,fd00::/8,!192.0.2.8/32] any (flow:stateless; sid:3;)',
      'alert ip any any -> ![10.9.0.0/24,fd00:9::/64] any (flow:stateless; sid:4;)',
      'alert ip 0.0.0.0/0 any -> any any (sid:5;)',
      'alert ip any any -> ::/0 any (sid:6;)',
    ],
  },
  {
    name: 'ports: ranges, lists, negated, both ways',
    rules: [
      'alert tcp any any -> any [7007,7000:7006,80] (sid:1;)',
      'alert tcp any !80 -> any any (flow:stateless; sid:2;)',
      'alert tcp any 1024: -> any :1023 (flow:stateless; sid:3;)',
      'alert tcp any any <> any [80,443,7007] (flow:stateless; sid:4;)',
      'alert udp any any -> any [1:65535,!53] (flow:to_server; sid:5;)',
      'alert tcp any ![80,443] <> any ![80,443] (flags:PA; sid:6;)',
      'alert ip any any -> any 80 (sid:7;)',
      'alert ip any 0:65535 -> any any (flow:stateless; sid:8;)',
    ],
  },
  {
    name: 'flags',
    rules: [
      'alert tcp any any -> any any (flags:S; sid:1;)',
      'alert tcp any any -> any any (flags:SA; sid:2;)',
      'alert tcp any any -> any any (flags:+A; sid:3;)',
      'alert tcp any any -> any any (flags:*SF; sid:4;)',
      'alert tcp any any -> any any (flags:!A; sid:5;)',
      'alert tcp any any -> any any (flags:!S; sid:6;)',
      'alert tcp any any -> any any (flags:FA,P; sid:7;)',
      'alert tcp any any -> any any (flags:A,12P; sid:8;)',
      'alert tcp any any -> any any (flags:0; sid:9;)',
      'alert tcp any any -> any any (flags:R+; sid:10;)',
      'alert tcp any any -> any any (flags:PA; flow:established,to_client; sid:11;)',
    ],
  },
  {
    name: 'flowbits',
    rules: [
      'alert tcp any any -> any any (flags:S; flowbits:set,opened; flowbits:noalert; sid:1;)',
      'alert tcp any any -> any any (flowbits:isset,opened; flow:established; sid:2;)',
      'alert tcp any any -> any any (flowbits:isnotset,opened; flow:stateless; sid:3;)',
      'alert tcp any any -> any any (flags:PA; flowbits:toggle,odd; sid:4;)',
      'alert tcp any any -> any any (flowbits:isset,odd; sid:5;)',
      'alert tcp any any -> any any (flags:FA; flowbits:unset,opened; noalert; sid:6;)',
      'alert tcp any any -> any any (flowbits:isset,odd|opened; flags:A; sid:7;)',
      'alert udp any any -> any any (flowbits:set,seen; sid:8;)',
      'alert udp any any -> any any (flowbits:isset,seen; sid:9;)',
      'alert icmp any any -> any any (flowbits:set,seen; flowbits:isnotset,seen; sid:10;)',
    ],
  },
  {
    name: 'action order: pass before drop before reject before alert, then priority, then sid',
    rules: [
      'alert tcp any any -> any any (flow:stateless; sid:1;)',
      'reject tcp any any -> any any (flags:PA; sid:2;)',
      'drop tcp any any -> any any (flags:PA; flow:to_client; sid:3;)',
      'pass tcp any any -> any 80 (flags:PA; sid:4;)',
      'alert tcp any any -> any any (flow:stateless; priority:1; sid:5;)',
      'drop tcp any any -> any any (flags:*F; priority:5; sid:6;)',
      'reject tcp any any -> any any (flags:*F; sid:7;)',
    ],
  },
  {
    name: 'drop scope: about addresses the flow, negated addresses too, about packets the packet',
    rules: [
      'drop tcp any any -> any 7007 (sid:1;)',
      'drop tcp ![198.18.0.0/15] any -> any 80 (sid:2;)',
      'drop udp any any -> any any (flow:to_client; sid:3;)',
      'alert ip any any -> any any (flow:stateless; sid:4;)',
    ],
  },
  {
    name: 'pass scope: about addresses the flow, about packets the packet',
    rules: [
      'pass tcp any any -> any 7007 (sid:1;)',
      'pass tcp any any -> any 80 (flags:S; sid:2;)',
      'pass udp any any -> any any (flow:to_server; sid:3;)',
      'drop tcp any any -> any any (flow:established; sid:4;)',
      'alert ip any any -> any any (flow:stateless; sid:5;)',
    ],
  },
  {
    name: 'noalert and silent drops',
    rules: [
      'drop tcp any any -> any any (flags:PA; noalert; sid:1;)',
      'reject icmp any any -> any any (sid:2;)',
      'reject udp any any -> any any (flow:established; noalert; sid:3;)',
      'alert tcp any any -> any any (flow:stateless; sid:4;)',
    ],
  },
  {
    name: 'reject of everything',
    rules: ['reject ip any any -> any any (flow:stateless; sid:1;)'],
  },
]

/** Content: payload, stream, and how its modifiers bind. */
const CONTENT: readonly RuleSetExample[] = [
  {
    name: 'content in the stream, each case',
    rules: [
      'alert tcp any any -> any any (content:"HTTP"; sid:1;)',
      'alert tcp any any -> any any (content:"http"; nocase; sid:2;)',
      'alert tcp any any -> any any (content:"|0d 0a 0d 0a|"; sid:3;)',
      'alert tcp any any -> any any (content:!"HTTP"; sid:4;)',
      'alert tcp any any -> any any (content:"e"; flow:established,to_client; sid:5;)',
      'alert ip any any -> any any (content:"a"; sid:6;)',
      'alert udp any any -> any any (content:"1"; sid:7;)',
      'alert icmp any any -> any any (content:"|10 11|"; sid:8;)',
      'alert tcp any any -> any any (content:"Host|3a| "; fast_pattern; content:"GET"; sid:9;)',
    ],
  },
  {
    name: 'content with offset and depth, in stream and packet',
    rules: [
      'alert tcp any any -> any any (content:"GET"; depth:3; sid:1;)',
      'alert tcp any any -> any any (content:"HTTP/1"; offset:4; depth:12; sid:2;)',
      'alert tcp any any -> any any (content:"o"; offset:4; sid:3;)',
      'alert tcp any any -> any any (content:"GET"; startswith; sid:4;)',
      'alert tcp any any -> any any (content:"|0a|"; endswith; sid:5;)',
      'alert tcp any any -> any any (content:!"GET"; depth:3; sid:6;)',
      'alert tcp any any -> any any (content:!"|0a|"; endswith; sid:7;)',
      'alert udp any any -> any any (content:"|00 01|"; offset:2; depth:4; sid:8;)',
      'alert tcp any any -> any any (content:"echo"; nocase; startswith; content:"|0a|"; endswith; sid:9;)',
    ],
  },
  {
    name: 'content with distance and within',
    rules: [
      'alert tcp any any -> any any (content:"GET"; content:"HTTP"; distance:1; within:40; sid:1;)',
      'alert tcp any any -> any any (content:"HTTP"; content:"200"; distance:5; within:3; sid:2;)',
      'alert tcp any any -> any any (content:"e"; content:"e"; within:2; sid:3;)',
      'alert tcp any any -> any any (content:"t"; content:"o"; distance:-4; sid:4;)',
      'alert tcp any any -> any any (content:"H"; content:!"T"; within:1; sid:5;)',
      'alert tcp any any -> any any (content:"o"; content:"o"; distance:2; within:8; content:"n"; within:10; sid:6;)',
      'alert tcp any any -> any any (content:"HTTP"; content:!"zzz"; distance:0; sid:7;)',
      'alert udp any any -> any any (content:"|01|"; content:"|00|"; distance:0; within:4; sid:8;)',
    ],
  },
  {
    name: 'tcp-pkt, tcp-stream, and content beside flags',
    rules: [
      'alert tcp-pkt any any -> any any (content:"e"; sid:1;)',
      'alert tcp-stream any any -> any any (content:"e"; sid:2;)',
      'alert tcp any any -> any any (content:"e"; flags:PA; sid:3;)',
      'alert tcp-pkt any any -> any any (content:"HTTP"; startswith; sid:4;)',
      'alert tcp-stream any any -> any any (content:"|0a|"; offset:10; sid:5;)',
    ],
  },
  {
    name: 'drop by content in the stream: the flow',
    rules: [
      'drop tcp any any -> any any (content:"HTTP/1.1 200"; sid:1;)',
      'drop tcp any any -> any 7007 (content:"3"; sid:2;)',
      'alert ip any any -> any any (flow:stateless; sid:3;)',
    ],
  },
  {
    name: 'drop by content in a packet: the packet',
    rules: [
      'drop tcp-pkt any any -> any any (content:"HTTP/1.1 200"; sid:1;)',
      'drop tcp any any -> any any (content:"3"; flags:PA; sid:2;)',
      'drop udp any any -> any any (content:"2"; sid:3;)',
      'alert ip any any -> any any (flow:stateless; sid:4;)',
    ],
  },
  {
    name: 'pass by content, and what it lets through',
    rules: [
      'pass tcp any any -> any any (content:"GET /"; sid:1;)',
      'drop tcp any any -> any any (content:"HTTP"; sid:2;)',
      'alert tcp any any -> any any (content:"e"; flow:established; sid:3;)',
    ],
  },
  {
    name: 'reject by content, alerts behind it',
    rules: [
      'reject tcp any any -> any any (content:"HTTP"; sid:1;)',
      'alert tcp any any -> any any (content:"1"; sid:2;)',
    ],
  },
  {
    name: 'flowbits by content',
    rules: [
      'alert tcp any any -> any any (content:"GET"; flowbits:set,get; noalert; sid:1;)',
      'alert tcp any any -> any any (flowbits:isset,get; content:"200"; sid:2;)',
      'alert tcp any any -> any any (flowbits:isnotset,get; content:"e"; sid:3;)',
      'drop tcp any any -> any any (flowbits:isset,get; flags:*F; sid:4;)',
    ],
  },
]

/** Application protocols and their buffers. */
const APP: readonly RuleSetExample[] = [
  {
    name: 'application protocols alone',
    rules: [
      'alert http any any -> any any (sid:1;)',
      'alert tls any any -> any any (sid:2;)',
      'alert ssh any any -> any any (flow:established; sid:3;)',
      'alert dns any any -> any any (sid:4;)',
      'alert http any any -> any any (flow:to_client; sid:5;)',
      'alert tls any any -> any any (flow:established,to_server; sid:6;)',
      'alert http any any -> any any (content:"HTTP"; sid:7;)',
      'alert dns any any -> any any (content:"|01|"; sid:8;)',
      'alert http any any -> any any (flags:PA; sid:9;)',
    ],
  },
  {
    name: 'buffers of HTTP',
    rules: [
      'alert http any any -> any any (http.method; content:"GET"; sid:1;)',
      'alert http any any -> any any (http.uri; content:"/"; startswith; sid:2;)',
      'alert http any any -> any any (http.host; content:"."; sid:3;)',
      'alert http any any -> any any (http.method; content:"GET"; http.uri; content:"/"; http.host; content:"."; sid:4;)',
      'alert tcp any any -> any any (http.uri; content:!"zzz"; sid:5;)',
      'alert http any any -> any any (http.method; content:"POST"; sid:6;)',
      'alert http any any -> any any (http.uri; content:"/"; endswith; sid:7;)',
      'alert ip any any -> any any (http.host; content:"e"; flow:established,to_server; sid:8;)',
    ],
  },
  {
    name: 'buffers of TLS, SSH and DNS',
    rules: [
      'alert tls any any -> any any (tls.sni; content:"e"; sid:1;)',
      'alert tls any any -> any any (tls.sni; content:"flowbreak"; nocase; sid:2;)',
      'alert tls any any -> any any (tls.sni; content:!"zzz"; sid:3;)',
      'alert ssh any any -> any any (ssh.proto; content:"2.0"; sid:4;)',
      'alert ssh any any -> any any (ssh.proto; content:"2"; startswith; flow:to_client; sid:5;)',
      'alert dns any any -> any any (dns.query; content:"e"; sid:6;)',
      'alert udp any any -> any any (dns.query; content:"EXAMPLE"; nocase; sid:7;)',
      'alert dns any any -> any any (dns.query; content:!"zzz"; sid:8;)',
      'alert tcp any any -> any any (dns.query; content:"."; sid:9;)',
    ],
  },
  {
    name: 'drop by application protocol: the flow',
    rules: [
      'drop http any any -> any any (sid:1;)',
      'drop tls any any -> any any (flow:established; sid:2;)',
      'drop dns any any -> any any (sid:3;)',
      'alert ip any any -> any any (flow:stateless; sid:4;)',
    ],
  },
  {
    name: 'drop by buffer: the flow',
    rules: [
      'drop http any any -> any any (http.host; content:"."; sid:1;)',
      'drop tls any any -> any any (tls.sni; content:"."; flow:established,to_server; sid:2;)',
      'drop ssh any any -> any any (ssh.proto; content:"2.0"; flow:to_client; sid:3;)',
      'drop dns any any -> any any (dns.query; content:"."; sid:4;)',
      'alert ip any any -> any any (flow:stateless; sid:5;)',
    ],
  },
  {
    name: 'pass by buffer, drop the rest of the protocol',
    rules: [
      'pass http any any -> any any (http.uri; content:"/"; sid:1;)',
      'drop http any any -> any any (sid:2;)',
      'pass dns any any -> any any (dns.query; content:"e"; sid:3;)',
      'drop udp any any -> any any (flow:stateless; sid:4;)',
      'alert tcp any any -> any any (flow:established; sid:5;)',
    ],
  },
  {
    name: 'reject by buffer',
    rules: [
      'reject http any any -> any any (http.method; content:"GET"; sid:1;)',
      'reject tls any any -> any any (tls.sni; content:"."; sid:2;)',
      'alert tcp any any -> any any (flow:established; sid:3;)',
    ],
  },
  {
    name: 'flowbits by buffer',
    rules: [
      'alert http any any -> any any (http.method; content:"GET"; flowbits:set,asked; noalert; sid:1;)',
      'alert tcp any any -> any any (flowbits:isset,asked; flags:PA; sid:2;)',
      'alert tcp any any -> any any (flowbits:isset,asked; flow:to_server,established; sid:3;)',
    ],
  },
  {
    name: 'after a break, what needs no context matches, what needs it does not',
    rules: [
      'drop http any any -> any any (sid:1;)',
      'alert tcp any any -> any any (flow:stateless; sid:2;)',
      'alert tcp any any -> any any (flow:established; sid:3;)',
      'alert tcp any any -> any any (flow:not_established; content:"e"; sid:4;)',
    ],
  },
]

export const RULE_SETS: readonly RuleSetExample[] = [...PACKET, ...CONTENT, ...APP]
