/** The style of the index page; colours have a contrast of at least 4.5 to 1 with their background, light and dark. */
export const INDEX_STYLE = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 90rem; padding: 1.5rem; background: light-dark(#fff, #14171a); color: light-dark(#1d2329, #e3e7eb); }
h1 { font-size: 1.6rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
a { color: light-dark(#0b57a4, #8ab8ff); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; }
th, td { border-bottom: 1px solid light-dark(#d5dade, #3a4147); padding: .35rem .7rem; text-align: left; vertical-align: top; white-space: nowrap; }
thead th { font-weight: 600; }
.figure { font-variant-numeric: tabular-nums; }
.s-conformant { color: light-dark(#14672f, #7ddc97); }
.s-partial { color: light-dark(#7a5200, #f0c060); }
.s-own-word { color: light-dark(#6a3fa0, #c9a8f5); }
.s-known-failures { color: light-dark(#8a4b00, #f5b37a); }
.s-not-conformant { color: light-dark(#a5201c, #ff9d97); }
.s-none { color: light-dark(#5b646c, #a3adb5); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 0; }
dd { margin: 0; }
.overview { width: 100%; }
.overview td:not(.figure), .overview thead th { white-space: normal; }
.overview small { display: block; font-size: inherit; font-weight: 400; }
summary, time { white-space: nowrap; }
summary { cursor: pointer; }
.systems tbody th { position: sticky; left: 0; background: light-dark(#fff, #14171a); }
@media (max-width: 77rem) {
  .overview thead { position: absolute; clip-path: inset(50%); height: 1px; width: 1px; overflow: hidden; }
  .overview tr { display: block; border-bottom: 1px solid light-dark(#d5dade, #3a4147); padding: .5rem 0; }
  .overview th, .overview td { display: block; border: 0; padding: .1rem 0; white-space: normal; overflow-wrap: anywhere; }
  .overview td { padding-left: 9.5rem; text-indent: -9.5rem; }
  .overview td > * { text-indent: 0; }
  .overview details { display: inline-block; max-width: 100%; vertical-align: top; }
  .overview summary { white-space: normal; }
  .overview td::before { content: attr(data-of); display: inline-block; width: 9.5rem; text-indent: 0; color: light-dark(#5b646c, #a3adb5); }
}
@media (max-width: 30rem) {
  body { padding: 1rem; }
  th, td { padding: .3rem .45rem; }
}
`
