import * as kit from 'webrtc-broadcaster';
import * as core from 'webrtc-broadcaster/core';
import * as qencode from 'webrtc-broadcaster/qencode';
import * as testing from 'webrtc-broadcaster/testing';

const { Root, Viewer, ...parts } = kit.Broadcaster;

/** A server component that takes all that the package exports, and says what each of it is here. */
// biome-ignore lint/style/noDefaultExport: Next looks for a default export.
export default function Exports() {
  const { Broadcaster, ...names } = kit;
  const seen = [names, Broadcaster, core, qencode, testing].map((entry) =>
    Object.entries(entry)
      .map(([name, value]) => [name, describe(value)] as const)
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
  return (
    <main>
      <script
        id="exports"
        type="application/json"
        // biome-ignore lint/security/noDangerouslySetInnerHtml: it holds names and constants of the package.
        dangerouslySetInnerHTML={{ __html: JSON.stringify(seen) }}
      />
      <Root options={{ autoPrepare: false }}>
        {Object.entries(parts).map(([name, Part]) => (
          <section key={name} aria-label={name}>
            <Part />
          </section>
        ))}
        <section aria-label="Viewer">
          <Viewer src={null} />
        </section>
      </Root>
      <kit.WebRTCBroadcaster autoPrepare={false} />
    </main>
  );
}

function describe(value: unknown): string {
  if (typeof value !== 'function') return JSON.stringify(value);
  const isReference = Reflect.get(value, '$$typeof') === Symbol.for('react.client.reference');
  return isReference ? 'the browser’s' : 'a function';
}
