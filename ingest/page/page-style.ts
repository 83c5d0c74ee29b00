/** The look of the ingest's page. */
export const PAGE_STYLE = `
:root {
  --page: #f6f7f9;
  --card: #fff;
  --ink: #14181f;
  --ink-2: #5a6472;
  --line: #e1e5eb;
  --edge: #7d8796;
  --accent: #2f6bff;
  --accent-fill: #2a62f0;
  --on-accent: #fff;
  --live: #e5383b;
  --warning: #c77700;
  color-scheme: light dark;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0b0e12;
    --card: #14181e;
    --ink: #eef1f5;
    --ink-2: #9aa5b4;
    --line: #252c36;
    --edge: #6b7686;
    --accent: #6b97ff;
    --accent-fill: #6b97ff;
    --on-accent: #0b0e12;
    --warning: #f0a93a;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0;
  background: var(--page);
  color: var(--ink);
  print-color-adjust: exact;
  font: 14px / 1.45 system-ui, sans-serif;
  font-variant-numeric: tabular-nums;
}
h1, h2, h3, p, ol, ul, dl, dd { margin: 0; padding: 0; }
ol, ul { list-style: none; }
h1 { font-size: 16px; font-weight: 600; }
h2 { margin-bottom: 12px; font-size: 15px; font-weight: 600; }
h3 { min-width: 0; font-size: 16px; font-weight: 600; overflow-wrap: anywhere; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.hidden {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
.page-header {
  display: flex;
  align-items: center;
  gap: 10px;
  padding: 14px max(16px, calc((100vw - 1132px) / 2));
  border-bottom: 1px solid var(--line);
  background: var(--card);
}
.mark { width: 24px; height: 24px; fill: none; stroke: var(--accent); stroke-width: 2; stroke-linecap: round; }
.mark circle { fill: var(--accent); stroke: none; }
.page {
  display: grid;
  gap: 24px;
  max-width: 1164px;
  margin: 0 auto;
  padding: 24px 16px;
}
.page > section { min-width: 0; }
.problem {
  grid-column: 1 / -1;
  padding: 12px 16px;
  border: 1px solid var(--warning);
  border-radius: 10px;
  background: var(--card);
}
.card {
  padding: 16px;
  border: 1px solid var(--line);
  border-radius: 14px;
  background: var(--card);
}
.streams, .stream { display: grid; gap: 12px; }
.new { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 12px; margin-bottom: 12px; }
.new input {
  flex: 1 1 140px;
  min-width: 0;
  height: 44px;
  padding: 0 12px;
  border: 1px solid var(--edge);
  border-radius: 10px;
  background: var(--page);
  color: var(--ink);
  font: inherit;
}
.new input::placeholder { color: var(--ink-2); opacity: 1; }
.empty { margin-bottom: 12px; color: var(--ink-2); }
.stream-head { display: flex; align-items: flex-start; justify-content: space-between; gap: 12px; }
.rule { color: var(--ink-2); }
.pill {
  display: inline-flex;
  flex: none;
  align-items: center;
  gap: 6px;
  padding: 2px 10px;
  border: 1px solid var(--line);
  border-radius: 99px;
  font-size: 13px;
  font-weight: 600;
}
.pill::before {
  width: 10px;
  height: 10px;
  border: 2px solid currentcolor;
  border-radius: 50%;
  color: var(--ink-2);
  content: '';
}
.pill[data-status='waiting']::before { color: var(--accent); }
.pill[data-status='live']::before { background: currentcolor; color: var(--live); }
.pill[data-status='idle']::before {
  border: 0;
  border-radius: 0;
  background: currentcolor;
  color: var(--warning);
  clip-path: polygon(50% 0, 100% 100%, 0 100%);
}
.pill[data-status='stopped']::before { border-radius: 2px; background: currentcolor; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(120px, 1fr)); gap: 12px; }
.facts dt { color: var(--ink-2); font-size: 12px; }
.facts dd { overflow-wrap: anywhere; }
.actions { display: flex; flex-wrap: wrap; gap: 8px; }
.button {
  min-width: 88px;
  min-height: 44px;
  padding: 0 16px;
  border: 1px solid var(--edge);
  border-radius: 10px;
  background: var(--card);
  color: var(--ink);
  font: inherit;
  font-weight: 600;
  cursor: pointer;
  touch-action: manipulation;
}
.button:hover { background: var(--page); }
.primary, .primary:hover { border-color: var(--accent-fill); background: var(--accent-fill); color: var(--on-accent); }
summary { padding: 4px 0; color: var(--ink-2); cursor: pointer; }
.lines { display: grid; gap: 8px; }
.lines li { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0 10px; overflow-wrap: anywhere; }
.lines time, .about { color: var(--ink-2); }
.about { grid-column: 2; overflow: hidden; font-size: 12px; text-overflow: ellipsis; white-space: nowrap; }
h3, .about { text-align: match-parent; unicode-bidi: plaintext; }
.lines:empty::after { color: var(--ink-2); content: 'Nothing has happened yet.'; }
@media (max-width: 480px) {
  .new .button { width: 100%; }
}
@media (min-width: 900px) {
  .page { grid-template-columns: minmax(0, 1fr) 360px; }
}
@media (forced-colors: active) {
  .pill[data-status]::before { color: CanvasText; forced-color-adjust: none; }
  .primary, .primary:hover { border-color: Highlight; background: Highlight; color: HighlightText; forced-color-adjust: none; }
  .button:hover { border-color: Highlight; }
  :focus-visible { outline-color: CanvasText; }
}
`;
