import { expect } from 'chai'
import { Command } from 'commander'
import { helpFor } from './help-items.ts'

function help(columns: number): string {
  return new Command('replay')
    .description('Breaks the flows of one capture and shows what happens to each packet.')
    .argument('<capture>', 'a pcap or pcapng file, or - for standard input')
    .option('--policy <policy>', 'the stream exception policy: drop, reject or continue')
    .helpOption('-h, --help', 'show this help')
    .configureOutput({ getOutHelpWidth: () => columns })
    .configureHelp(helpFor(columns))
    .helpInformation()
}

describe('cli/help-items', () => {
  it('has descriptions beside options where these leave room', () => {
    expect(help(80)).to.contain(
      '\n  --policy <policy>  the stream exception policy: drop, reject or continue\n',
    )
    expect(help(70)).to.contain(
      '\n  --policy <policy>  the stream exception policy: drop, reject or\n                     continue\n',
    )
  })

  it('has them below on a narrow screen', () => {
    expect(help(40)).to.equal(`Usage: flowbreak replay [options]
       <capture>

Breaks the flows of one capture and
shows what happens to each packet.

Arguments:
  capture
      a pcap or pcapng file, or - for
      standard input

Options:
  --policy <policy>
      the stream exception policy: drop,
      reject or continue
  -h, --help
      show this help
`)
  })

  it('leaves help that is piped to commander', () => {
    expect(helpFor(Number.POSITIVE_INFINITY)).to.have.keys('commandUsage')
  })
})
