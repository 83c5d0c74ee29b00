import { createRoot, type Root } from 'react-dom/client';
import { WebRTCBroadcaster } from 'webrtc-broadcaster';
import styles from 'webrtc-broadcaster/styles.css?inline';

const sheet = new CSSStyleSheet();
sheet.replaceSync(styles);

/** `<live-broadcaster server-url="…" stream-key="…">` */
class LiveBroadcaster extends HTMLElement {
  static readonly observedAttributes = ['server-url', 'stream-key'];

  readonly #shadow = this.attachShadow({ mode: 'open' });
  #root: Root | null = null;

  connectedCallback() {
    this.#shadow.adoptedStyleSheets = [sheet];
    this.#root = createRoot(this.#shadow);
    this.#render();
  }

  disconnectedCallback() {
    this.#root?.unmount();
    this.#root = null;
  }

  attributeChangedCallback() {
    this.#render();
  }

  #render() {
    this.#root?.render(
      <WebRTCBroadcaster
        serverUrl={this.getAttribute('server-url')}
        streamKey={this.getAttribute('stream-key')}
      />,
    );
  }
}

customElements.define('live-broadcaster', LiveBroadcaster);
