/** The ingest's page. Everything on it that can change is drawn by its script. */
export const PAGE_DOCUMENT = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Local ingest</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/ingest/page.css">
<script src="/ingest/page.js" defer></script>
</head>
<body>
<header class="page-header">
<svg class="mark" viewBox="0 0 24 24" aria-hidden="true">
<path d="M6.5 5.5a9.2 9.2 0 0 0 0 13M17.5 5.5a9.2 9.2 0 0 1 0 13"/>
<circle cx="12" cy="12" r="3.6"/>
</svg>
<h1>Local ingest</h1>
</header>
<main class="page">
<p id="problem" class="problem" role="alert" hidden></p>
<p id="announcement" class="hidden" role="status"></p>
<section aria-labelledby="streams-title">
<h2 id="streams-title" tabindex="-1">Streams</h2>
<form id="new" class="card new">
<label for="name">Name</label>
<input id="name" maxlength="256" autocomplete="off" placeholder="Untitled">
<button id="start-new" class="button primary">New stream</button>
</form>
<p id="empty" class="card empty" hidden>No streams yet. A new one starts at once and waits for a broadcast.</p>
<ul id="streams" class="streams"></ul>
</section>
<section aria-labelledby="events-title">
<h2 id="events-title">Events</h2>
<div class="card"><ol id="events" class="lines"></ol></div>
</section>
</main>
</body>
</html>
`;
