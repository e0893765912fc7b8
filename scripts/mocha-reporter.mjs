import Mocha from 'mocha'

/** mocha's own `spec` report, ended by one line for machines: `N passed, N failed`. */
export default class CountingSpec extends Mocha.reporters.Spec {
  /** @override */
  epilogue() {
    super.epilogue()
    process.stdout.write(`${this.stats.passes} passed, ${this.stats.failures} failed\n`)
  }
}
