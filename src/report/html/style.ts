import { literal, type Markup } from './markup.ts'

/** Every pair of colours keeps a contrast of 4.5 to 1, light and dark. */
export const STYLE_TEXT = `
:root {
  color-scheme: light dark;
  --ground: #f5f6f8; --paper: #fff; --ink: #1a1f26; --soft: #545d68; --line: #d9dee5; --link: #0a52a3;
  --damaged: #a3141f; --damaged-paper: #fdeeee;
  --warning: #7d4a00; --warning-paper: #fff5e2;
  --clean: #0f6332; --clean-paper: #eaf6ee;
  --unknown: #4b5563; --unknown-paper: #eef0f3;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e1217; --paper: #161b22; --ink: #e5e9ee; --soft: #9aa6b3; --line: #2c343e; --link: #7cb7ff;
    --damaged: #ff9d97; --damaged-paper: #34191b;
    --warning: #f1c274; --warning-paper: #2f2510;
    --clean: #7fd8a0; --clean-paper: #12291c;
    --unknown: #a9b4c0; --unknown-paper: #1f262e;
  }
}
.damaged { --tone: var(--damaged); --tone-paper: var(--damaged-paper) }
.warning, .incomplete, .stale { --tone: var(--warning); --tone-paper: var(--warning-paper) }
.clean { --tone: var(--clean); --tone-paper: var(--clean-paper) }
.unknown { --tone: var(--unknown); --tone-paper: var(--unknown-paper) }
* { box-sizing: border-box }
[hidden] { display: none !important }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth }
body { margin: 0; background: var(--ground); color: var(--ink); font: 0.9375rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
.wide { max-width: 68rem; margin: 0 auto; padding: 0 1rem }
.shapes { position: absolute; width: 0; height: 0 }
.shape { width: 1em; height: 1em; flex: none; vertical-align: -0.125em }
a { color: var(--link); text-underline-offset: 0.15em }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 3px }
main:focus { outline: none }
.skip { position: absolute; left: -100vw; top: 0; padding: 0.5rem 1rem; background: var(--paper); z-index: 1 }
.skip:focus { left: 0 }
.top { border-bottom: 1px solid var(--line); background: var(--paper); padding: 0.6rem 0 }
.brand { font-weight: 650; color: var(--ink); text-decoration: none; letter-spacing: 0.01em }
header .wide { display: flex; flex-wrap: wrap; gap: 0.2rem 1.25rem; justify-content: space-between }
.links { display: flex; gap: 1rem; font-size: 0.8125rem; align-items: center }
#refreshed:not(:empty) { color: var(--warning); font-weight: 600; padding-top: 0.6rem; padding-bottom: 0 }
a.brand:hover { text-decoration: underline }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 1.5rem 0 0.75rem; letter-spacing: -0.01em }
h2 { font-size: 1.15rem; line-height: 1.3; margin: 2rem 0 0.5rem }
h3 { font-size: 1rem; margin: 1.5rem 0 0.5rem }
p { margin: 0.35rem 0; max-width: 75ch }
.soft, .title .soft { color: var(--soft); font-weight: 400 }
code, pre, .exact, .code { font: 0.8125rem/1.5 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace }
.exact { unicode-bidi: isolate; color: var(--soft) }
.code { white-space: nowrap }
.lead { font-size: 1.05rem }
.badge { display: inline-flex; align-items: baseline; gap: 0.4em; padding: 0.1em 0.6em 0.1em 0.45em; border-radius: 1em; background: var(--tone-paper); color: var(--tone); font-size: 0.8125rem; font-weight: 600; white-space: nowrap }
.badge .shape { align-self: center }
.also { display: inline-block; padding: 0 0.5em; border: 1px solid currentColor; border-radius: 1em; color: var(--warning); font-size: 0.75rem; font-weight: 600 }
.banner { background: var(--tone-paper); border: 1px solid var(--line); border-left: 5px solid var(--tone); border-radius: 6px; padding: 0.85rem 1.1rem; margin: 0 0 1rem }
.banner p { margin: 0.15rem 0 }
.banner .verdict { display: flex; align-items: center; gap: 0.5rem; color: var(--tone); font-size: 1.3rem }
.banner .verdict .shape { --paper: var(--tone-paper) }
.banner .first { font-size: 1.05rem }
.tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: 0.6rem; margin: 0 0 1rem }
.tiles div { display: flex; flex-direction: column-reverse; justify-content: flex-end; background: var(--paper); border: 1px solid var(--line); border-top: 3px solid var(--tone, var(--line)); border-radius: 6px; padding: 0.5rem 0.8rem }
.tiles dd { margin: 0; font-size: 1.5rem; font-weight: 650; line-height: 1.2; color: var(--tone, var(--soft)); font-variant-numeric: tabular-nums }
.tiles dt { color: var(--soft); font-size: 0.8125rem }
.facts { display: flex; flex-wrap: wrap; gap: 0.4rem 2rem; margin: 0 }
.facts dt { color: var(--soft); font-size: 0.8125rem }
.facts dd { margin: 0 }
.registries, .items, .tree, .tree ul { list-style: none; margin: 0; padding: 0 }
.registries { border: 1px solid var(--line); border-radius: 6px; background: var(--paper); overflow: hidden }
.registries > li { display: grid; grid-template-columns: 7.5rem minmax(9rem, 1fr) minmax(11rem, 1.2fr) 16rem; gap: 0.2rem 1.25rem; align-items: start; border-left: 5px solid var(--tone); padding: 0.7rem 1rem }
.registries > li + li { border-top: 1px solid var(--line) }
.registries h2 { margin: 0; font-size: 1rem }
.registries p { margin: 0 }
.fresh dl { margin: 0; font-size: 0.8125rem }
.fresh dl div { display: flex; gap: 0.6rem }
.fresh dt { color: var(--soft); flex: 0 0 6.5rem }
.fresh dd { margin: 0 }
.strip { display: inline-flex; flex-wrap: wrap; gap: 2px; margin-top: 0.3rem; font-size: 0.6875rem }
.strip span { color: var(--tone); display: inline-flex }
.items > li { margin: 0.4rem 0; content-visibility: auto; contain-intrinsic-size: auto 3rem }
.image { background: var(--paper); border: 1px solid var(--line); border-radius: 6px }
.image > summary { display: grid; grid-template-columns: 1rem 9.25rem minmax(10rem, auto) 1fr; gap: 0.2rem 0.6rem; align-items: baseline; padding: 0.55rem 0.9rem; cursor: pointer; list-style: none; border-radius: 6px }
.image > summary::-webkit-details-marker { display: none }
.image > summary::before { content: ""; width: 0.45rem; height: 0.45rem; border: solid var(--soft); border-width: 0 2px 2px 0; transform: rotate(-45deg); align-self: center }
.image[open] > summary::before { transform: rotate(45deg) }
.image > summary:hover { background: var(--unknown-paper) }
.image > summary .badge { justify-self: start }
.image h3, .image h4 { margin: 0; font-size: 0.9375rem; line-height: 1.5 }
time { white-space: nowrap }
h3 .code, h4 .code { font-weight: 650 }
.running { color: var(--link); font-weight: 600 }
.runs td > .soft { display: block }
.gist { color: var(--soft); font-size: 0.8125rem; text-align: right }
.platform { display: inline-block; padding: 0 0.45em; border: 1px solid var(--line); border-radius: 4px; font-size: 0.75rem; color: var(--ink) }
.body { border-top: 1px solid var(--line); padding: 0.7rem 0.9rem 0.9rem }
.needs + .needs { border-top: 1px solid var(--line); margin-top: 0.6rem; padding-top: 0.5rem }
.registries h3 { margin: 0 }
.tree { font-size: 0.875rem }
.tree li { position: relative; padding: 0.12rem 0 }
.tree ul { margin-left: 0.35rem }
.tree ul > li { padding-left: 1.35rem }
.tree ul > li::before { content: ""; position: absolute; left: 0; top: 0; width: 0.95rem; height: 0.95rem; border: solid var(--line); border-width: 0 0 2px 2px; border-bottom-left-radius: 5px }
.tree ul > li:not(:last-child)::after { content: ""; position: absolute; left: 0; top: 0; bottom: 0; border-left: 2px solid var(--line) }
.thing { color: var(--soft) }
.end { color: var(--tone); font-weight: 600; white-space: nowrap }
.end .shape { margin-right: 0.3em }
.story { border-top: 1px solid var(--line); margin-top: 0.7rem; padding-top: 0.55rem }
.fact { color: var(--ink) }
pre { margin: 0.5rem 0; padding: 0.6rem 0.8rem; background: var(--ground); border: 1px solid var(--line); border-radius: 4px; white-space: pre-wrap }
.commands { position: relative }
.commands > p { position: absolute; right: 0.4rem; top: 0.35rem; margin: 0; display: flex; flex-direction: row-reverse; align-items: center; gap: 0.5rem; font-size: 0.8125rem }
.commands > p > span:not(:empty) { background: var(--ground); padding: 0 0.3rem }
.copy { display: none; font: inherit; color: var(--link); background: var(--paper); border: 1px solid var(--line); border-radius: 4px; padding: 0.15rem 0.6rem; min-height: 24px; cursor: pointer }
.copy:hover { border-color: var(--link) }
.scripted .copy { display: block }
.scripted .commands pre { padding-right: 5rem }
pre span { display: block; padding-left: 2ch; text-indent: -2ch }
.more { margin: 0.5rem 0 0 }
.more > summary { cursor: pointer; color: var(--soft); width: fit-content }
.evidence { margin: 0.3rem 0; padding-left: 0.8rem; border-left: 2px solid var(--line); font-size: 0.8125rem }
.evidence div { display: flex; gap: 0.6rem }
.evidence dt { color: var(--soft); flex: 0 0 9rem }
.evidence dd { margin: 0 }
table { border-collapse: collapse; width: 100%; background: var(--paper); border: 1px solid var(--line); margin: 0.5rem 0 }
caption { text-align: left; color: var(--soft); font-size: 0.8125rem; padding-bottom: 0.3rem }
th, td { text-align: left; vertical-align: top; padding: 0.4rem 0.8rem; border-top: 1px solid var(--line); font-weight: 400; overflow-wrap: break-word }
thead th { color: var(--soft); font-size: 0.8125rem }
.totals td, .totals thead th { text-align: right; font-variant-numeric: tabular-nums }
.problem { display: block; color: var(--soft); font-size: 0.8125rem }
.notes { padding-left: 1.2rem; margin: 0.6rem 0 }
.search { display: flex; flex-wrap: wrap; align-items: center; gap: 0.4rem 0.6rem; margin: 0.6rem 0 }
.search input[type=search] { flex: 1 1 14rem; max-width: 30rem; min-width: 0; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--soft); border-radius: 4px; padding: 0.35rem 0.6rem }
.search ::placeholder { color: var(--soft); opacity: 1 }
.search button { font: inherit; color: var(--paper); background: var(--link); border: 0; border-radius: 4px; padding: 0.4rem 1rem; cursor: pointer }
.pager { display: flex; gap: 1rem; align-items: center; margin: 0.8rem 0 }
footer { margin-top: 3rem !important; padding-bottom: 2rem !important; color: var(--soft); font-size: 0.8125rem }
@media (max-width: 46rem) {
  .commands > p { position: static; justify-content: flex-start }
  .scripted .commands pre { margin-top: 0.25rem; padding-right: 0.8rem }
  .registries > li { grid-template-columns: 1fr }
  .tiles { grid-template-columns: repeat(2, 1fr) }
  .image > summary { grid-template-columns: 1rem 1fr }
  .image > summary > :nth-child(n + 2) { grid-column: 2 }
  .gist { text-align: left }
  .code, .runs time { white-space: normal }
  .evidence div { display: block }
  th, td { padding: 0.35rem 0.3rem }
  table { font-size: 0.8125rem }
  thead th { font-size: 0.75rem }
}
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto } }
@media print {
  :root { --ground: #fff }
  .skip, .search, .pager, .scripted .copy { display: none }
  .scripted .commands pre { padding-right: 0.8rem }
  .items > li { content-visibility: visible; break-inside: avoid-page }
  details::details-content { content-visibility: visible; height: auto }
  a { color: inherit }
}
`

/** {@link STYLE_TEXT} as markup. */
export const STYLE: Markup = literal(STYLE_TEXT)
