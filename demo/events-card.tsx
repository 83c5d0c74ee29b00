import type { EventLine } from './use-events.js';

const TIME = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

/** The events, newest first, in plain words; `data-from` names the source. */
export function EventsCard({ lines }: { readonly lines: readonly EventLine[] }) {
  return (
    <section className="card" aria-labelledby="events-title">
      <h2 id="events-title">Events</h2>
      <p className="hint">Newest first. Keys and tokens are never shown.</p>
      {lines.length === 0 ? (
        <p className="empty">Nothing has happened yet.</p>
      ) : (
        <ol className="events">
          {lines.map(({ key, at, from, text }) => (
            <li key={key} data-from={from}>
              <time dateTime={new Date(at).toISOString()}>{TIME.format(at)}</time>
              <span>{text}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
