"""How the page about a class looks: light and dark, on a telephone, on a screen and on paper."""

CLASS_STYLE = """
:root { color-scheme: light dark; --ink: #1c2128; --paper: #fff; --soft: #5a6472; --line: #d0d5dc; --card: #f5f7fa;
  --blue: #2f6fbd; --band: #2f6fbd26; --good: #1a7f37; --bad: #c62828; --middle: #9a5b00; --open: #8a93a0; --code: #eef1f5; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --paper: #15181d; --soft: #a5aebb; --line: #3a424d;
  --card: #1d2229; --blue: #6ea8ee; --band: #6ea8ee33; --good: #4cb866; --bad: #ef7070; --middle: #d99a3d;
  --open: #7d8794; --code: #252b34; } }
* { box-sizing: border-box; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 68rem; margin: 0 auto; padding: 1rem 1rem 3rem; color: var(--ink);
  background: var(--paper); overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0.2rem 0 0.4rem; }
h2 { font-size: 1.25rem; line-height: 1.25; margin: 2.5rem 0 0.5rem; }
h3 { font-size: 1.05rem; margin: 1.5rem 0 0.4rem; }
p { margin: 0.4rem 0; max-width: 46rem; }
article { border-top: 2px solid var(--line); margin-top: 3rem; padding-top: 0.5rem; }
code, pre { font-family: ui-monospace, monospace; font-size: 0.9em; }
pre { margin: 0.4rem 0; padding: 0.6rem; background: var(--code); border-radius: 0.3rem; white-space: pre-wrap;
  direction: ltr; }
a { color: var(--blue); }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--blue); outline-offset: 2px; }
summary { cursor: pointer; color: var(--blue); padding: 0.15rem 0; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; list-style: none; margin: 0; padding: 0.5rem 0; }
nav a { display: inline-block; padding: 0.15rem 0; }
.above, .small { color: var(--soft); font-size: 0.9rem; }
.above { margin: 0; }
.note { border-left: 0.3rem solid var(--middle); padding: 0.4rem 0.8rem; background: var(--card); max-width: none; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: 0.6rem; margin: 0.8rem 0; }
.figures div { background: var(--card); border-radius: 0.5rem; padding: 0.5rem 0.8rem; }
.figures dt { color: var(--soft); font-size: 0.85rem; }
.figures dd { margin: 0; font-size: 1.5rem; font-weight: 650; line-height: 1.25; }
.figures dd small { display: block; line-height: 1.3; font-size: 0.85rem; font-weight: 400; color: var(--soft); }
.first { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 0 2.5rem; align-items: start; }
.first h2, .first h3 { margin-top: 1rem; }
.topics { list-style: none; margin: 0; padding: 0; }
.topics li { display: grid; grid-template-columns: 4.2rem minmax(0, 1fr); gap: 0 0.9rem; padding: 0.7rem 0;
  border-top: 1px solid var(--line); }
.topics li:first-child { border-top: 0; padding-top: 0.2rem; }
.topics .count { text-align: right; font-size: 1.9rem; font-weight: 700; line-height: 1.1; color: var(--blue); }
.topics .count small { display: block; font-size: 0.8rem; font-weight: 400; color: var(--soft); line-height: 1.3; }
.topics p { margin: 0; }
.about { font-weight: 600; }
figure { margin: 0.3rem 0 0; }
figcaption { color: var(--soft); font-size: 0.9rem; }
svg { display: block; width: 100%; height: auto; max-width: 30rem; overflow: visible; }
svg text { fill: var(--ink); font: 12px system-ui, sans-serif; }
svg .count { paint-order: stroke; stroke: var(--paper); stroke-width: 3px; }
svg .soft { fill: var(--soft); }
svg .bar { fill: var(--blue); } svg .band { fill: var(--band); } svg .good { fill: var(--good); } svg .bad { fill: var(--bad); }
svg .middle { fill: var(--middle); } svg .axis { stroke: var(--open); } svg .mark { stroke: var(--ink); stroke-width: 1.5; }
table { border-collapse: collapse; width: 100%; margin: 0.4rem 0; }
caption { text-align: left; color: var(--soft); font-size: 0.9rem; padding: 0.2rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.45rem 0.6rem; border-top: 1px solid var(--line); }
thead th, thead th.number { white-space: normal; overflow-wrap: normal; border-top: 0;
  font-size: 0.85rem; color: var(--soft); vertical-align: bottom; }
tbody th { font-weight: 400; }
td:first-child, th:first-child { padding-left: 0; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.share { width: 7.5rem; }
.meter { display: flex; height: 0.5rem; margin-top: 0.3rem; border-radius: 0.25rem; overflow: hidden; background: var(--line); }
.meter span { display: block; }
.meter .bar { background: var(--blue); } .meter .good { background: var(--good); } .meter .bad { background: var(--bad); }
.meter .middle { background: var(--middle); }
.key { display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; list-style: none; padding: 0; margin: 0.3rem 0; font-size: 0.9rem; }
.key span { display: inline-block; width: 0.8rem; height: 0.8rem; border-radius: 0.2rem; margin-right: 0.35rem; }
.key .good { background: var(--good); } .key .bad { background: var(--bad); } .key .middle { background: var(--middle); }
.key .rest { background: var(--line); }
.group { background: var(--card); border-radius: 0.5rem; padding: 0.7rem 0.9rem; margin: 0.7rem 0; }
.group p { margin: 0.15rem 0; max-width: none; }
.names { color: var(--soft); font-size: 0.9rem; }
@media (max-width: 58rem) { .first { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 46rem) { body { padding: 0.75rem; }
  .figures { grid-template-columns: repeat(2, minmax(0, 1fr)); } .share { width: 4.5rem; } th, td { padding: 0.4rem 0.35rem; }
  .topics li { grid-template-columns: 3.4rem minmax(0, 1fr); } }
@media print { body { max-width: none; } nav { display: none; } tr, .group, figure, .topics li { break-inside: avoid; } }
"""
